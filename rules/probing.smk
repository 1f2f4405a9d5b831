# What a linear or MLP probe finds in each layer of each ticket (section 4).

from ticketscope.plan.paths import TASKS
from ticketscope.plan.probing import toy_folder
from ticketscope.probing import suites
from ticketscope.probing.tasks import formats
from ticketscope.probing.tasks.registry import SPLITS as PROBING_SPLITS
from ticketscope.probing.tasks.registry import TASKS as PAPER_TASKS

PROBING_LOG = f"{LOGS}/probing"
PROBES_LOG = f"{PROBING_LOG}/{TICKET}/{{part}}"
# What the toy suite depends on.
TOY_TEXT = {name: f"{{{name}}}" for name in ("longest", "exponent", "train")}
TOY_LOG = "logs/probing/toy/longest{longest}-exponent{exponent}-train{train}"
PROBES = {
    "probes": f"{PATHS.tables}/probes.csv",
    "statistics": f"{PATHS.tables}/probe_statistics.npz",
}
PROBING_TABLES = {
    "differences": f"{PATHS.tables}/probe_differences.csv",
    "trends": f"{PATHS.tables}/probe_trends.csv",
    "separation": f"{PATHS.tables}/probe_separation.csv",
    "training": f"{PATHS.tables}/probe_training.csv",
    "table_a2": f"{PATHS.tables}/table_a2.csv",
    "table_a3": f"{PATHS.tables}/table_a3.csv",
}


# Nothing is drawn where nothing is probed.
PROBING_FIGURES = get_figures(titles.PROBING if PLAN.probing.tasks else {})


rule probing:
    input:
        [*PROBES.values(), *PROBING_TABLES.values()] if PLAN.probing.tasks else [],
        PROBING_FIGURES,


rule toy_suite:
    output:
        [
            f"{toy_folder(task, **TOY_TEXT)}/{split}.jsonl.gz"
            for task in PAPER_TASKS
            for split in PROBING_SPLITS
        ],
    log:
        f"{TOY_LOG}.log",
    benchmark:
        f"{TOY_LOG}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
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
        expand(f"{TASKS}/paper/{{{{task}}}}/{{split}}.jsonl.gz", split=PROBING_SPLITS),
    log:
        "logs/probing/paper/{task}.log",
    benchmark:
        "logs/probing/paper/{task}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings=lambda wildcards: {
            "format": PAPER_TASKS[wildcards.task].format,
            "options": dict(PAPER_TASKS[wildcards.task].options),
        },
        code=lambda wildcards: code(
            "probing_task.py", formats.module_of(PAPER_TASKS[wildcards.task].format)
        ),
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
        expand(
            f"{PATHS.probing}/own/{{{{task}}}}/{{split}}.jsonl.gz",
            split=PROBING_SPLITS,
        ),
    log:
        f"{PROBING_LOG}/own/{{task}}.log",
    benchmark:
        f"{PROBING_LOG}/own/{{task}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings=lambda wildcards: CONFIG.probing.own[wildcards.task].model_dump(
            mode="json", include={"format", "options", "metric"}
        ),
        code=lambda wildcards: code(
            "probing_task.py",
            formats.module_of(CONFIG.probing.own[wildcards.task].format),
        ),
    script:
        "../workflow/scripts/probing_task.py"


rule probing_text:
    input:
        instances=PLAN.probing.instances_of_text,
        codes=f"{PATHS.bpe}/codes",
        data=PATHS.binary,
    output:
        subwords=f"{PATHS.probing_text}/subwords",
        alignment=f"{PATHS.probing_text}/alignment.npz",
        report=f"{PATHS.probing_text}/alignment.json",
        places=f"{PATHS.probing_text}/places.npz",
    log:
        f"{PROBING_LOG}/text/{{text}}.log",
    benchmark:
        f"{PROBING_LOG}/text/{{text}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("probing_text"),
    params:
        settings=PLAN.probing.text_settings,
        language=SOURCE,
        tokenizer=TOKENIZER,
        positions=CONFIG.source_positions,
        code=code("probing_text.py"),
    script:
        "../workflow/scripts/probing_text.py"


rule untrained:
    input:
        checkpoint=f"{PATHS.dense}/checkpoint.pt",
        data=PATHS.binary,
    output:
        checkpoint=PATHS.untrained,
    log:
        f"{LOGS}/tickets/seed{{seed}}/untrained.log",
    benchmark:
        f"{LOGS}/tickets/seed{{seed}}/untrained.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("untrained"),
    params:
        code=code("untrained.py", PLUGIN),
    script:
        "../workflow/scripts/untrained.py"


use rule represent_text as represent_probing with:
    input:
        checkpoint=lambda wildcards: PLAN.probing.checkpoint(
            wildcards, PLAN.training.decoded_checkpoint
        ),
        data=PATHS.binary,
        subwords=rules.probing_text.output.subwords,
        alignment=rules.probing_text.output.alignment,
    output:
        store=temp(directory(f"{PATHS.vectors}.store")),
        words=get_kept(f"{PATHS.vectors}.words.npy"),
    log:
        f"{PROBING_LOG}/vectors/{TICKET}/{{text}}.log",
    benchmark:
        f"{PROBING_LOG}/vectors/{TICKET}/{{text}}.jsonl"
    resources:
        **get_resources("represent_probing"),


rule probe:
    input:
        words=PLAN.probing.words_of,
        text=PLAN.probing.aligned_text_of,
        instances=PLAN.probing.instances_of,
    output:
        **(
            {"weights": f"{PATHS.probes}.safetensors"}
            if CONFIG.probing.keep_weights
            else {}
        ),
        table=f"{PATHS.probes}.csv",
        predictions=f"{PATHS.probes}.npz",
    log:
        f"{PROBES_LOG}.log",
    benchmark:
        f"{PROBES_LOG}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("probe"),
    params:
        settings=PLAN.probing.settings,
        code=code("probe.py"),
    script:
        "../workflow/scripts/probe.py"


rule collect_probes:
    input:
        tables=PLAN.probing.per_job(".csv"),
        predictions=PLAN.probing.per_job(".npz"),
    output:
        **PROBES,
    log:
        f"{LOGS}/tables/probes.log",
    benchmark:
        f"{LOGS}/tables/probes.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("collect_probes"),
    params:
        jobs=[
            [name.seed, name.series, name.label, part]
            for name, part in PLAN.probing.jobs
        ],
        code=code("collect_probes.py"),
    script:
        "../workflow/scripts/collect_probes.py"


rule compare_probes:
    input:
        **PROBES,
        sparsity=f"{PATHS.tables}/sparsity.csv",
    output:
        **PROBING_TABLES,
    log:
        f"{LOGS}/tables/probe_comparison.log",
    benchmark:
        f"{LOGS}/tables/probe_comparison.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("compare_probes"),
    params:
        settings={
            "resamples": CONFIG.probing.resamples,
            "level": CONFIG.probing.level,
            # Whatever the seeds, so that experiments of other seeds can be joined.
            "seed": 1,
        },
        code=code("compare_probes.py"),
    script:
        "../workflow/scripts/compare_probes.py"


use rule plot_sparsity as plot_probing with:
    input:
        probes=PROBES["probes"],
        differences=PROBING_TABLES["differences"],
        trends=PROBING_TABLES["trends"],
        sparsity=f"{PATHS.tables}/sparsity.csv",
    output:
        **get_figure_outputs(titles.PROBING, "Probing (section 4)"),
    log:
        f"{LOGS}/figures/probing.log",
    benchmark:
        f"{LOGS}/figures/probing.jsonl"
    resources:
        **get_resources("plot_probing"),
    params:
        **get_figure_params("probing", titles.PROBING),
