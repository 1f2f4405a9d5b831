# Train, prune, rewind, retrain (sections 3.1 and 3.2).

TICKET = f"{RESULTS}/tickets/seed{{seed}}/{{series}}/LTH{{k}}"
TICKET_LOG = f"{LOGS}/tickets/seed{{seed}}/{{series}}/LTH{{k}}"
DENSE = f"{RESULTS}/tickets/seed{{seed}}/dense/LTH0"
DENSE_LOG = f"{LOGS}/tickets/seed{{seed}}/dense/LTH0"

# With checkpoint averaging a ticket has a second checkpoint, which only decoding reads.
AVERAGED = CONFIG.training.average_checkpoints > 1 and not EXTERNAL.tickets


# A job on a cluster knows no rule but its own: without this it would take LTH0, its input, for a
# ticket of its own making.
SERIES = "|".join(CONFIG.pruning.series) or "none"
AFTER_LTH0 = r"[1-9]\d*"


# A series is a chain, and the last one to end decides when all is done; whatever hangs on a
# finished ticket, such as its translation, can fill a core that would wait.
CHAIN = 1


rule tickets:
    input:
        per_ticket(f"{TICKET}/checkpoint.pt"),
        per_ticket(f"{TICKET}/mask.safetensors"),
        f"{RESULTS}/tables/sparsity.csv",
        f"{RESULTS}/tables/module_sparsity.csv",


rule train_dense:
    input:
        data=f"{RESULTS}/corpus/bin",
    output:
        checkpoint=f"{DENSE}/checkpoint.pt",
        log=f"{DENSE}/log.csv",
        rewind=[f"{DENSE}/rewind/epoch{epoch}.pt" for epoch in CONFIG.rewind_epochs],
        averaged=[f"{DENSE}/averaged.pt"] if AVERAGED else [],
    log:
        f"{DENSE_LOG}/train.log",
    benchmark:
        f"{DENSE_LOG}/train.jsonl"
    priority: CHAIN
    conda:
        "../envs/ticketscope.yaml"
    threads: CONFIG.training.devices
    resources:
        gpu=CONFIG.training.devices,
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings=settings("model", "training", "languages")
        | {"rewind_epochs": CONFIG.rewind_epochs},
        work=f"{RESULTS}/work/seed{{seed}}/dense/LTH0",
        code=code("train_dense.py", PLUGIN),
    script:
        "../workflow/scripts/train_dense.py"


rule dense_mask:
    input:
        checkpoint=f"{DENSE}/checkpoint.pt",
    output:
        mask=f"{DENSE}/mask.safetensors",
    log:
        f"{DENSE_LOG}/mask.log",
    benchmark:
        f"{DENSE_LOG}/mask.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings={
            "embeddings": CONFIG.pruning.embeddings,
            "biases": CONFIG.pruning.biases,
        },
        code=code("dense_mask.py"),
    script:
        "../workflow/scripts/dense_mask.py"


rule prune:
    input:
        checkpoint=lambda wildcards: get_last_ticket(wildcards, "checkpoint.pt"),
        mask=lambda wildcards: get_last_ticket(wildcards, "mask.safetensors"),
    output:
        mask=f"{TICKET}/mask.safetensors",
    log:
        f"{TICKET_LOG}/prune.log",
    benchmark:
        f"{TICKET_LOG}/prune.jsonl"
    wildcard_constraints:
        series=SERIES,
        k=AFTER_LTH0,
    priority: CHAIN
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings=get_prune_settings,
        code=get_prune_code,
    script:
        "../workflow/scripts/prune.py"


rule retrain:
    input:
        data=f"{RESULTS}/corpus/bin",
        last=lambda wildcards: get_last_ticket(wildcards, "checkpoint.pt"),
        rewound=get_rewind_checkpoint,
        mask=f"{TICKET}/mask.safetensors",
    output:
        checkpoint=f"{TICKET}/checkpoint.pt",
        log=f"{TICKET}/log.csv",
        averaged=[f"{TICKET}/averaged.pt"] if AVERAGED else [],
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
        gpu=CONFIG.training.devices,
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings=get_retrain_settings,
        work=f"{RESULTS}/work/seed{{seed}}/{{series}}/LTH{{k}}",
        code=code("retrain.py", PLUGIN),
    script:
        "../workflow/scripts/retrain.py"


rule sparsity:
    input:
        checkpoints=expand(f"{DENSE}/checkpoint.pt", seed=CONFIG.seeds),
        masks=per_ticket(f"{TICKET}/mask.safetensors"),
    output:
        modules=f"{RESULTS}/tables/module_sparsity.csv",
        tickets=f"{RESULTS}/tables/sparsity.csv",
    log:
        f"{LOGS}/tables/sparsity.log",
    benchmark:
        f"{LOGS}/tables/sparsity.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings={"seeds": CONFIG.seeds, "tickets": [list(name) for name in TICKETS]},
        code=code("sparsity.py"),
    script:
        "../workflow/scripts/sparsity.py"
