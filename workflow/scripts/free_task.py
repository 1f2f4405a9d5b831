"""Build one probing task of the free suite.

Input: the manifests of its sources. Output: {train,dev,test}.jsonl.gz, LICENSE, statistics.json.
"""

from pathlib import Path

from ticketscope.probing.free.build import build
from ticketscope.runtime.job import job

with job(snakemake) as progress:
    task = snakemake.wildcards.task
    out = Path(snakemake.output.statistics).parent
    sizes = build(task, Path("resources/sources"), out)["splits"]
    counts = ", ".join(f"{split} {size['instances']}" for split, size in sizes.items())
    progress(f"{task}: {counts} instances")
