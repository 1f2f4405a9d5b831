# Does it pay? What tickets cost to store and to run (docs/steps/cost.md).

COST_LOG = f"{LOGS}/cost"
COST_TABLES = {name: f"{PATHS.tables}/{name}.csv" for name in ("cost", "speed")}


rule cost:
    input:
        COST_TABLES.values(),
        get_figures(titles.COST),


rule ticket_costs:
    input:
        checkpoints=files_of_seed(PLAN.cost.of_seed, PLAN.training.decoded_checkpoint),
        masks=files_of_seed(PLAN.cost.of_seed, PATHS.mask),
    output:
        table=f"{PATHS.cost}.csv",
    log:
        f"{COST_LOG}/seed{{seed}}.log",
    benchmark:
        f"{COST_LOG}/seed{{seed}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("ticket_costs"),
    params:
        settings=PLAN.cost.settings,
        code=code("ticket_costs.py"),
    script:
        "../workflow/scripts/ticket_costs.py"


rule measure_speed:
    input:
        checkpoints=files_of_seed(
            PLAN.cost.timed_of_seed, PLAN.training.decoded_checkpoint
        ),
        masks=files_of_seed(PLAN.cost.timed_of_seed, PATHS.mask),
        data=PATHS.binary,
        source=f"{PATHS.bpe}/{DECODED}.{SOURCE}",
        target=f"{PATHS.bpe}/{DECODED}.{TARGET}",
    output:
        table=f"{PATHS.cost}.speed.csv",
    log:
        f"{COST_LOG}/seed{{seed}}.speed.log",
    benchmark:
        f"{COST_LOG}/seed{{seed}}.speed.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("measure_speed"),
    params:
        settings=PLAN.cost.speed_settings,
        code=code("measure_speed.py", PLUGIN),
    script:
        "../workflow/scripts/measure_speed.py"


use rule collect_probabilities as collect_costs with:
    input:
        tables=expand(f"{PATHS.cost}.csv", seed=CONFIG.seeds),
    output:
        table=COST_TABLES["cost"],
    log:
        f"{LOGS}/tables/cost.log",
    benchmark:
        f"{LOGS}/tables/cost.jsonl"


use rule collect_probabilities as collect_speeds with:
    input:
        tables=expand(f"{PATHS.cost}.speed.csv", seed=CONFIG.seeds),
    output:
        table=COST_TABLES["speed"],
    log:
        f"{LOGS}/tables/speed.log",
    benchmark:
        f"{LOGS}/tables/speed.jsonl"


use rule plot_sparsity as plot_cost with:
    input:
        # By path, since another rule makes them in a joined experiment.
        **COST_TABLES,
        sparsity=f"{PATHS.tables}/sparsity.csv",
    output:
        **get_figure_outputs(titles.COST, "Cost"),
    log:
        f"{LOGS}/figures/cost.log",
    benchmark:
        f"{LOGS}/figures/cost.jsonl"
    params:
        **get_figure_params("cost", titles.COST),
