"""The random encoder: LTH0's architecture with its initial weights.

Input: checkpoint (LTH0's), data. Output: checkpoint.
"""

from pathlib import Path

from ticketscope.representations.model import untrained
from ticketscope.runtime.job import job
from ticketscope.tickets import checkpoints

with job(snakemake):
    state = untrained(
        Path(snakemake.input.checkpoint), Path(snakemake.input.data), int(snakemake.wildcards.seed)
    )
    checkpoints.save(state, snakemake.output.checkpoint)
