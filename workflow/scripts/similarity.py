"""Compare a ticket with its own layers and with other tickets.

Input: own (store), others (stores). Output: similarity, spectra, concentration (CSV), matrices
(npz).
"""

import numpy as np
import pandas as pd

from ticketscope.representations.store import Store
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job
from ticketscope.similarity.names import Name
from ticketscope.similarity.ticket import examine

with job(snakemake.log[0]) as progress, claim_device(progress) as device:
    settings, wildcards = dict(snakemake.params.settings), snakemake.wildcards
    names = [Name(*name) for name in settings.pop("others")]
    found = examine(
        Name(int(wildcards.seed), wildcards.series, int(wildcards.k)),
        Store.open(snakemake.input.own),
        dict(zip(names, map(Store.open, snakemake.input.others), strict=True)),
        device=device,
        progress=progress,
        **settings,
    )
    found.table().to_csv(snakemake.output.similarity, index=False)
    pd.DataFrame(found.spectra).to_csv(snakemake.output.spectra, index=False)
    pd.DataFrame(found.concentration).to_csv(snakemake.output.concentration, index=False)
    with atomic_write(snakemake.output.matrices) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **found.matrices)
