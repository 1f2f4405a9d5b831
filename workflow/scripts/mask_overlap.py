"""Compare the masks of pairs of tickets.

Input: checkpoints (LTH0 of each seed), masks (of the tickets in `settings`). Output: table (CSV).
"""

from functools import lru_cache

import pandas as pd

from ticketscope.plan.names import TicketName
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.tickets.checkpoints import load
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.overlap import COLUMNS, mask_overlap
from ticketscope.tickets.sparsity import Architecture

with job(snakemake) as progress:
    settings = snakemake.params.settings
    tickets = [TicketName(*fields) for fields in settings["tickets"]]
    # Of the same seed and of others, since pairs are of one architecture.
    heads = Architecture.of(load(snakemake.input.checkpoints[0])).heads
    read = lru_cache(2)(lambda number: Mask.load(snakemake.input.masks[number]))
    tables = []
    for done, (number, other) in enumerate(settings["pairs"], start=1):
        names = {"other_seed": tickets[other].seed, "other_series": tickets[other].series}
        table = mask_overlap(read(number), read(other), heads)
        tables.append(table.assign(**tickets[number].columns, **names))
        progress(f"{done} of {len(settings['pairs'])} pairs of masks compared")
    first = ["seed", "series", "ticket", "k", "other_seed", "other_series"]
    whole = pd.concat(tables) if tables else pd.DataFrame()
    write_table(snakemake.output.table, whole.reindex(columns=[*first, *COLUMNS]))
