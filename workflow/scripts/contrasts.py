"""Accuracy and margin of every ticket on each phenomenon.

Input: scores (npz, a file a ticket), sets (TSV, a file a set). Output: contrasts, item_table (CSV),
margins (npz).
"""

from pathlib import Path

from ticketscope.behaviour.contrast_items import read_contrasts
from ticketscope.behaviour.contrasts import contrast_table, item_table, margins, read_scores
from ticketscope.plan.names import TicketName
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_table

with job(snakemake):
    settings = snakemake.params.settings
    sets = map(read_contrasts, map(Path, snakemake.input.sets))
    items = item_table(dict(zip(settings["sets"], sets, strict=True)))
    tickets = [TicketName(*name) for name in settings["tickets"]]
    files = map(read_scores, map(Path, snakemake.input.scores))
    scores = dict(zip(tickets, files, strict=True))
    table = contrast_table(scores, items, resamples=settings["resamples"])
    for frame, path in ((table, snakemake.output.contrasts), (items, snakemake.output.item_table)):
        write_table(path, frame)
    write_arrays(snakemake.output.margins, dict(margins(scores)))
