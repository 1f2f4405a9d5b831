# The probing tasks from openly licensed corpora (docs/steps/free-suite.md).

from ticketscope.plan.paths import FREE_SOURCES, TASKS
from ticketscope.probing.free import sources as free_sources
from ticketscope.probing.free.names import SOURCES_OF as FREE_TASKS

FREE = f"{TASKS}/free"


rule free_suite:
    input:
        expand(f"{FREE}/{{task}}/statistics.json", task=FREE_TASKS),


rule free_source:
    output:
        # What is fetched lies beside it, so both stay on this disk whatever the default storage.
        manifest=local(f"{FREE_SOURCES}/{{source}}.json"),
    log:
        "logs/sources/free/{source}.log",
    benchmark:
        "logs/sources/free/{source}.jsonl"
    # Compute nodes seldom have the internet. (`localrules` would not know a module's prefix.)
    localrule: True
    conda:
        "../envs/ticketscope.yaml"
    resources:
        mirror=MIRROR,
    params:
        settings=lambda wildcards: free_sources.entries([wildcards.source]),
        code=code("free_source.py"),
    script:
        "../workflow/scripts/free_source.py"


rule free_task:
    input:
        lambda wildcards: keep_local(
            f"{FREE_SOURCES}/{source}.json" for source in FREE_TASKS[wildcards.task]
        ),
    output:
        instances=expand(
            f"{FREE}/{{{{task}}}}/{{split}}.jsonl.gz", split=["train", "dev", "test"]
        ),
        licence=f"{FREE}/{{task}}/LICENSE",
        statistics=f"{FREE}/{{task}}/statistics.json",
    log:
        "logs/probing/free/{task}.log",
    benchmark:
        "logs/probing/free/{task}.jsonl"
    wildcard_constraints:
        task="|".join(FREE_TASKS),
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings=lambda wildcards: free_sources.entries(FREE_TASKS[wildcards.task]),
        code=code("free_task.py"),
    script:
        "../workflow/scripts/free_task.py"
