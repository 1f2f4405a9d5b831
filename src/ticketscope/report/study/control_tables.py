"""What the controls explain: verdicts as in the paper beside those at equal training."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ticketscope.claims.columns import DECIDED, REFERENCES
from ticketscope.claims.model import claims
from ticketscope.report.study.cells import cell, control_share
from ticketscope.report.study.markdown import table
from ticketscope.report.study.outcomes import COUNTED, NAMES

_NOT_SUPPORTED = "–"
# How to read a verdict as in the paper beside another one at equal training.
_MAY_BE = "not shown relative to the control: it may be an effect of further training"
_MOSTLY = "small relative to the control: most of it may be an effect of further training"
_CONTROL_TOO = "not shown of the tickets alone"
_MARGIN = "open relative to the control: on which side of the margin it lies is not shown"
_READINGS = {
    ("supported", "open"): _MAY_BE,
    ("supported", "negligible"): _MOSTLY,
    ("supported", "contradicted"): "the opposite relative to the control: further training does "
    "more",
    ("contradicted", "open"): _MAY_BE,
    ("contradicted", "negligible"): _MOSTLY,
    ("contradicted", "supported"): "holds relative to the control: further training hides it",
    ("open", "supported"): _CONTROL_TOO,
    ("open", "contradicted"): _CONTROL_TOO,
    ("open", "negligible"): "too small to matter relative to the control",
    ("negligible", "open"): "too small to matter against LTH0",
    ("negligible", "supported"): _CONTROL_TOO,
    ("negligible", "contradicted"): _CONTROL_TOO,
}


def tables(rows: pd.DataFrame) -> dict[str, Any]:
    """All of them, by their names in the template.

    Args:
        rows: `outcomes.verdict_rows`, with the experiments' labels as their names.
    """
    return {
        "controls_counts": table(_counts(rows)),
        "controls": table(_supported_as_in_the_paper(rows)),
        "against_lth0_alone": _against_lth0_alone(rows),
        "columns_differ": table(_columns_differ(rows)),
        "not_supported": _NOT_SUPPORTED,
    }


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """Verdicts (id, experiment) by column."""
    wide = rows.pivot(index=["id", "experiment"], columns="column", values="verdict")
    return wide.reindex(columns=REFERENCES).astype(object).fillna("not asked")


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    supported = _wide(rows).query("paper == 'supported'")
    verdicts = [*DECIDED, "open", "not measurable", "not asked"]
    lines = []
    for name in rows["experiment"].unique():
        at_equal_training = supported[supported.index.get_level_values("experiment") == name][
            "equal_training"
        ]
        counts = at_equal_training.value_counts()
        lines.append(
            {"experiment": name, "supported as in the paper": len(at_equal_training)}
            | {
                f"{'at equal training: ' * (verdict == verdicts[0])}{verdict}": int(
                    counts.get(verdict, 0)
                )
                for verdict in verdicts
            }
        )
    return pd.DataFrame(lines)


def _supported_as_in_the_paper(rows: pd.DataFrame) -> pd.DataFrame:
    wide = _wide(rows)
    names = list(rows["experiment"].unique())
    lines = []
    for name in rows["id"].unique():
        part = wide.loc[[name]]
        supported = part[part["paper"] == "supported"]["equal_training"].droplevel("id")
        if len(supported) and (supported != "not asked").any():
            cells = {experiment: supported.get(experiment, _NOT_SUPPORTED) for experiment in names}
            lines.append({"claim": f"`{name}`"} | cells)
    return pd.DataFrame(lines)


def _against_lth0_alone(rows: pd.DataFrame) -> dict[str, str]:
    """Sentences that hold as in the paper and not at equal training, by experiment."""
    wide = _wide(rows).query("paper == 'supported'")
    lost = wide[wide["equal_training"].isin(["contradicted", "negligible"])].reset_index()
    return {
        str(experiment): ", ".join(f"`{name}`" for name in part["id"])
        for experiment, part in lost.groupby("experiment", sort=False)
    }


def _columns_differ(rows: pd.DataFrame) -> pd.DataFrame:
    """Sentences whose verdict is another one at equal training: a row for each experiment."""
    lines = []
    for name, of_sentence in rows.groupby("id", sort=False):
        for experiment, part in of_sentence.groupby("experiment", sort=False):
            by_column = {row["column"]: row for row in part.to_dict("records")}
            if not by_column.keys() >= {*COUNTED}:
                continue
            paper, equal = by_column["paper"], by_column["equal_training"]
            if (paper["verdict"], equal["verdict"]) in _READINGS:
                lines.append(
                    {"claim": f"`{name}`", "experiment": experiment}
                    | {NAMES[column]: cell(by_column[column]) for column in COUNTED}
                    | {"reading": _reading(paper, equal)}
                )
    return pd.DataFrame(lines)


def _reading(paper: Mapping[Any, Any], equal: Mapping[Any, Any]) -> str:
    (claim,) = (claim for claim in claims() if claim.id == paper["id"])
    if (claim.within is not None or claim.above) and equal["verdict"] == "open":
        return _MARGIN
    reading = _READINGS[paper["verdict"], equal["verdict"]]
    return f"{reading}{_share_of_control(equal)}" if reading == _CONTROL_TOO else reading


def _share_of_control(equal: Mapping[Any, Any]) -> str:
    share = control_share(equal)
    if share >= 1:
        return ": all of it is the control's own change"
    return f": {share:.0%} of it is the control's own change" if share > 0 else ""
