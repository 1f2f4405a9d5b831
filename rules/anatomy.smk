# Segments between tickets, and what tickets lose with each module (docs/steps/paths.md,
# docs/steps/sensitivity.md).

# By path, since another rule makes them in a joined experiment.
SEGMENT_TABLES = (
    {name: f"{PATHS.tables}/{name}.csv" for name in ("segments", "barriers")}
    if has_table("segments.csv", PLAN.segments.seeds)
    else {}
)
SENSITIVITY_TABLE = (
    f"{PATHS.tables}/sensitivity.csv"
    if has_table("sensitivity.csv", PLAN.sensitivity.seeds)
    else []
)
ANATOMY_TITLES = (titles.SEGMENTS if SEGMENT_TABLES else {}) | (
    titles.SENSITIVITY if SENSITIVITY_TABLE else {}
)
ANATOMY_FIGURES = get_figures(ANATOMY_TITLES)


rule anatomy:
    input:
        SEGMENT_TABLES.values(),
        SENSITIVITY_TABLE,
        ANATOMY_FIGURES,


rule segments:
    input:
        checkpoints=files_of_seed(
            PLAN.segments.tickets, PLAN.training.decoded_checkpoint
        ),
        data=PATHS.binary,
        source=f"{PATHS.bpe}/{DECODED}.{SOURCE}",
        target=f"{PATHS.bpe}/{DECODED}.{TARGET}",
        reference=f"{PATHS.raw}/{DECODED}.{TARGET}",
    output:
        table=PATHS.segments,
    log:
        f"{LOGS}/behaviour/seed{{seed}}/segments.log",
    benchmark:
        f"{LOGS}/behaviour/seed{{seed}}/segments.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("segments"),
    params:
        settings=PLAN.segments.settings,
        code=code("segments.py", PLUGIN),
    script:
        "../workflow/scripts/segments.py"


rule barriers:
    input:
        tables=PLAN.segments.tables,
    output:
        **SEGMENT_TABLES,
    log:
        f"{LOGS}/tables/segments.log",
    benchmark:
        f"{LOGS}/tables/segments.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        code=code("barriers.py"),
    script:
        "../workflow/scripts/barriers.py"


rule sensitivity:
    input:
        checkpoints=files_of_seed(
            PLAN.sensitivity.tickets, PLAN.training.decoded_checkpoint
        ),
        masks=files_of_seed(PLAN.sensitivity.tickets, PATHS.mask),
        data=PATHS.binary,
        source=f"{PATHS.bpe}/{DECODED}.{SOURCE}",
        target=f"{PATHS.bpe}/{DECODED}.{TARGET}",
        reference=f"{PATHS.raw}/{DECODED}.{TARGET}",
    output:
        table=PATHS.sensitivity,
    log:
        f"{LOGS}/behaviour/seed{{seed}}/sensitivity.log",
    benchmark:
        f"{LOGS}/behaviour/seed{{seed}}/sensitivity.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("sensitivity"),
    params:
        settings=PLAN.sensitivity.settings,
        code=code("sensitivity.py", PLUGIN),
    script:
        "../workflow/scripts/sensitivity.py"


use rule collect_probabilities as collect_sensitivity with:
    input:
        tables=PLAN.sensitivity.tables,
    output:
        table=f"{PATHS.tables}/sensitivity.csv",
    log:
        f"{LOGS}/tables/sensitivity.log",
    benchmark:
        f"{LOGS}/tables/sensitivity.jsonl"


use rule plot_sparsity as plot_anatomy with:
    input:
        sparsity=f"{PATHS.tables}/sparsity.csv",
        module_sparsity=f"{PATHS.tables}/module_sparsity.csv",
        segments=SEGMENT_TABLES.get("segments", []),
        barriers=SEGMENT_TABLES.get("barriers", []),
        sensitivity=SENSITIVITY_TABLE,
    output:
        **get_figure_outputs(ANATOMY_TITLES, "Anatomy"),
    log:
        f"{LOGS}/figures/anatomy.log",
    benchmark:
        f"{LOGS}/figures/anatomy.jsonl"
    params:
        **get_figure_params("anatomy", ANATOMY_TITLES),
