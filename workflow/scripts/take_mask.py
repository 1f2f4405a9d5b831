"""Take the mask of another series: as it is, or the entries of each tensor permuted.

Input: mask (of the other series). Output: mask.
"""

from pathlib import Path

from ticketscope.runtime.job import job
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.take_mask import shuffled

with job(snakemake):
    mask, settings = Mask.load(Path(snakemake.input.mask)), snakemake.params.settings
    if settings["shuffled"]:
        mask = shuffled(mask, settings["seed"])
    mask.save(snakemake.output.mask)
