"""Compare a ticket with its own layers and with other tickets.

Input: ticket (store), others (stores), counts (JSON, of the text). Output: similarity, spectra,
concentration (CSV), matrices (npz).
"""

import json
from pathlib import Path

import pandas as pd

from ticketscope.plan.names import TicketName
from ticketscope.representations.store import Store
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_table
from ticketscope.similarity.ticket import examine

with job(snakemake) as progress, claim_device(progress) as device:
    settings = dict(snakemake.params.settings)
    others = [TicketName(*name) for name in settings.pop("others")]
    result = examine(
        TicketName.of(snakemake.wildcards),
        Store.open(snakemake.input.ticket),
        dict(zip(others, map(Store.open, snakemake.input.others), strict=True)),
        texts=json.loads(Path(snakemake.input.counts).read_text())["texts"],
        device=device,
        progress=progress,
        **settings,
    )
    write_table(snakemake.output.similarity, result.table())
    write_table(snakemake.output.spectra, pd.DataFrame(result.spectra))
    concentration = pd.DataFrame(result.concentration).astype({"layer": "Int64"})
    write_table(snakemake.output.concentration, concentration)
    write_arrays(snakemake.output.matrices, result.matrices)
