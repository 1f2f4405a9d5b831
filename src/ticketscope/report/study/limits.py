"""What limits a verdict: the part that decides it, what was not measured, what the control does."""

import re
from collections.abc import Mapping

import pandas as pd

from ticketscope.claims.columns import Reference
from ticketscope.claims.judge import mean_over_seeds, measure
from ticketscope.claims.model import Claim
from ticketscope.claims.tables import CONTROL, Tables
from ticketscope.report.study.parts import deciding_part, paper_number

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
    tables: Tables,
) -> pd.DataFrame:
    """A row for each sentence.

    Args:
        claims: claims.csv or extension_claims.csv, with the parts of sentences.
        known: Its claims, by id.
        reference: The column of verdicts.
        separation: probe_separation.csv, if probes were trained.
        tables: What the claims were judged from.

    Returns:
        Columns, with the id: `part` is the one that decides (empty if there are none, or if the
        sentence is about their mean) and `paper_of_part` the paper's number of it, if there is one;
        `control` with its interval the control's own change from LTH0 in this part, or in the
        comparison that decides as in the paper; `unmeasured` the parts that the experiment lacks;
        `unknown` those of the sentence's tasks, or of its group's, that LTH0 is not shown to know;
        `seeds_alone` whether the interval leaves out what other test sentences would change.
    """
    parts = claims[claims["part_of"].notna() & (claims["part_of"] != "")]
    rows = []
    for row in claims.drop(parts.index).to_dict("records"):
        claim, note = known[row["id"]], str(row["note"])
        part = deciding_part(claim, claims, reference)
        control, unmeasured = _CONTROL.search(note), _NOT_MEASURED.search(note)
        numbers = [_number(text) for text in control.groups()] if control else [float("nan")] * 3
        if control and part not in ("", deciding_part(claim, claims, "paper")):
            numbers = _control_change(claim, part, tables)
        lacking = unmeasured[1] if unmeasured else ""
        rows.append(
            {
                "id": row["id"],
                "part": part,
                "paper_of_part": paper_number(claim, part, lacking),
                **dict(zip(_CONTROL_COLUMNS, numbers, strict=True)),
                "unmeasured": lacking,
                "unknown": _unknown(claim, part, note, separation),
                "seeds_alone": _SEEDS_ALONE in note,
            }
        )
    return pd.DataFrame(rows)


def _control_change(claim: Claim, part: str, tables: Tables) -> list[float]:
    """The control's change from LTH0 in a part, mean over seeds, with its interval."""
    of_control = {"series": CONTROL, "references": ["paper"], "parts": {part: claim.parts[part]}}
    effects = measure(claim.model_copy(update=of_control), tables)[0].effects.get("paper", [])
    if not effects:
        return [float("nan")] * 3
    mean = mean_over_seeds(effects[0])
    return [float(ends[0]) for ends in (mean.value, *mean.interval())]


def _number(text: str | None) -> float:
    return float("nan") if text is None else float(text)


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
