"""Collect the probes of all tickets.

Input: tables (CSV), predictions (npz), a file a job. Output: probes (CSV), statistics (npz): what
comparisons of the tickets need of the predictions.
"""

import numpy as np
import pandas as pd

from ticketscope.probing.chosen import SAVED, chosen_statistics
from ticketscope.probing.result import training_in_words, training_summary, with_random_encoder
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_table

with job(snakemake.log[0]) as progress:
    paths = {}
    for (*ticket, part), path in zip(
        snakemake.params.jobs, snakemake.input.predictions, strict=True
    ):
        paths.setdefault(tuple(ticket), {})[part] = path

    def read_predictions(row):
        key = f"{row['task']}/{row['probe']}"
        parts = paths[int(row["seed"]), row["series"], row["ticket"]]
        with np.load(parts.get("all") or parts[key.replace("/", ".")], allow_pickle=False) as saved:
            return {name: saved[f"{key}/{name}"] for name in SAVED}

    probes = with_random_encoder(pd.concat(map(pd.read_csv, snakemake.input.tables)))
    progress(training_in_words(training_summary(probes)))
    write_table(snakemake.output.probes, probes)
    write_arrays(snakemake.output.statistics, chosen_statistics(probes, read_predictions))
