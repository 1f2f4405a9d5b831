# Masks compared with each other, and what they leave of units and ranks (docs/steps/masks.md).

MASK_TABLES = {
    name: f"{PATHS.tables}/{name}.csv"
    for name in ("mask_overlap", "dead_units", "ranks")
}


rule masks:
    input:
        MASK_TABLES.values(),
        get_figures(titles.MASKS),


rule mask_overlap:
    input:
        checkpoints=expand(f"{PATHS.dense}/checkpoint.pt", seed=CONFIG.seeds),
        masks=PLAN.masks.masks,
    output:
        table=MASK_TABLES["mask_overlap"],
    log:
        f"{LOGS}/tables/mask_overlap.log",
    benchmark:
        f"{LOGS}/tables/mask_overlap.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("mask_overlap"),
    params:
        settings=PLAN.masks.settings | {"seeds": CONFIG.seeds},
        code=code("mask_overlap.py"),
    script:
        "../workflow/scripts/mask_overlap.py"


rule dead_units:
    input:
        checkpoints=PLAN.per_ticket(PLAN.training.decoded_checkpoint),
        masks=PLAN.per_ticket(PATHS.mask),
    output:
        units=MASK_TABLES["dead_units"],
        ranks=MASK_TABLES["ranks"],
    log:
        f"{LOGS}/tables/dead_units.log",
    benchmark:
        f"{LOGS}/tables/dead_units.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("dead_units"),
    params:
        settings={"tickets": [list(name) for name in PLAN.tickets]},
        code=code("dead_units.py"),
    script:
        "../workflow/scripts/dead_units.py"


use rule plot_sparsity as plot_masks with:
    input:
        # By path, since another rule makes them in a joined experiment.
        sparsity=f"{PATHS.tables}/sparsity.csv",
        overlap=MASK_TABLES["mask_overlap"],
        units=MASK_TABLES["dead_units"],
        ranks=MASK_TABLES["ranks"],
    output:
        **get_figure_outputs(titles.MASKS, "Sparsity (section 3.4)"),
    log:
        f"{LOGS}/figures/masks.log",
    benchmark:
        f"{LOGS}/figures/masks.jsonl"
    params:
        **get_figure_params("masks", titles.MASKS),
