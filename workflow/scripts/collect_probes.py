"""Collect the probes of all tickets and compare the tickets.

Input: tables (CSV), predictions (npz), a file a job; sparsity (CSV). Output: probes, differences,
trends, separation, training, table_a2, table_a3 (CSV).
"""

import numpy as np
import pandas as pd

from ticketscope.probing.comparison import Comparison
from ticketscope.probing.result import training_in_words, training_summary, with_random_encoder
from ticketscope.report.tables.tables_a2_a3 import table_a2, table_a3
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]) as progress:
    settings = snakemake.params.settings
    paths = {}
    for (*ticket, part), path in zip(
        snakemake.params.jobs, snakemake.input.predictions, strict=True
    ):
        paths.setdefault(tuple(ticket), {})[part] = path

    def read_statistics(row):
        key = f"{row['task']}/{row['probe']}"
        parts = paths[int(row["seed"]), row["series"], row["ticket"]]
        path = parts.get("all") or parts[key.replace("/", ".")]
        with np.load(path, allow_pickle=False) as arrays:
            on_layer = arrays[f"{key}/layer"] == row["clean_layer"]
            return arrays[f"{key}/classes"].tolist(), arrays[f"{key}/statistics"][on_layer]

    probes = with_random_encoder(pd.concat(map(pd.read_csv, snakemake.input.tables)))
    training = training_summary(probes)
    progress(training_in_words(training))
    comparison = Comparison(
        probes, read_statistics, resamples=settings["resamples"], seed=settings["seed"]
    )
    differences = comparison.differences()
    progress(f"{len(differences)} tickets and tasks compared with LTH0")
    sparsity = pd.read_csv(snakemake.input.sparsity)[["seed", "series", "ticket", "sparsity_excl"]]
    tables = {
        "probes": probes,
        "differences": differences,
        "trends": comparison.trends(sparsity, settings["level"]),
        "separation": comparison.separation(),
        "training": training,
        "table_a2": table_a2(probes),
        "table_a3": table_a3(probes),
    }
    for name, table in tables.items():
        with atomic_write(snakemake.output[name]) as temporary:
            table.to_csv(temporary, index=False)
