"""Check a checkpoint trained elsewhere and publish it as a ticket.

Input: given (the checkpoint), given_mask (or none), dense (its LTH0's checkpoint; none of LTH0
itself), dictionaries. Output: checkpoint, mask.
"""

from pathlib import Path

from ticketscope.external.ticket import publish
from ticketscope.runtime.job import job
from ticketscope.settings import Languages

with job(snakemake) as progress:
    files, settings = snakemake.input, snakemake.params.settings
    publish(
        Path(files.given),
        next(map(Path, files.given_mask), None),
        dense=next(map(Path, files.dense), None),
        data=Path(files.dictionaries[0]).parent,
        languages=Languages(**settings["languages"]),
        embeddings=settings["embeddings"],
        biases=settings["biases"],
        output=Path(snakemake.output.checkpoint),
        output_mask=Path(snakemake.output.mask),
        progress=progress,
    )
