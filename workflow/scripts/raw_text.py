"""Write one split of the raw parallel text, checked.

Input: the files or manifests that it comes from. Output: source, target, counts (JSON).
"""

import json
from pathlib import Path

from dissect.corpus.parallel import TextFile, write_parallel
from dissect.files import atomic_write
from dissect.job import job

with job(snakemake.log[0]):
    settings = snakemake.params.settings
    pairs = [
        tuple(TextFile(Path(side["path"]), side["member"], side["column"]) for side in pair)
        for pair in settings["pairs"]
    ]
    counts = write_parallel(
        pairs,
        Path(snakemake.output.source),
        Path(snakemake.output.target),
        limit=settings["limit"],
    )
    with atomic_write(snakemake.output.counts) as temporary:
        temporary.write_text(json.dumps(counts) + "\n")
