"""What limits a verdict: the part that decides it, what was not measured, what the control does."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ticketscope.claims.columns import Reference, suffix
from ticketscope.claims.model import Claim

# As the notes of claims.csv tell it.
_CONTROL = re.compile(r"Further training without pruning has (\S+)(?: \[(\S+), (\S+)\])? in its")
_NOT_MEASURED = re.compile(r"Not measured here: ([^.]+)\.")
_AT_FLOOR = re.compile(r"Without (.+?), of which a probe never beat a constant prediction\.")
_SEEDS_ALONE = "The tables do not tell what other sentences would change."

_CONTROL_COLUMNS = ("control", "control_low", "control_high")


def limits(
    claims: pd.DataFrame,
    known: Mapping[str, Claim],
    reference: Reference,
    separation: pd.DataFrame | None,
) -> pd.DataFrame:
    """A row for each sentence.

    Args:
        claims: claims.csv or extension_claims.csv, with the parts of sentences.
        known: Its claims, by id.
        reference: The column of verdicts.
        separation: probe_separation.csv, if probes were trained.

    Returns:
        Columns, with the id: `part` is the one that decides (empty if there are none, or if the
        sentence is about their mean); `control` with its interval the control's own change from
        LTH0 in the comparison that decides as in the paper; `unmeasured` the parts that the
        experiment lacks; `unknown` those of the sentence's tasks, or of its group's, that LTH0 is
        not shown to know; `seeds_alone` whether the interval leaves out what other test sentences
        would change.
    """
    parts = claims[claims["part_of"].notna() & (claims["part_of"] != "")]
    rows = []
    for row in claims.drop(parts.index).to_dict("records"):
        claim, note = known[row["id"]], str(row["note"])
        part = _deciding_part(claim, row, parts, reference)
        control, unmeasured = _CONTROL.search(note), _NOT_MEASURED.search(note)
        numbers = control.groups() if control else (None, None, None)
        rows.append(
            {
                "id": row["id"],
                "part": part,
                **dict(zip(_CONTROL_COLUMNS, map(_number, numbers), strict=True)),
                "unmeasured": unmeasured[1] if unmeasured else "",
                "unknown": _unknown(claim, part, note, separation),
                "seeds_alone": _SEEDS_ALONE in note,
            }
        )
    return pd.DataFrame(rows)


def _number(text: str | None) -> float:
    return float("nan") if text is None else float(text)


def _deciding_part(
    claim: Claim, row: Mapping[Any, Any], parts: pd.DataFrame, reference: Reference
) -> str:
    column = f"effect{suffix(reference)}"
    deciding = parts[(parts["part_of"] == claim.id) & (parts[column] == row[column])]["part"]
    return str(deciding.iloc[0]) if claim.combined == "all" and len(deciding) else ""


def _unknown(claim: Claim, part: str, note: str, separation: pd.DataFrame | None) -> str:
    """Tasks of the deciding part, or of all, that LTH0's probes are not shown to know.

    Of a group those that its mean is over: the note names others, which are at their floor.
    """
    if separation is None:
        return ""
    chosen = [claim.parts[part]] if part else claim.parts.values()
    fields = [claim.of, *claim.minus, *(each for part in chosen for each in (part.of, part.minus))]
    tasks = {name for each in fields for name in _names(each.get("task", []))}
    groups = {each["group"] for each in fields if "group" in each}
    probe = claim.of.get("probe", "linear")
    of_probe = separation[(separation["probe"] == probe) & ~separation["separated"]]
    if groups:
        left_out = _AT_FLOOR.search(note)
        of_group = of_probe.loc[of_probe["group"].isin(groups), "task"]
        tasks |= {*of_group} - {*(left_out[1].split(" and ") if left_out else ())}
    return ", ".join(name for name in of_probe["task"] if name in tasks)


def _names(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
