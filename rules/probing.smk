# What a linear or MLP probe finds in each layer of each ticket (section 4).

PROBING = f"{RESULTS}/probing"
PROBING_LOG = f"{LOGS}/probing"
PROBED = f"{PROBING}/seed{{seed}}/{{series}}/LTH{{k}}"
PROBED_LOG = f"{PROBING_LOG}/seed{{seed}}/{{series}}/LTH{{k}}"
VECTORS = f"{PROBING}/vectors/seed{{seed}}/{{series}}/LTH{{k}}"
PROBING_TABLES = {
    "probes": f"{TABLES}/probes.csv",
    "differences": f"{TABLES}/probe_differences.csv",
    "trends": f"{TABLES}/probe_trends.csv",
    "separation": f"{TABLES}/probe_separation.csv",
    "table_a2": f"{TABLES}/table_a2.csv",
    "table_a3": f"{TABLES}/table_a3.csv",
}


rule probing:
    input:
        list(PROBING_TABLES.values()) if PLAN.tasks else [],
        get_probing_figures(),


rule toy_suite:
    output:
        expand(
            "resources/probing/toy/{task}/{split}.jsonl.gz",
            task=PAPER_TASKS,
            split=PROBING_SPLITS,
        ),
    log:
        "logs/probing/toy.log",
    benchmark:
        "logs/probing/toy.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        code=code("toy_suite.py"),
    script:
        "../workflow/scripts/toy_suite.py"


rule paper_task:
    input:
        unpack(
            lambda wildcards: {
                split: local(f"{CONFIG.probing.folder}/{path}")
                for split, path in PAPER_TASKS[wildcards.task].paths().items()
            }
        ),
    output:
        expand(
            "resources/probing/paper/{{task}}/{split}.jsonl.gz", split=PROBING_SPLITS
        ),
    log:
        "logs/probing/paper/{task}.log",
    benchmark:
        "logs/probing/paper/{task}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        settings=lambda wildcards: {
            "format": PAPER_TASKS[wildcards.task].format,
            "options": dict(PAPER_TASKS[wildcards.task].options),
        },
        code=code("probing_task.py"),
    script:
        "../workflow/scripts/probing_task.py"


rule own_task:
    input:
        unpack(
            lambda wildcards: {
                split: local(path)
                for split, path in suites.own_files(
                    CONFIG.probing.own[wildcards.task]
                ).items()
            }
        ),
    output:
        expand(f"{PROBING}/own/{{{{task}}}}/{{split}}.jsonl.gz", split=PROBING_SPLITS),
    log:
        f"{PROBING_LOG}/own/{{task}}.log",
    benchmark:
        f"{PROBING_LOG}/own/{{task}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        settings=lambda wildcards: CONFIG.probing.own[wildcards.task].model_dump(
            mode="json", include={"format", "options"}
        ),
        code=code("probing_task.py"),
    script:
        "../workflow/scripts/probing_task.py"


rule probing_text:
    input:
        instances=get_instances(PLAN.tasks),
        codes=f"{CORPUS}/bpe/codes",
    output:
        subwords=f"{PROBING}/text/subwords",
        alignment=f"{PROBING}/text/alignment.npz",
        report=f"{PROBING}/text/alignment.json",
        places=f"{PROBING}/text/places.npz",
    log:
        f"{PROBING_LOG}/text.log",
    benchmark:
        f"{PROBING_LOG}/text.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings={
            "limits": {task: CONFIG.probing.most(task) for task in PLAN.tasks},
            "context": CONFIG.probing.context,
            "language": SOURCE,
            # fairseq's own default is 1024.
            "positions": CONFIG.training.extra.get("max-source-positions", 1024),
        },
        code=code("probing_text.py"),
    script:
        "../workflow/scripts/probing_text.py"


rule untrained:
    input:
        checkpoint=f"{DENSE}/checkpoint.pt",
        data=f"{CORPUS}/bin",
    output:
        checkpoint=f"{RESULTS}/tickets/seed{{seed}}/{UNTRAINED}/checkpoint.pt",
    log:
        f"{LOGS}/tickets/seed{{seed}}/{UNTRAINED}.log",
    benchmark:
        f"{LOGS}/tickets/seed{{seed}}/{UNTRAINED}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        code=code("untrained.py", PLUGIN),
    script:
        "../workflow/scripts/untrained.py"


use rule represent_text as represent_probing with:
    input:
        checkpoint=get_probed_checkpoint,
        data=f"{CORPUS}/bin",
        subwords=rules.probing_text.output.subwords,
        alignment=rules.probing_text.output.alignment,
    output:
        store=temp(directory(f"{VECTORS}.store")),
        words=get_kept(f"{VECTORS}.words.npy"),
    log:
        f"{PROBING_LOG}/vectors/seed{{seed}}/{{series}}/LTH{{k}}.log",
    benchmark:
        f"{PROBING_LOG}/vectors/seed{{seed}}/{{series}}/LTH{{k}}.jsonl"


rule probe:
    input:
        words=f"{VECTORS}.words.npy",
        places=rules.probing_text.output.places,
        instances=lambda wildcards: get_instances(get_part(wildcards)[0]),
    output:
        table=f"{PROBED}/{{part}}.csv",
        predictions=f"{PROBED}/{{part}}.npz",
    log:
        f"{PROBED_LOG}/{{part}}.log",
    benchmark:
        f"{PROBED_LOG}/{{part}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings=get_probe_settings,
        code=code("probe.py"),
    script:
        "../workflow/scripts/probe.py"


rule collect_probes:
    input:
        tables=per_probe_job(f"{PROBED}/{{part}}.csv"),
        predictions=per_probe_job(f"{PROBED}/{{part}}.npz"),
        sparsity=f"{RESULTS}/tables/sparsity.csv",
    output:
        **PROBING_TABLES,
    log:
        f"{LOGS}/tables/probes.log",
    benchmark:
        f"{LOGS}/tables/probes.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        jobs=PROBE_JOBS,
        settings={
            "resamples": CONFIG.probing.resamples,
            "level": CONFIG.probing.level,
            "seed": CONFIG.seeds[0],
        },
        code=code("collect_probes.py"),
    script:
        "../workflow/scripts/collect_probes.py"


rule plot_probing:
    input:
        probes=PROBING_TABLES["probes"],
        differences=PROBING_TABLES["differences"],
        trends=PROBING_TABLES["trends"],
        sparsity=f"{RESULTS}/tables/sparsity.csv",
    output:
        **get_figure_outputs(PROBING_FIGURES, "Probing (section 4)"),
    log:
        f"{LOGS}/figures/probing.log",
    benchmark:
        f"{LOGS}/figures/probing.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings={"figures": list(PROBING_FIGURES)},
        code=code("plot_probing.py"),
    script:
        "../workflow/scripts/plot_probing.py"
