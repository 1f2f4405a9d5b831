"""Where weights are pruned: per ticket and per module (section 3.4, Table A1's sparsities).

Input: checkpoints (LTH0 of each seed), masks (of all tickets). Output: modules, tickets (CSV).
"""

import pandas as pd

from ticketscope.plan.names import TicketName
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.tickets.checkpoints import load
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.sparsity import Architecture, module_sparsity, ticket_sparsity

with job(snakemake):
    settings = snakemake.params.settings
    dense = {
        seed: Architecture.of(load(checkpoint))
        for seed, checkpoint in zip(settings["seeds"], snakemake.input.checkpoints, strict=True)
    }
    modules, tickets = [], []
    for fields, path in zip(settings["tickets"], snakemake.input.masks, strict=True):
        mask, name = Mask.load(path), TicketName(*fields)
        modules.append(module_sparsity(mask, dense[name.seed]).assign(**name.columns))
        tickets.append(name.columns | ticket_sparsity(mask, dense[name.seed]))
    for table, path in (
        (pd.concat(modules), snakemake.output.modules),
        (pd.DataFrame(tickets), snakemake.output.tickets),
    ):
        names = ["seed", "series", "ticket", "k"]
        write_table(path, table[names + [c for c in table.columns if c not in names]])
