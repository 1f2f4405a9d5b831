"""States and attention of every layer of a ticket on a text, the target forced on the decoder.

Input: checkpoint, data, source and target (the text's subwords). Output: store (a folder).
"""

from pathlib import Path

from ticketscope.corpus.parallel import read_lines
from ticketscope.representations.extraction import extract
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.job import job

with job(snakemake) as progress, claim_device(progress) as device:
    extract(
        Path(snakemake.input.checkpoint),
        Path(snakemake.input.data),
        read_lines(snakemake.input.source),
        read_lines(snakemake.input.target),
        Path(snakemake.output.store),
        device=device,
        progress=progress,
        **snakemake.params.settings,
    )
