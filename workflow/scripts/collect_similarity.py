"""Join the tables of all tickets.

Input: similarity, spectra, concentration, categories (CSV), matrices (npz): a file per ticket.
Output: similarity, spectra, concentration, categories (CSV), maxima (npz).
"""

import numpy as np
import pandas as pd

from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_table
from ticketscope.similarity.categories import COLUMNS

with job(snakemake.log[0]):
    for name in ("similarity", "spectra", "concentration", "categories"):
        # The layer of a row about all layers is empty.
        parts = [pd.read_csv(path, dtype={"layer": "Int64"}) for path in snakemake.input[name]]
        # No ticket beside LTH0, no categories.
        table = pd.concat(parts) if parts else pd.DataFrame(columns=list(COLUMNS))
        write_table(snakemake.output[name], table)
    maxima = {}
    for (seed, series, k), path in zip(
        snakemake.params.settings["tickets"], snakemake.input.matrices, strict=True
    ):
        with np.load(path, allow_pickle=False) as matrices:
            for key in matrices.files:
                module, other, *rest = key.split("/")
                if other == "LTH0" and k and rest[0] == "maxima":
                    maxima[f"seed{seed}/{series}/LTH{k}/{module}/{rest[1]}"] = matrices[key]
    write_arrays(snakemake.output.maxima, maxima)
