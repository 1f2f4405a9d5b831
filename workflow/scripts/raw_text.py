"""Write one split of the raw parallel text, checked.

Input: texts (source, target, source, ...), manifests (of public texts, whose files have their
paths in the settings). Output: source, target, counts (JSON).
"""

import json
from pathlib import Path

from ticketscope.corpus.parallel import TextFile, write_parallel
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    settings = snakemake.params.settings
    texts = iter(snakemake.input.texts)
    pairs = [
        tuple(
            TextFile(Path(side["path"] or next(texts)), side["member"], side["column"])
            for side in pair
        )
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
