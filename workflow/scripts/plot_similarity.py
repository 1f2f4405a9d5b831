"""The figures of section 5.

Input: similarity, spectra, categories, attention_concentration, sparsity (CSV), neuron_maxima
(npz).
Output: svg, pdf, csv (of each).
"""

import numpy as np
import pandas as pd

from ticketscope.report.figures.plot import save_all
from ticketscope.report.figures.similarity import Tables, plots
from ticketscope.runtime.job import job

with job(snakemake):
    given = snakemake.input
    names = ("similarity", "spectra", "categories", "attention_concentration", "sparsity")
    with np.load(given.neuron_maxima, allow_pickle=False) as maxima:
        tables = Tables(
            **{name: pd.read_csv(given[name]) for name in names}, neuron_maxima=dict(maxima)
        )
    save_all(plots(), tables, snakemake.output, **snakemake.params.settings)
