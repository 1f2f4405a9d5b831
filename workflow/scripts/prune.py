"""One pruning iteration: cut the lowest-ranked weights of the last ticket.

Input: checkpoint and mask of ticket k-1, needed (what the criterion needs besides). Output: mask of
ticket k.
"""

from pathlib import Path

from ticketscope.runtime.job import job
from ticketscope.tickets.prune import prune
from ticketscope.tickets.settings import Series

with job(snakemake) as progress:
    settings = dict(snakemake.params.settings)
    needed = map(Path, snakemake.input.needed)
    mask = prune(
        Path(snakemake.input.checkpoint),
        Path(snakemake.input.mask),
        series=Series(**settings.pop("series")),
        output=Path(snakemake.output.mask),
        needed=dict(zip(settings.pop("needs", []), needed, strict=True)),
        **settings,
    )
    print(f"pruned {mask.pruned} of {mask.total} prunable weights: {mask.sparsity:.6f}")
