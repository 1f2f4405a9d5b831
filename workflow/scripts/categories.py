"""How alike a ticket's final encoder layer and LTH0's are, by category of token (section 5.3).

Input: own, dense (stores), categories (npz). Output: table (CSV).
"""

import numpy as np
import pandas as pd

from ticketscope.plan.names import TicketName
from ticketscope.representations.store import Store
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.similarity.categories import COLUMNS, category_sim
from ticketscope.similarity.ticket import ENOUGH

with job(snakemake.log[0]) as progress, claim_device(progress) as device:
    name = TicketName.of(snakemake.wildcards)
    own, dense = Store.open(snakemake.input.own), Store.open(snakemake.input.dense)
    sentences = np.repeat(np.arange(own.sentences), np.diff(own.encoder_offsets))
    dim, rows = own.encoder.shape[2], []
    with np.load(snakemake.input.categories, allow_pickle=False) as categories:
        for kind in categories.files:
            rows += [
                {**name.columns, "kind": kind, **vars(similarity), "n_per_d": similarity.n / dim}
                for similarity in category_sim(
                    own.encoder[-1],
                    dense.encoder[-1],
                    categories[kind],
                    sentences=sentences,
                    seed=name.seed,
                    device=device,
                    **snakemake.params.settings,
                )
            ]
    table = pd.DataFrame(
        [{"category": row.pop("label"), **row} for row in rows], columns=list(COLUMNS)
    )
    compared = table[table["value"].notna()]
    if few := int((compared["n_per_d"] < ENOUGH).sum()):
        progress(
            f"warning: {few} of {len(compared)} categories have fewer than {ENOUGH} tokens for "
            f"each of the {dim} dimensions: read their debiased values"
        )
    write_table(snakemake.output.table, table)
