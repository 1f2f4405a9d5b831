# Figures, and the page that shows what was found.


rule report:
    input:
        get_figures(BLEU_FIGURES),
        get_figures(SPARSITY_FIGURES),
        f"{TABLES}/claims.csv",
        f"{RESULTS}/report.html",


rule plot_bleu:
    input:
        table=f"{RESULTS}/tables/table_a1.csv",
    output:
        **get_figure_outputs(BLEU_FIGURES, "Translation (section 3.3)"),
    log:
        f"{LOGS}/figures/bleu_sparsity.log",
    benchmark:
        f"{LOGS}/figures/bleu_sparsity.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        settings={
            "figures": list(BLEU_FIGURES),
            "split": CONFIG.decoding.split,
        },
        code=code("plot_bleu.py"),
    script:
        "../workflow/scripts/plot_bleu.py"


rule plot_sparsity:
    input:
        modules=f"{TABLES}/module_sparsity.csv",
        sparsity=f"{TABLES}/sparsity.csv",
    output:
        **get_figure_outputs(SPARSITY_FIGURES, "Sparsity (section 3.4)"),
    log:
        f"{LOGS}/figures/sparsity.log",
    benchmark:
        f"{LOGS}/figures/sparsity.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        settings={"figures": list(SPARSITY_FIGURES)},
        code=code("plot_sparsity.py"),
    script:
        "../workflow/scripts/plot_sparsity.py"


rule claims:
    input:
        sparsity=f"{TABLES}/sparsity.csv",
        table_a1=f"{TABLES}/table_a1.csv",
        module_sparsity=f"{TABLES}/module_sparsity.csv",
        similarity=f"{TABLES}/similarity.csv",
        neuron_maxima=f"{TABLES}/neuron_maxima.npz",
        spectra=f"{TABLES}/spectra.csv",
        categories=f"{TABLES}/categories.csv",
        attention_concentration=f"{TABLES}/attention_concentration.csv",
        probes=PROBING_TABLES["probes"] if PLAN.tasks else [],
        probe_differences=PROBING_TABLES["differences"] if PLAN.tasks else [],
        probe_trends=PROBING_TABLES["trends"] if PLAN.tasks else [],
    output:
        claims=f"{TABLES}/claims.csv",
    log:
        f"{LOGS}/tables/claims.log",
    benchmark:
        f"{LOGS}/tables/claims.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        code=code("claims.py"),
    script:
        "../workflow/scripts/claims.py"


# Rules that draw what the page shows.
MAKERS = [
    "collect_table_a1",
    "plot_bleu",
    "plot_sparsity",
    "plot_probing",
    "plot_similarity",
    "claims",
]


rule provenance:
    input:
        f"{TABLES}/claims.csv",
        f"{RESULTS}/tables/corpus.csv",
        get_figures(BLEU_FIGURES | SPARSITY_FIGURES | SIMILARITY_FIGURES),
        get_probing_figures(),
    output:
        provenance=f"{RESULTS}/provenance.json",
    log:
        f"{LOGS}/provenance.log",
    benchmark:
        f"{LOGS}/provenance.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        settings={
            # Where files were looked for first is this machine's business.
            "config": CONFIG.model_dump(mode="json", exclude={"mirror"}),
            "logs": LOGS,
            "made_by": {rule: get_maker(rule) for rule in MAKERS},
        },
        code=code("provenance.py"),
    script:
        "../workflow/scripts/provenance.py"


rule report_page:
    input:
        claims=f"{TABLES}/claims.csv",
        table=f"{RESULTS}/tables/table_a1.csv",
        corpus=f"{RESULTS}/tables/corpus.csv",
        bleu=get_figures(BLEU_FIGURES),
        sparsity=get_figures(SPARSITY_FIGURES),
        probing=get_probing_figures(),
        similarity=get_figures(SIMILARITY_FIGURES),
        probing_tables=[
            PROBING_TABLES[name]
            for name in ("table_a2", "table_a3", "trends")
            if PLAN.tasks
        ],
        provenance=rules.provenance.output.provenance,
        free_statistics=[
            f"{FREE}/{task}/statistics.json"
            for task in PLAN.tasks
            if CONFIG.probing.suite == "free" and task in FREE_TASKS
        ],
    output:
        page=f"{RESULTS}/report.html",
    log:
        f"{LOGS}/report.log",
    benchmark:
        f"{LOGS}/report.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        settings={
            "split": CONFIG.decoding.split,
            "suite": CONFIG.probing.suite,
            "skipped": dict(PLAN.skipped),
        },
        code=code("report_page.py"),
    script:
        "../workflow/scripts/report_page.py"
