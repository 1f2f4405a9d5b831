"""Join the tables of observations of several experiments.

Input: the tables of each, below its tables/ (CSV, npz). Output: the same of all seeds together.
"""

from pathlib import Path

from ticketscope.joined.parts import seeds_in
from ticketscope.joined.tables import join
from ticketscope.runtime import recorded
from ticketscope.runtime.job import job

with job(snakemake):
    parts = snakemake.params.settings["parts"]
    for folder, part in parts.items():
        recorded.verify(Path(folder, "tables"), part["recorded"], part["tables"])
    for name, output in zip(snakemake.params.settings["tables"], snakemake.output, strict=True):
        paths = {
            Path(folder, "tables", name): seeds_in(name, part["seeds"])
            for folder, part in parts.items()
            if name in part["tables"]
        }
        join(paths, Path(output))
