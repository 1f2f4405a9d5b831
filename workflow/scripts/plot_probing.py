"""The figures of section 4.

Input: probes, differences, trends, sparsity (CSV). Output: svg, pdf, csv (of each).
"""

import pandas as pd

from dissect.job import job
from dissect.report.entry import save_all
from dissect.report.probing import Tables, entries

with job(snakemake.log[0]):
    names = ("probes", "differences", "trends", "sparsity")
    tables = Tables(**{name: pd.read_csv(snakemake.input[name]) for name in names})
    save_all(entries(), tables, snakemake.params.settings["figures"], snakemake.output)
