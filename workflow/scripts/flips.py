"""Items on which a ticket and LTH0 differ: contrasts, sentences, predictions of probes.

Input: hypotheses (a file a ticket), reference (raw text), contrasts (contrasts, items: CSV,
margins: npz; or none), probes (CSV or none), predictions (npz, a file a job). Output: table,
resamples: churn when the items are resampled (CSV).
"""

import pandas as pd

from ticketscope.behaviour import flips
from ticketscope.corpus.parallel import read_lines
from ticketscope.plan.names import TicketName
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    given, settings = snakemake.input, snakemake.params.settings
    references = read_lines(given.reference)
    right = {
        ("translation", "chrF"): {
            TicketName(*name): flips.well_translated(read_lines(path), references, settings["chrf"])
            for name, path in zip(settings["tickets"], given.hypotheses, strict=True)
        }
    }
    if given.contrasts:
        _, items, margins = given.contrasts
        right |= flips.right_contrasts(pd.read_csv(items), margins)
    if given.probes:
        jobs = [(TicketName(*name), part) for *name, part in settings["jobs"]]
        right |= flips.right_predictions(
            pd.read_csv(given.probes), dict(zip(jobs, given.predictions, strict=True))
        )
    table, drawn = flips.flip_table(right, settings["seeds"]), flips.flip_resamples(right)
    for frame, path in ((table, snakemake.output.table), (drawn, snakemake.output.resamples)):
        with atomic_write(path) as temporary:
            frame.to_csv(temporary, index=False)
