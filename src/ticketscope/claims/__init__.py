"""The paper's claims as data: an effect in every seed, a verdict over seeds.

`claims.yaml` holds the sentences, `quantities` reads what they are about from the experiment's
tables, `effects` makes one number a seed of it, and `verdicts` decides.
"""

from ticketscope.claims.judge import judge
from ticketscope.experiment_tables import read_tables

__all__ = ["judge", "read_tables"]
