"""Write one split of the raw parallel text, checked.

Input: texts (source, target, source, ...), manifests (of public texts, whose files have their
paths in the settings). Output: source, target, counts (JSON).
"""

from pathlib import Path

from ticketscope.corpus.raw_text import write_parallel
from ticketscope.corpus.sources import parallel_texts
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_json

with job(snakemake):
    settings = snakemake.params.settings
    counts = write_parallel(
        parallel_texts(settings["parts"], settings["split"], snakemake.input.texts),
        Path(snakemake.output.source),
        Path(snakemake.output.target),
        limit=settings["limit"],
    )
    write_json(snakemake.output.counts, counts)
