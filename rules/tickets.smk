# Train, prune, rewind, retrain (sections 3.1 and 3.2).
#
# What leads to a ticket is stale by its data, its settings and TRAINING_VERSION; everything that is
# cheap to repeat is stale by its code too.

from ticketscope.tickets.criteria import STATISTICS

TICKET_LOG = PATHS.ticket_logs
DENSE_LOG = TICKET_LOG.replace("{series}/LTH{k}", "dense/LTH0")

# Beside tickets that were trained elsewhere nothing is trained, whatever their series are called.
TRAINS = not CONFIG.external_tickets.tickets
# A job on a cluster knows only its own rule: without this constraint it would take LTH0, its input,
# for one of its outputs.
SERIES = "|".join(CONFIG.pruning.series if TRAINS else []) or "none"
CUTTING = "|".join(PLAN.training.cutting if TRAINS else []) or "none"
TAKING = "|".join(PLAN.training.taking if TRAINS else []) or "none"
AFTER_LTH0 = r"[1-9]\d*"


# A series is a chain, and the last chain to end decides when everything is done. So trainings go
# first; jobs that only read a finished ticket, such as its translation, fill idle cores. An LTH0 and
# its mask go before them all: the chains of its seed wait for it.
CHAIN = 1
BEFORE_CHAINS = 2


rule tickets:
    input:
        PLAN.per_ticket(PATHS.checkpoint),
        PLAN.per_ticket(PATHS.mask),
        f"{PATHS.tables}/sparsity.csv",
        f"{PATHS.tables}/module_sparsity.csv",


rule train_dense:
    input:
        data=PATHS.binary,
    output:
        checkpoint=f"{PATHS.dense}/checkpoint.pt",
        log=f"{PATHS.dense}/log.csv",
        rewind=[PATHS.rewind(epoch) for epoch in CONFIG.rewind_epochs],
        averaged=[f"{PATHS.dense}/averaged.pt"] if PLAN.training.averages else [],
    log:
        f"{DENSE_LOG}/train.log",
    benchmark:
        f"{DENSE_LOG}/train.jsonl"
    priority: BEFORE_CHAINS
    conda:
        "../envs/ticketscope.yaml"
    threads: CONFIG.training.devices
    resources:
        **get_resources("train_dense"),
    params:
        settings=PLAN.training.train_settings,
        work=PATHS.dense_work,
        kept=PATHS.dense_kept,
        version=TRAINING_VERSION,
    script:
        "../workflow/scripts/train_dense.py"


rule dense_mask:
    input:
        checkpoint=f"{PATHS.dense}/checkpoint.pt",
    output:
        mask=f"{PATHS.dense}/mask.safetensors",
    log:
        f"{DENSE_LOG}/mask.log",
    benchmark:
        f"{DENSE_LOG}/mask.jsonl"
    priority: BEFORE_CHAINS
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("dense_mask"),
    params:
        settings={
            "embeddings": CONFIG.pruning.embeddings,
            "biases": CONFIG.pruning.biases,
        },
        version=TRAINING_VERSION,
    script:
        "../workflow/scripts/dense_mask.py"


rule saliency:
    input:
        checkpoint=PATHS.checkpoint,
        mask=PATHS.mask,
        data=PATHS.binary,
        source=f"{PATHS.bpe}/train.{SOURCE}",
        target=f"{PATHS.bpe}/train.{TARGET}",
    output:
        # Read once, by the next cut.
        statistic=temp(PATHS.saliency),
    log:
        f"{TICKET_LOG}/{{statistic}}.log",
    benchmark:
        f"{TICKET_LOG}/{{statistic}}.jsonl"
    wildcard_constraints:
        statistic="|".join(STATISTICS),
    priority: CHAIN
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("saliency"),
    params:
        settings=PLAN.training.saliency_settings,
        version=TRAINING_VERSION,
    script:
        "../workflow/scripts/saliency.py"


rule prune:
    input:
        checkpoint=PLAN.training.previous_checkpoint,
        mask=PLAN.training.previous_mask,
        needed=PLAN.training.statistics,
    output:
        mask=PATHS.mask,
    log:
        f"{TICKET_LOG}/prune.log",
    benchmark:
        f"{TICKET_LOG}/prune.jsonl"
    wildcard_constraints:
        series=CUTTING,
        k=AFTER_LTH0,
    priority: CHAIN
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("prune"),
    params:
        settings=PLAN.training.prune_settings,
        criterion=PLAN.training.criterion,
        version=TRAINING_VERSION,
    script:
        "../workflow/scripts/prune.py"


rule take_mask:
    input:
        mask=PLAN.training.source_mask,
    output:
        mask=PATHS.mask,
    log:
        f"{TICKET_LOG}/take_mask.log",
    benchmark:
        f"{TICKET_LOG}/take_mask.jsonl"
    wildcard_constraints:
        series=TAKING,
        k=AFTER_LTH0,
    priority: CHAIN
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("take_mask"),
    params:
        settings=PLAN.training.taken_settings,
        version=TRAINING_VERSION,
    script:
        "../workflow/scripts/take_mask.py"


rule retrain:
    input:
        data=PATHS.binary,
        last=PLAN.training.last,
        rewound=PLAN.training.rewound,
        mask=PATHS.mask,
    output:
        checkpoint=PATHS.checkpoint,
        log=f"{PATHS.ticket}/log.csv",
        averaged=[PATHS.averaged] if PLAN.training.averages else [],
    log:
        f"{TICKET_LOG}/retrain.log",
    benchmark:
        f"{TICKET_LOG}/retrain.jsonl"
    wildcard_constraints:
        series=SERIES,
        k=AFTER_LTH0,
    priority: CHAIN
    conda:
        "../envs/ticketscope.yaml"
    threads: CONFIG.training.devices
    resources:
        **get_resources("retrain"),
    params:
        settings=PLAN.training.retrain_settings,
        work=PATHS.work,
        kept=PATHS.kept,
        version=TRAINING_VERSION,
    script:
        "../workflow/scripts/retrain.py"


rule sparsity:
    input:
        checkpoints=expand(f"{PATHS.dense}/checkpoint.pt", seed=CONFIG.seeds),
        masks=PLAN.per_ticket(PATHS.mask),
    output:
        modules=f"{PATHS.tables}/module_sparsity.csv",
        tickets=f"{PATHS.tables}/sparsity.csv",
    log:
        f"{LOGS}/tables/sparsity.log",
    benchmark:
        f"{LOGS}/tables/sparsity.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("sparsity"),
    params:
        settings={
            "seeds": CONFIG.seeds,
            "tickets": [list(name) for name in PLAN.tickets],
        },
        code=code("sparsity.py"),
    script:
        "../workflow/scripts/sparsity.py"


# Figures of other sections are drawn by copies of this rule.
rule plot_sparsity:
    input:
        modules=f"{PATHS.tables}/module_sparsity.csv",
        sparsity=f"{PATHS.tables}/sparsity.csv",
    output:
        **get_figure_outputs(titles.SPARSITY, "Sparsity (section 3.4)"),
    log:
        f"{LOGS}/figures/sparsity.log",
    benchmark:
        f"{LOGS}/figures/sparsity.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        **get_figure_params("sparsity", titles.SPARSITY),
    script:
        "../workflow/scripts/plot.py"
