"""Rewind, then retrain under the mask.

Input: data, last (checkpoint of ticket k-1, unless the training begins anew), rewound (LTH0's
checkpoint of the rewind epoch, unless that is the beginning), mask (of ticket k).
Output: checkpoint, log (CSV), averaged (if configured).
"""

from dataclasses import replace
from pathlib import Path

from ticketscope.runtime.job import job
from ticketscope.tickets.command import Setup
from ticketscope.tickets.retrain import retrain

with job(snakemake) as progress:
    settings, wildcards = snakemake.params.settings, snakemake.wildcards
    setup = Setup.from_settings(settings, Path(snakemake.input.data), int(wildcards.seed))
    retrain(
        replace(setup, init_seed=settings.get("init_seed")),
        series=wildcards.series,
        k=int(wildcards.k),
        kind=settings["kind"],
        max_epoch=settings["max_epoch"],
        last=next(map(Path, snakemake.input.last), None),
        rewound=next(map(Path, snakemake.input.rewound), None),
        mask=Path(snakemake.input.mask),
        work=Path(snakemake.params.work),
        kept=Path(snakemake.params.kept),
        checkpoint=Path(snakemake.output.checkpoint),
        log=Path(snakemake.output.log),
        averaged=next(map(Path, snakemake.output.averaged), None),
        progress=progress,
    )
