"""Join the tables of all tickets.

Input: similarity, spectra, concentration, categories (CSV), matrices (npz): a file per ticket.
Output: similarity, spectra, concentration, categories (CSV), maxima (npz).
"""

import pandas as pd

from ticketscope.plan.names import TicketName
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_table
from ticketscope.similarity.categories import COLUMNS
from ticketscope.similarity.maxima import neuron_maxima

with job(snakemake):
    for name in ("similarity", "spectra", "concentration", "categories"):
        # The layer of a row about all layers is empty.
        parts = [pd.read_csv(path, dtype={"layer": "Int64"}) for path in snakemake.input[name]]
        # No ticket beside LTH0, no categories.
        table = pd.concat(parts) if parts else pd.DataFrame(columns=list(COLUMNS))
        write_table(snakemake.output[name], table)
    tickets = [TicketName(*name) for name in snakemake.params.settings["tickets"]]
    matrices = dict(zip(tickets, snakemake.input.matrices, strict=True))
    write_arrays(snakemake.output.maxima, neuron_maxima(matrices))
