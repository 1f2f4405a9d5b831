"""How alike a ticket's final encoder layer and LTH0's are, by category of token (section 5.3).

Input: ticket, dense (stores), categories (npz). Output: table (CSV).
"""

import numpy as np

from ticketscope.plan.names import TicketName
from ticketscope.representations.store import Store
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.similarity.ticket_categories import category_table

with job(snakemake) as progress, claim_device(progress) as device:
    with np.load(snakemake.input.categories, allow_pickle=False) as categories:
        table = category_table(
            TicketName.of(snakemake.wildcards),
            Store.open(snakemake.input.ticket),
            Store.open(snakemake.input.dense),
            categories,
            device=device,
            progress=progress,
            **snakemake.params.settings,
        )
    write_table(snakemake.output.table, table)
