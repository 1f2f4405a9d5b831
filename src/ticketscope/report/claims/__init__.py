"""The paper's claims as data, each with a test on the experiment's tables and a verdict."""

from ticketscope.report.claims.experiment import read_tables
from ticketscope.report.claims.judge import judge

__all__ = ["judge", "read_tables"]
