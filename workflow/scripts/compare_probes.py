"""Compare the probed tickets.

Input: probes, sparsity (CSV), statistics (npz). Output: differences, trends, separation, training,
table_a2, table_a3 (CSV).
"""

import numpy as np
import pandas as pd

from ticketscope.probing.chosen import reader
from ticketscope.probing.comparison import Comparison
from ticketscope.probing.result import training_summary
from ticketscope.report.tables.tables_a2_a3 import table_a2, table_a3
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table

with (
    job(snakemake) as progress,
    np.load(snakemake.input.statistics, allow_pickle=False) as statistics,
):
    settings = snakemake.params.settings
    probes = pd.read_csv(snakemake.input.probes)
    comparison = Comparison(
        probes, reader(statistics), resamples=settings["resamples"], seed=settings["seed"]
    )
    differences = comparison.differences()
    progress(f"{len(differences)} tickets and tasks compared with LTH0")
    sparsity = pd.read_csv(snakemake.input.sparsity)[["seed", "series", "ticket", "sparsity_excl"]]
    tables = {
        "differences": differences,
        "trends": comparison.trends(sparsity, settings["level"]),
        "separation": comparison.separation(),
        "training": training_summary(probes),
        "table_a2": table_a2(probes),
        "table_a3": table_a3(probes),
    }
    for name, table in tables.items():
        write_table(snakemake.output[name], table)
