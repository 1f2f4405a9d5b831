"""What each mask leaves: dead neurons and heads, and the ranks of the pruned matrices.

Input: checkpoints and masks (of all tickets). Output: units, ranks (CSV).
"""

import pandas as pd

from ticketscope.plan.names import TicketName
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.tickets.checkpoints import load, masked_weights
from ticketscope.tickets.dead_units import dead_units
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.ranks import matrix_ranks
from ticketscope.tickets.sparsity import Architecture

with job(snakemake) as progress:
    given, names = snakemake.input, [TicketName(*t) for t in snakemake.params.settings["tickets"]]
    units, ranks = [], []
    for name, checkpoint, path in zip(names, given.checkpoints, given.masks, strict=True):
        state, mask = load(checkpoint), Mask.load(path)
        weights = masked_weights(state, mask, f"checkpoint {checkpoint}")
        units.append(dead_units(mask, Architecture.of(state).heads).assign(**name.columns))
        ranks.append(matrix_ranks(mask, weights).assign(**name.columns))
        progress(f"{len(units)} of {len(names)} tickets: units and ranks of {name.label} counted")
    for tables, output in ((units, snakemake.output.units), (ranks, snakemake.output.ranks)):
        table = pd.concat(tables)
        first = list(names[0].columns)
        write_table(output, table[first + [c for c in table if c not in first]])
