"""The comparison in words, all of them from the tables."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ticketscope.report.compare.differences import (
    BOTH,
    LEVEL,
    PAIRED,
    SEEDS_APART,
    SEEDS_PAIRED,
)
from ticketscope.report.compare.matching import Compared

# Differences named in each table.
LARGEST = 3


def of_changes(changes: pd.DataFrame, unknown: Sequence[str]) -> str:
    """What was changed."""
    if unknown:
        return (
            f"What was changed is not known: no provenance.json in {' and '.join(unknown)}. What "
            "the tables tell of it stands below."
        )
    if changes.empty:
        return "Configs, versions and code are the same."
    counts = changes["what"].str.split(".").str[0].value_counts(sort=False)
    parts = [f"{_PARTS[part]} ({n})" for part, n in counts.items()]
    settings = changes[changes["what"].str.startswith("config.")]
    text = f"What differs in how they were made: {', '.join(parts)}."
    if 0 < len(settings) <= LARGEST:
        text += "".join(
            f" {row.what.removeprefix('config.')}: {row.a} in A, {row.b} in B."
            for row in settings.itertuples()
        )
    return text


_PARTS = {"config": "settings", "code": "code", "versions": "versions"}


def of_claims(claims: pd.DataFrame, missing: Sequence[str]) -> str:
    """How many claims changed verdict, and from what to what.

    Args:
        claims: `verdicts.verdicts`.
        missing: A, B: those whose claims were not judged.
    """
    if missing:
        return f"No claims can be compared: no tables/claims.csv in {' and '.join(missing)}."
    both = claims[claims["changed"].isin(["yes", "no"])]
    changed = both[both["changed"] == "yes"]
    text = f"Of {len(both)} claims judged in both, {len(changed)} changed verdict"
    moves = changed.groupby(["verdict_a", "verdict_b"]).size().sort_values(ascending=False)
    said = [f"{n} from {old} to {new}" for (old, new), n in moves.items()]
    text += f": {', '.join(said)}." if said else "."
    for side in "AB":
        alone = int((claims["changed"] == f"only in {side}").sum())
        text += f" {alone} are judged only in {side}." if alone else ""
    return text


def of_differences(compared: Sequence[Compared]) -> str:
    """How many intervals leave out zero, and how many would if nothing differed."""
    columns = ["difference", "low", "high", "outside", "corrected"]
    rows = pd.concat([part.counted[columns] for part in compared])
    equal = int((rows["difference"] == 0).sum())
    if equal == len(rows):
        return f"{len(rows)} pairs of numbers were compared; all are equal."
    # Models that are the same have an interval from 0 to 0.
    known = rows[rows["high"] > rows["low"]]
    outside, corrected = int(known["outside"].sum()), int(known["corrected"].sum())
    return (
        f"{len(rows)} pairs of numbers were compared; {equal} are equal. {len(known)} differences "
        f"have a {100 * LEVEL:.0f} % interval, of which {outside} leave out zero. If nothing "
        f"differed, about {(1 - LEVEL) * len(known):.0f} would by chance; with Bonferroni's "
        f"correction within each table, {corrected} still do. Tickets of a chain and layers of a "
        "model are no independent witnesses: what one shows, its neighbours often repeat."
    )


def of_seeds(compared: Sequence[Compared]) -> str:
    """What the intervals do not cover."""
    rows = pd.concat([part.counted[["interval", "difference"]] for part in compared])
    ways = set(rows.loc[rows["difference"] != 0, "interval"])
    parts = []
    if ways & {PAIRED, BOTH}:
        parts.append(
            "Intervals over test items say how sure a difference is between these very models. How "
            "far two trainings with other seeds would differ is not in them: that takes several "
            "seeds in both experiments."
        )
    if ways & {SEEDS_PAIRED, SEEDS_APART}:
        parts.append("Intervals over seeds cover what chance does to trainings.")
    return " ".join(parts)


def of_largest(part: Compared) -> str:
    """The largest differences of a table whose intervals leave out zero."""
    rows = part.counted
    outside = rows[rows["outside"]]
    if not outside.empty:
        said = [_words(part, row) for row in _largest(outside).to_dict("records")]
        return f"{len(outside)} leave out zero; the largest: {'; '.join(said)}."
    differing = rows[rows["difference"] != 0]
    if rows.empty:
        return "Nothing to compare."
    if differing.empty:
        return "All equal."
    if differing["low"].notna().any():
        return "No interval leaves out zero."
    said = [_words(part, row) for row in _largest(differing).to_dict("records")]
    return f"{len(differing)} differ, without intervals; the largest: {'; '.join(said)}."


def _largest(rows: pd.DataFrame) -> pd.DataFrame:
    order = rows["difference"].abs().sort_values(ascending=False, kind="stable")
    return rows.loc[order.index[:LARGEST]]


def _words(part: Compared, row: dict[str, Any]) -> str:
    """Such as `magnitude LTH2: 30.10 to 28.20 (-1.90, -2.50 to -1.30)`."""
    digits = part.measure.digits
    text = f"{part.label(row)}: {row['a']:.{digits}f} to {row['b']:.{digits}f}"
    change = f"{row['difference']:+.{digits}f}"
    if math.isnan(row["low"]):
        return f"{text} ({change})"
    return f"{text} ({change}, {row['low']:.{digits}f} to {row['high']:.{digits}f})"


def of_unmatched(unmatched: pd.DataFrame) -> str:
    """How many rows have no partner."""
    if unmatched.empty:
        return "Every row has its partner."
    counts = unmatched["only_in"].value_counts()
    sides = [f"{int(counts[side])} only in {side}" for side in "AB" if side in counts]
    return f"{len(unmatched)} rows have no partner: {' and '.join(sides)}; all are named below."
