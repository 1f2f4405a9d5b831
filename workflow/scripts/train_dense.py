"""Train LTH0.

Input: data (fairseq-preprocess's folder). Output: checkpoint, log (CSV), rewind (a checkpoint for
each epoch that a ticket rewinds to), averaged (if configured).
"""

from pathlib import Path

from ticketscope.runtime.job import job
from ticketscope.tickets.command import Setup
from ticketscope.tickets.train_dense import train_dense

with job(snakemake) as progress:
    settings = snakemake.params.settings
    epochs = settings["rewind_epochs"]
    train_dense(
        Setup.from_settings(settings, Path(snakemake.input.data), int(snakemake.wildcards.seed)),
        work=Path(snakemake.params.work),
        kept=Path(snakemake.params.kept),
        checkpoint=Path(snakemake.output.checkpoint),
        rewind_points=dict(zip(epochs, map(Path, snakemake.output.rewind), strict=True)),
        log=Path(snakemake.output.log),
        averaged=next(map(Path, snakemake.output.averaged), None),
        progress=progress,
    )
