# What a linear or MLP probe finds in each layer of each ticket (section 4).

from dissect.probing import suites
from dissect.probing.tasks.registry import (
    SPLITS as PROBING_SPLITS,
    TASKS as PAPER_TASKS,
)

PROBING = f"{RESULTS}/probing"
PROBING_LOG = f"{LOGS}/probing"
PROBED = f"{PROBING}/seed{{seed}}/{{series}}/LTH{{k}}"
PROBED_LOG = f"{PROBING_LOG}/seed{{seed}}/{{series}}/LTH{{k}}"
VECTORS = f"{PROBING}/vectors/seed{{seed}}/{{series}}/LTH{{k}}"

try:
    PLAN = suites.plan(CONFIG.probing)
except InputError as error:
    sys.exit(str(error))

# Tickets that are probed, as (seed, series, k); without any task none is.
PROBED_TICKETS = [
    (seed, series, k)
    for seed in CONFIG.seeds
    for series, k in [*TICKETS, (UNTRAINED, 0)]
    if PLAN.tasks
    and (k == 0 or CONFIG.probing.tickets == "all" or k in CONFIG.probing.tickets)
]
PARTS = (
    ["all"]
    if CONFIG.probing.jobs == "ticket"
    else [f"{task}.{kind}" for task in PLAN.tasks for kind in CONFIG.probing.probes]
)


# Settings that a trained probe depends on, but for `by_task`.
RECIPE = {
    "suite",
    "limit",
    "hidden",
    "lr",
    "max_epoch",
    "batch_size",
    "patience",
    "replicates",
    "control",
    "codelength",
    "fractions",
    "least",
}


def get_task_folder(task):
    """Where a task's instances lie: a user's own with the results, the suites' shared by all."""
    if task in CONFIG.probing.own:
        return f"{PROBING}/own/{task}"
    return f"resources/probing/{CONFIG.probing.suite}/{task}"


def get_instances(tasks):
    """Their files, task by task and in each split by split."""
    return [
        f"{get_task_folder(task)}/{split}.jsonl.gz"
        for task in tasks
        for split in PROBING_SPLITS
    ]


def get_part(wildcards):
    """Tasks and families of probes of a job."""
    if wildcards.part == "all":
        return list(PLAN.tasks), CONFIG.probing.probes
    task, kind = wildcards.part.rsplit(".", 1)
    return [task], [kind]


def get_recipe(wildcards):
    """What the probes of a job depend on."""
    tasks, _ = get_part(wildcards)
    recipe = CONFIG.probing.model_dump(mode="json", include=RECIPE)
    own = CONFIG.probing.by_task
    return recipe | {
        "by_task": {
            task: own[task].model_dump(mode="json") for task in tasks if task in own
        }
    }


def per_probe_job(pattern):
    """`pattern` for every job, in the order of PROBE_JOBS."""
    return [
        pattern.format(seed=seed, series=series, k=k, part=part)
        for seed, series, k in PROBED_TICKETS
        for part in PARTS
    ]


PROBE_JOBS = [
    [seed, series, f"LTH{k}", part]
    for seed, series, k in PROBED_TICKETS
    for part in PARTS
]
PROBING_TABLES = {
    "probes": f"{TABLES}/probes.csv",
    "differences": f"{TABLES}/probe_differences.csv",
    "trends": f"{TABLES}/probe_trends.csv",
    "separation": f"{TABLES}/probe_separation.csv",
    "table_a2": f"{TABLES}/table_a2.csv",
    "table_a3": f"{TABLES}/table_a3.csv",
}


def get_probing_figures():
    """All figures of section 4; none where nothing is probed."""
    figures = PROBING_FIGURES if PLAN.tasks else []
    return [f"{RESULTS}/figures/{figure}.svg" for figure in figures]


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
        "../envs/dissect.yaml"
    threads: 1
    params:
        code=code("toy_suite.py"),
    script:
        "../workflow/scripts/toy_suite.py"


rule paper_task:
    input:
        unpack(
            lambda wildcards: {
                split: f"{CONFIG.probing.folder}/{path}"
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
        "../envs/dissect.yaml"
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
        unpack(lambda wildcards: suites.own_files(CONFIG.probing.own[wildcards.task])),
    output:
        expand(f"{PROBING}/own/{{{{task}}}}/{{split}}.jsonl.gz", split=PROBING_SPLITS),
    log:
        f"{PROBING_LOG}/own/{{task}}.log",
    benchmark:
        f"{PROBING_LOG}/own/{{task}}.jsonl"
    conda:
        "../envs/dissect.yaml"
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
        "../envs/dissect.yaml"
    threads: 1
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
        "../envs/dissect.yaml"
    threads: 1
    params:
        code=code("untrained.py", PLUGIN),
    script:
        "../workflow/scripts/untrained.py"


def get_probed_checkpoint(wildcards):
    """A ticket's checkpoint, or the random encoder's."""
    if wildcards.series == UNTRAINED:
        return rules.untrained.output.checkpoint.format(seed=wildcards.seed)
    file = "averaged.pt" if AVERAGED else "checkpoint.pt"
    return f"{ticket_path(wildcards.seed, wildcards.series, wildcards.k)}/{file}"


use rule represent_text as represent_probing with:
    input:
        checkpoint=get_probed_checkpoint,
        data=f"{CORPUS}/bin",
        subwords=rules.probing_text.output.subwords,
        alignment=rules.probing_text.output.alignment,
    output:
        store=temp(directory(f"{VECTORS}.store")),
        words=get_kept_file(f"{VECTORS}.words.npy"),
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
        "../envs/dissect.yaml"
    threads: 1
    resources:
        gpu=1,
    params:
        settings=get_recipe,
        ticket=lambda wildcards: {
            "seed": int(wildcards.seed),
            "series": wildcards.series,
            "name": f"LTH{wildcards.k}",
        },
        tasks=lambda wildcards: [
            {
                "id": task,
                "group": PLAN.tasks[task].group,
                "metric": PLAN.tasks[task].metric,
            }
            for task in get_part(wildcards)[0]
        ],
        kinds=lambda wildcards: get_part(wildcards)[1],
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
        "../envs/dissect.yaml"
    threads: 1
    params:
        jobs=PROBE_JOBS,
        settings={
            "jobs": CONFIG.probing.jobs,
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
        svg=report(
            expand(f"{RESULTS}/figures/{{figure}}.svg", figure=PROBING_FIGURES),
            caption="../workflow/report/probing.rst",
            category="Probing",
        ),
        pdf=expand(f"{RESULTS}/figures/{{figure}}.pdf", figure=PROBING_FIGURES),
    log:
        f"{LOGS}/figures/probing.log",
    benchmark:
        f"{LOGS}/figures/probing.jsonl"
    conda:
        "../envs/dissect.yaml"
    threads: 1
    params:
        settings={"figures": list(PROBING_FIGURES)},
        code=code("plot_probing.py"),
    script:
        "../workflow/scripts/plot_probing.py"
