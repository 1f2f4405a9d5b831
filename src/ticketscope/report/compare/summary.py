"""The comparison in words, derived from its tables."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ticketscope.claims.verdicts import LEVEL
from ticketscope.report.compare.matching import Compared
from ticketscope.stats.seeds import LEAST_SEEDS

# Differences named in each table.
LARGEST = 3


def of_changes(changes: pd.DataFrame, unknown: Sequence[str]) -> str:
    """What differs in settings, code and versions."""
    if unknown:
        return f"What was changed is unknown: no provenance.json in {' and '.join(unknown)}."
    if changes.empty:
        return "Configs, versions and code are the same."
    counts = changes["what"].str.split(".").str[0].value_counts(sort=False)
    parts = [f"{_PARTS[part]} ({n})" for part, n in counts.items()]
    settings = changes[changes["what"].str.startswith("config.")]
    text = f"Differences in how they were made: {', '.join(parts)}."
    if 0 < len(settings) <= LARGEST:
        text += "".join(
            f" {row.what.removeprefix('config.')}: {row.a} in A, {row.b} in B."
            for row in settings.itertuples()
        )
    return text


_PARTS = {"config": "settings", "code": "code", "versions": "versions"}


def of_claims(claims: pd.DataFrame, missing: Sequence[str]) -> str:
    """How many effects differ, and how many verdicts changed.

    Args:
        claims: `claims.compare`.
        missing: A, B: those without claim_effects.csv.
    """
    if missing:
        return f"No claims can be compared: no tables/claim_effects.csv in {' and '.join(missing)}."
    sentences = claims[claims["part_of"] == ""]
    counts = sentences["changed"].value_counts()
    both = int(counts.get("no", 0) + counts.get("yes", 0))
    text = f"Of {both} verdicts on claims, {counts.get('yes', 0)} differ in B; "
    tested = sentences[sentences["verdict"] != "described"]
    if tested.empty:
        text += f"whether the effects differ takes {LEAST_SEEDS} seeds in both."
    else:
        differing = int((tested["verdict"] == "differs").sum())
        text += (
            f"of {len(tested)} effects that could be tested over seeds, {differing} differ. A "
            "verdict can change although its effect hardly did."
        )
    for side in "AB":
        alone = int(counts.get(f"only in {side}", 0))
        text += f" Judged only in {side}: {alone}." if alone else ""
    return text


def of_differences(compared: Sequence[Compared]) -> str:
    """How many numbers differ over seeds, or why that cannot be told."""
    rows = pd.concat([part.differences[["difference", "verdict"]] for part in compared])
    equal = int((rows["difference"] == 0).sum())
    if equal == len(rows):
        return f"{len(rows)} pairs of numbers were compared; all are equal."
    text = f"{len(rows)} pairs of numbers were compared; {equal} are equal."
    tested = rows[rows["verdict"] != "described"]
    if tested.empty:
        return (
            f"{text} There are no verdicts on differences: they take {LEAST_SEEDS} seeds in both "
            "experiments. Intervals over test items hold for these particular models."
        )
    differing = int((tested["verdict"] == "differs").sum())
    return (
        f"{text} {len(tested)} could be tested over seeds; {differing} differ, after correction "
        f"for the number of rows of each table (at most {100 * LEVEL:.0f} % of these are expected "
        "to be false positives). Successive tickets and layers often repeat the same difference."
    )


def of_largest(part: Compared) -> str:
    """The largest differences of a table: those with a verdict, if there are any."""
    rows = part.differences
    differs = rows[rows["verdict"] == "differs"]
    if not differs.empty:
        return f"{len(differs)} differ; the largest: {_words(part, differs)}."
    unequal = rows[rows["difference"] != 0]
    if rows.empty:
        return "Nothing to compare."
    if unequal.empty:
        return "All equal."
    if (rows["verdict"] == "open").any():
        return "No difference could be shown over these seeds."
    return f"No verdicts; the largest differences: {_words(part, unequal)}."


def _words(part: Compared, rows: pd.DataFrame) -> str:
    """The largest differences of some rows."""
    order = rows["difference"].abs().sort_values(ascending=False, kind="stable")
    largest = rows.loc[order.index[:LARGEST]].to_dict("records")
    return "; ".join(_word(part, row) for row in largest)


def _word(part: Compared, row: Mapping[Any, Any]) -> str:
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
        return "Every row has a partner."
    counts = unmatched["only_in"].value_counts()
    sides = [f"{int(counts[side])} only in {side}" for side in "AB" if side in counts]
    return f"{len(unmatched)} rows have no partner: {' and '.join(sides)} (listed below)."
