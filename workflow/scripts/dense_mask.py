"""The mask of LTH0: nothing pruned. It says which parameters may be.

Input: checkpoint. Output: mask.
"""

from pathlib import Path

from ticketscope.runtime.job import job
from ticketscope.tickets.dense_mask import dense_mask

with job(snakemake):
    dense_mask(
        Path(snakemake.input.checkpoint),
        output=Path(snakemake.output.mask),
        **snakemake.params.settings,
    )
