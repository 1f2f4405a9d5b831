"""The 18 probing tasks of the embedded grammar. Output: {task}/{train,dev,test}.jsonl.gz."""

from pathlib import Path

from ticketscope.probing.tasks.toy_suite import build
from ticketscope.runtime.job import job

with job(snakemake) as progress:
    folder = Path(snakemake.output[0]).parents[1]
    wildcards = snakemake.wildcards
    suite = build(
        folder,
        longest=int(wildcards.longest),
        exponent=float(wildcards.exponent),
        train=int(wildcards.train),
    )
    for task, sizes in suite.items():
        counts = ", ".join(f"{split} {size}" for split, size in sizes.items())
        progress(f"{task}: {counts} instances")
