# What the rules that draw figures share: their outputs and params. The first is `plot_sparsity`
# (tickets.smk); those of other sections are its copies.


def get_figures(names):
    """Figures of a section, by their titles."""
    return [f"{PATHS.figures}/{name}.svg" for name in names]


def get_figure_outputs(names, category):
    """SVG (in Snakemake's report by its title, with its caption), PDF and numbers of figures."""
    shown = []
    for path, (name, title) in zip(get_figures(names), names.items()):
        caption, labels = f"../workflow/report/{name}.rst", {"figure": title}
        shown.append(report(path, caption, category, "Figures", labels=labels))
    return {
        "svg": shown,
        "pdf": [f"{PATHS.figures}/{name}.pdf" for name in names],
        "csv": [f"{PATHS.figures}/{name}.csv" for name in names],
    }


def get_figure_params(section, names, **options):
    """What draws figures: their module in `report.figures`, with options of its `plots`."""
    return {
        "settings": {
            "section": section,
            "options": options,
            "figures": list(names),
            "series": PLAN.series,
        },
        "code": code("plot.py", f"ticketscope.report.figures.{section}"),
    }
