"""Collect the probes of all tickets.

Input: tables (CSV), predictions (npz), a file a job. Output: probes (CSV), statistics (npz): what
comparisons of the tickets need of the predictions.
"""

import pandas as pd

from ticketscope.probing.chosen import chosen_statistics, predictions_reader
from ticketscope.probing.result import training_in_words, training_summary, with_random_encoder
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_table

with job(snakemake) as progress:
    probes = with_random_encoder(pd.concat(map(pd.read_csv, snakemake.input.tables)))
    progress(training_in_words(training_summary(probes)))
    write_table(snakemake.output.probes, probes)
    jobs = map(tuple, snakemake.params.jobs)
    predictions = predictions_reader(dict(zip(jobs, snakemake.input.predictions, strict=True)))
    write_arrays(snakemake.output.statistics, chosen_statistics(probes, predictions))
