# Figures, and the page that shows what was found.


# What makes a ticket.
TICKET_FIGURES = [
    *get_figures(titles.MASKS),
    *ANATOMY_FIGURES,
    *get_figures(titles.COST),
]


rule report:
    input:
        get_figures(titles.CLAIMS),
        get_figures(titles.BLEU),
        get_figures(titles.SPARSITY),
        BEHAVIOUR_FIGURES,
        ERASURE_FIGURES,
        f"{PATHS.tables}/claims.csv",
        f"{PATHS.tables}/extension_claims.csv",
        PATHS.page,


use rule plot_sparsity as plot_claims with:
    input:
        claims=f"{PATHS.tables}/claims.csv",
    output:
        **get_figure_outputs(titles.CLAIMS, "Claims of the paper"),
    log:
        f"{LOGS}/figures/claims.log",
    benchmark:
        f"{LOGS}/figures/claims.jsonl"
    params:
        **get_figure_params("claims", titles.CLAIMS),


use rule plot_sparsity as plot_bleu with:
    input:
        table_a1=f"{PATHS.tables}/table_a1.csv",
    output:
        **get_figure_outputs(titles.BLEU, "Translation (section 3.3)"),
    log:
        f"{LOGS}/figures/bleu_sparsity.log",
    benchmark:
        f"{LOGS}/figures/bleu_sparsity.jsonl"
    params:
        **get_figure_params("tickets", titles.BLEU, split=DECODED),


rule claims:
    input:
        sparsity=f"{PATHS.tables}/sparsity.csv",
        table_a1=f"{PATHS.tables}/table_a1.csv",
        bleu_resamples=expand(
            f"{PATHS.tables}/bleu/seed{{seed}}.resamples.csv", seed=CONFIG.seeds
        ),
        module_sparsity=f"{PATHS.tables}/module_sparsity.csv",
        similarity=f"{PATHS.tables}/similarity.csv",
        neuron_maxima=f"{PATHS.tables}/neuron_maxima.npz",
        spectra=f"{PATHS.tables}/spectra.csv",
        categories=f"{PATHS.tables}/categories.csv",
        attention_concentration=f"{PATHS.tables}/attention_concentration.csv",
        probes=PROBES["probes"] if PLAN.probing.tasks else [],
        probe_differences=PROBING_TABLES["differences"] if PLAN.probing.tasks else [],
    output:
        claims=report(
            f"{PATHS.tables}/claims.csv",
            "../workflow/report/claims.rst",
            "Claims of the paper",
            "Tables",
            labels={"table": "Claims with effects and verdicts"},
        ),
        effects=f"{PATHS.tables}/claim_effects.csv",
    log:
        f"{LOGS}/tables/claims.log",
    benchmark:
        f"{LOGS}/tables/claims.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("claims"),
    params:
        settings={"claims": "paper"},
        code=code("claims.py"),
    script:
        "../workflow/scripts/claims.py"


use rule claims as extension_claims with:
    input:
        sparsity=f"{PATHS.tables}/sparsity.csv",
        table_a1=f"{PATHS.tables}/table_a1.csv",
        bleu_resamples=expand(
            f"{PATHS.tables}/bleu/seed{{seed}}.resamples.csv", seed=CONFIG.seeds
        ),
        similarity=f"{PATHS.tables}/similarity.csv",
        probes=PROBES["probes"] if PLAN.probing.tasks else [],
        probe_differences=PROBING_TABLES["differences"] if PLAN.probing.tasks else [],
        contrast_items=CONTRAST_TABLES.get("item_table", []),
        contrast_margins=CONTRAST_TABLES.get("margins", []),
        words=BEHAVIOUR_TABLES["words"],
        flips=BEHAVIOUR_TABLES["flips"],
        flip_resamples=BEHAVIOUR_TABLES["flip_resamples"],
        probabilities=BEHAVIOUR_TABLES["probabilities"],
        erasure=ERASURE_TABLE,
    output:
        claims=report(
            f"{PATHS.tables}/extension_claims.csv",
            "../workflow/report/extension_claims.rst",
            "Behaviour",
            "Tables",
            labels={"table": "Claims about behaviour with effects and verdicts"},
        ),
        effects=f"{PATHS.tables}/extension_effects.csv",
    log:
        f"{LOGS}/tables/extension_claims.log",
    benchmark:
        f"{LOGS}/tables/extension_claims.jsonl"
    params:
        settings={"claims": "extension"},


# Rules whose code decides what is measured of a ticket, apart from its training.
MEASURERS = [
    "subwords",
    "binarize",
    "sparsity",
    "mask_overlap",
    "dead_units",
    "translate",
    "score",
    "comet",
    "contrast_set",
    "score_contrasts",
    "contrasts",
    "probabilities",
    "erase",
    "segments",
    "barriers",
    "sensitivity",
    "translated_words",
    "flips",
    "ticket_costs",
    "measure_speed",
    "represent",
    "compare_ticket",
    "categories_of_text",
    "categories",
    "collect_similarity",
    "probing_text",
    "represent_probing",
    "probe",
    "collect_probes",
]


# Rules that make what the page shows, and their scripts.
MAKERS = {
    "collect_table_a1": "table_a1.py",
    "plot_claims": "plot.py",
    "plot_bleu": "plot.py",
    "plot_sparsity": "plot.py",
    "plot_probing": "plot.py",
    "plot_similarity": "plot.py",
    "plot_behaviour": "plot.py",
    "pies": "pies.py",
    "plot_erasure": "plot.py",
    "plot_masks": "plot.py",
    "plot_anatomy": "plot.py",
    "plot_cost": "plot.py",
    "claims": "claims.py",
    "extension_claims": "claims.py",
}


# Tables that readers of the finished experiment verify, below tables/.
TABLES = [
    *OBSERVED,
    "table_a1.csv",
    "pies.csv",
    "claims.csv",
    "claim_effects.csv",
    "extension_claims.csv",
    "extension_effects.csv",
    *(Path(path).name for path in PROBING_TABLES.values() if PLAN.probing.tasks),
]


FIGURES = [
    *get_figures(titles.CLAIMS | titles.BLEU | titles.SPARSITY | titles.SIMILARITY),
    *PROBING_FIGURES,
    *BEHAVIOUR_FIGURES,
    *ERASURE_FIGURES,
    *TICKET_FIGURES,
]


rule provenance:
    input:
        FIGURES,
        tables=[f"{PATHS.tables}/{name}" for name in TABLES],
        free_statistics=PLAN.probing.free_statistics if not PARTS else [],
        parts=[local(f"{part.folder}/provenance.json") for part in PARTS],
    output:
        provenance=PATHS.provenance,
    log:
        f"{LOGS}/provenance.log",
    benchmark:
        f"{LOGS}/provenance.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings={
            # Where files were looked for first is this machine's business.
            "config": CONFIG.model_dump(mode="json", exclude={"mirror"}),
            "logs": LOGS,
            "folders": [str(part.folder) for part in PARTS],
            "tables": TABLES,
            "figures": [Path(path).stem for path in FIGURES],
            "probing": {
                "tasks": list(PLAN.probing.tasks),
                "skipped": dict(PLAN.probing.skipped),
            },
            "training_version": TRAINING_VERSION,
            "measured_by": {
                rule: [getattr(rules, rule).params.code] for rule in MEASURERS
            },
            "made_by": {
                rule: {
                    "script": f"workflow/scripts/{script}",
                    "code": getattr(rules, rule).params.code,
                    "settings": getattr(getattr(rules, rule).params, "settings", {}),
                }
                for rule, script in MAKERS.items()
            },
        },
        code=code("provenance.py"),
    script:
        "../workflow/scripts/provenance.py"


rule report_page:
    input:
        claims=f"{PATHS.tables}/claims.csv",
        extension_claims=f"{PATHS.tables}/extension_claims.csv",
        table=f"{PATHS.tables}/table_a1.csv",
        further_tests=FURTHER_TABLES.values(),
        comet=COMET_TABLE,
        corpus=f"{PATHS.tables}/corpus.csv",
        claims_figure=get_figures(titles.CLAIMS),
        bleu=get_figures(titles.BLEU),
        sparsity=get_figures(titles.SPARSITY),
        probing=PROBING_FIGURES,
        similarity=get_figures(titles.SIMILARITY),
        behaviour=[*BEHAVIOUR_FIGURES, *ERASURE_FIGURES],
        anatomy=TICKET_FIGURES,
        cost=[f"{PATHS.tables}/cost.csv", f"{PATHS.tables}/speed.csv"],
        behaviour_tables=[
            *(
                BEHAVIOUR_TABLES[name]
                for name in ("words", "lengths", "decoding", "pies")
            ),
            *(CONTRAST_TABLES[name] for name in ("contrasts",) if CONTRAST_TABLES),
        ],
        probing_tables=[
            PROBING_TABLES[name]
            for name in ("table_a2", "table_a3", "trends", "training")
            if PLAN.probing.tasks
        ],
        provenance=rules.provenance.output.provenance,
    output:
        page=PATHS.page,
    log:
        f"{LOGS}/report.log",
    benchmark:
        f"{LOGS}/report.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        code=code("report_page.py"),
    script:
        "../workflow/scripts/report_page.py"
