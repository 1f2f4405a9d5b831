"""Bring a probing task from one of the known formats into the canonical one.

Input: train, dev, test. Output: {train,dev,test}.jsonl.gz.
"""

from pathlib import Path

from ticketscope.probing.tasks.formats import build
from ticketscope.runtime.job import job

with job(snakemake) as progress:
    sizes = build(
        {split: Path(path) for split, path in snakemake.input.items()},
        Path(snakemake.output[0]).parent,
        **snakemake.params.settings,
    )
    counts = ", ".join(f"{split} {size}" for split, size in sizes.items())
    progress(f"{snakemake.wildcards.task}: {counts} instances")
