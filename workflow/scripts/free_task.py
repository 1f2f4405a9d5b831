"""Build one probing task of the free suite.

Input: the manifests of its sources. Output: {train,dev,test}.jsonl.gz, LICENSE, statistics.json.
"""

from pathlib import Path

from dissect.job import job
from dissect.probing.free.build import build

with job(snakemake.log[0]) as progress:
    task = snakemake.wildcards.task
    out = Path(snakemake.output.statistics).parent
    sizes = build(task, Path("resources/sources"), out)["splits"]
    counts = ", ".join(f"{split} {size['instances']}" for split, size in sizes.items())
    progress(f"{task}: {counts} instances")
