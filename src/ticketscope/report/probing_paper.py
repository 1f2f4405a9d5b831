"""What the paper printed of section 4, and of which corpora."""

import pandas as pd

from ticketscope.report.paper import paper_values

# The suite of the corpora that the paper used.
PAPER_SUITE = "paper"
# Where the paper prints the scores of each family of probes.
PRINTED = {"linear": "table_a2_linear", "mlp": "table_a3_mlp"}


def corpora(suite: str) -> str:
    """Whether the paper's numbers are of the same corpora as ours, in words."""
    if suite == PAPER_SUITE:
        return "the same corpora as here"
    return f"other corpora than the {suite} suite's here: compare shapes, not heights"


def printed_tasks(section: str) -> pd.DataFrame:
    """A grid of the paper by task and ticket number (tasks, LTH0 to LTH8)."""
    values = paper_values(section)
    return pd.DataFrame(values["rows_LTH0_to_LTH8"], columns=values["columns"]).T


def printed_layers(section: str) -> pd.DataFrame:
    """A grid of the paper by layer and ticket number (layers 1 to 6, LTH0 to LTH8)."""
    rows = paper_values(section)["rows_layer_1_to_6"]
    return pd.DataFrame(rows, index=range(1, len(rows) + 1))
