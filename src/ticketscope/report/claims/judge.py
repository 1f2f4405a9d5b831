"""All claims, judged."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ticketscope.report.claims import attention, bleu, components, layers, probing, sparsity, states
from ticketscope.report.claims.experiment import Experiment, NotMeasurable, numbered
from ticketscope.report.claims.model import NOT_MEASURABLE, Claim, Estimate, Finding

COLUMNS = [
    "id", "section", "claim", "paper_value", "measured", "low", "high", "n", "verdict",
    "artifacts", "how", "note",
]  # fmt: skip


def all_claims() -> list[Claim]:
    """In the order of the paper."""
    modules = (bleu, sparsity, probing, layers, states, components, attention)
    return [claim for module in modules for claim in module.claims()]


def judge(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """tables/claims.csv: a row a claim.

    Args:
        tables: The experiment's, by name as in `experiment.COLUMNS`; any may be missing or empty.
    """
    ready = {name: numbered(table) for name, table in tables.items()}  # once, not in each claim
    rows = [judge_one(claim, ready) for claim in all_claims()]
    return pd.DataFrame(rows, columns=COLUMNS)


def judge_one(claim: Claim, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """A claim's row."""
    experiment = Experiment(tables)
    try:
        found = claim.test(experiment)
    except NotMeasurable as reason:
        text = str(reason)
        note = f"{text[0].upper()}{text[1:]}."
        found = Finding(Estimate(math.nan), "", NOT_MEASURABLE, note)
    return {
        "id": claim.id,
        "section": claim.section,
        "claim": claim.claim,
        "paper_value": claim.paper_value,
        "measured": found.measured.value,
        "low": found.measured.low,
        "high": found.measured.high,
        "n": found.n,
        "verdict": found.verdict,
        "artifacts": experiment.artifacts,
        "how": claim.how,
        "note": found.note,
    }
