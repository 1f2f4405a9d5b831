"""Where the seeds that count are not what the plan, or a claim's sentence, takes them to be."""

import re
from collections.abc import Sequence

import pandas as pd

from ticketscope.claims.judge import NONE_NEAR
from ticketscope.claims.tables import CONTROL
from ticketscope.plan.names import DENSE
from ticketscope.report.study.experiment import Finished
from ticketscope.report.tables.shared import mean_and_sd


def outside(e: Finished) -> pd.DataFrame:
    """Tickets of the control whose BLEU is outside LTH0's 95 % interval of the same seed.

    Only those of the last half of the chain, over which the plan wants the control to be flat.

    Returns:
        A row each: seed, ticket, bleu, and LTH0's bleu_dense, low, high.
    """
    scores = e.results.tables["table_a1"]
    dense = scores[scores["series"] == DENSE].set_index("seed")
    control = scores[scores["series"] == CONTROL]
    last_half = control[control["k"] > control["k"].max() / 2]
    ends = dense[["bleu", "bleu_low", "bleu_high"]].set_axis(["bleu_dense", "low", "high"], axis=1)
    both = last_half[["seed", "ticket", "bleu"]].join(ends, on="seed")
    return both[~both["bleu"].between(both["low"], both["high"])].reset_index(drop=True)


def control_change(e: Finished) -> str:
    """BLEU that the control has gained from LTH0 to its last ticket, mean over seeds."""
    scores = e.results.tables["table_a1"]
    dense = scores[scores["series"] == DENSE].set_index("seed")["bleu"]
    control = scores[scores["series"] == CONTROL]
    last = control[control["k"] == control["k"].max()].set_index("seed")["bleu"]
    return mean_and_sd(last - dense, "+.2f")


def seeds_not_converged(e: Finished) -> int:
    """How many seeds have such a ticket."""
    return outside(e)["seed"].nunique()


def not_converged(experiments: Sequence[Finished]) -> pd.DataFrame:
    """A row for each of these seeds."""
    lines = []
    for e in experiments:
        for seed, rows in outside(e).groupby("seed"):
            first = rows.iloc[0]
            lines.append(
                {
                    "experiment": e.label,
                    "seed": seed,
                    "LTH0's BLEU": "{bleu_dense:.2f} [{low:.2f}, {high:.2f}]".format(**first),
                    "the control's outside of it": ", ".join(
                        f"{ticket} {bleu:.2f}"
                        for ticket, bleu in zip(rows["ticket"], rows["bleu"], strict=True)
                    ),
                }
            )
    return pd.DataFrame(lines)


def none_near(experiments: Sequence[Finished]) -> pd.DataFrame:
    """Sentences that are judged at the last ticket, for want of one of the paper's sparsity.

    A row for each experiment and reason, as the notes of its claims give it.
    """
    lines: dict[tuple[str, str], list[str]] = {}
    for e in experiments:
        judged = pd.concat([e.judged(extension=False), e.judged(extension=True)])
        for name, note in zip(judged["id"], judged["note"], strict=True):
            if reason := re.search(rf"{NONE_NEAR}.*? instead\.", str(note)):
                lines.setdefault((e.label, reason.group()), []).append(f"`{name}`")
    return pd.DataFrame(
        {"experiment": label, "sentences": ", ".join(names), "why": why}
        for (label, why), names in lines.items()
    )
