"""The figures of a section of the report.

Input: the tables that the section's module asks for, by name; empty where there is none.
Output: svg, pdf, csv (of each figure).
"""

from importlib import import_module

from ticketscope.experiment_tables import read_tables
from ticketscope.report.figures.plot import save_all
from ticketscope.runtime.job import job

with job(snakemake):
    settings = snakemake.params.settings
    given = {name: path for name, path in snakemake.input.items() if path}
    # The rule's fingerprint has this module beside what is imported above.
    section = import_module(f"ticketscope.report.figures.{settings['section']}")
    save_all(
        section.plots(**settings["options"]),
        section.Tables(**read_tables(given)),
        snakemake.output,
        figures=settings["figures"],
        series=settings["series"],
    )
