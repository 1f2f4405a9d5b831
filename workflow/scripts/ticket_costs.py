"""What the tickets of a seed cost to store and to run, counted.

Input: checkpoints, masks (of all tickets). Output: table (CSV).
"""

import pandas as pd

from ticketscope.cost.ticket import ticket_cost
from ticketscope.plan.names import TicketName
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.tickets.checkpoints import load
from ticketscope.tickets.masks import Mask

with job(snakemake):
    given, settings = snakemake.input, snakemake.params.settings
    rows = []
    for fields, checkpoint, mask in zip(
        settings["tickets"], given.checkpoints, given.masks, strict=True
    ):
        name = TicketName(*fields)
        print(f"{name.series} {name.label}")
        rows.append(
            name.columns | ticket_cost(load(checkpoint), Mask.load(mask), settings["length"])
        )
    write_table(snakemake.output.table, pd.DataFrame(rows))
