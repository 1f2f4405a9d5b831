"""The numbers in the figures about words, lengths, flips and predictions.

What is compared with LTH0 has no row of LTH0 itself; LTH0s of two seeds are compared instead. They
are the ticket `other seed` of the series `dense`, which has no place among the sparsities.
"""

import math
from collections.abc import Mapping

import pandas as pd

from ticketscope.report.tables.shared import DENSE, OTHER_SEED, in_order, insert_places, over_seeds

# Kinds of items on the figure of flips, and what they are.
KINDS = {"translation": "sentences", "contrast": "contrasts", "linear": "linear probes"}
# Columns of tables/flips.csv as the figure has them; that of the mean is without its sign.
WAYS = ("churn", "net")
# Columns of tables/probabilities.csv and tables/decoding.csv, in the order of the panels.
PREDICTIONS = ("kl", "agreement")
TRANSLATIONS = ("departure", "identical")
_TICKET = ["series", "ticket", "k"]
_OVER_PAIRS = {"mean": "value", "min": "low", "max": "high", "size": "seeds"}


def word_scores(words: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """F1 of words by their frequency in training.

    Args:
        words: tables/words.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns bucket, frequency (its occurrences in train, in words), series, ticket, k,
        x_percent, f1 with what `over_seeds` adds (of one seed, bootstrap over sentences), n (words
        of the references). Buckets without words are left out.
    """
    return _by_bucket(words[words["words"] > 0], "frequency", "f1", "words", sparsity)


def length_scores(lengths: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """BLEU by the length of the sentence.

    Args:
        lengths: tables/lengths.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns bucket, length (of the reference, in words), series, ticket, k, x_percent, bleu with
        what `over_seeds` adds (of one seed, bootstrap over sentences), n (sentences).
    """
    return _by_bucket(lengths, "length", "bleu", "sentences", sparsity)


def _by_bucket(
    table: pd.DataFrame, name: str, value: str, counted: str, sparsity: pd.DataFrame
) -> pd.DataFrame:
    """Scores by bucket and ticket, over seeds; the column `name` has the buckets in words."""
    rows = table.rename(columns={f"{value}_low": "low", f"{value}_high": "high"})
    rows = rows.assign(**{name: [*map(bucket_name, rows["first"], rows["last"])]})
    keys = ["bucket", name, *_TICKET]
    scores = over_seeds(rows, keys, value)
    insert_places(scores, len(keys), sparsity)
    return scores.assign(n=scores["bucket"].map(rows.groupby("bucket")[counted].max()))


def bucket_name(first: int, last: float) -> str:
    """A bucket's first and last number in words, such as `10 to 99`."""
    if pd.isna(last):
        return f"from {first:,}"
    return f"{first:,}" if first == last else f"{first:,} to {int(last):,}"


def item_flips(
    flips: pd.DataFrame, sparsity: pd.DataFrame, known: pd.Series | None = None
) -> pd.DataFrame:
    """Items that flip in both directions (churn), and the change of the mean without its sign.

    Both are means over the names of a kind: phenomena, tasks.

    Args:
        flips: tables/flips.csv.
        sparsity: tables/sparsity.csv.
        known: `contrasts.known_to_lth0`; None: nothing was contrasted.

    Returns:
        Columns kind, measure (`WAYS`), series, ticket, k, x_percent, value with what `over_seeds`
        adds, n (names that it is the mean of), n_unknown (those of them that LTH0 does not know).
        LTH0s of two seeds have low and high of the lowest and the highest pair, and `seeds` counts
        pairs.
    """
    shown = flips[flips["kind"].isin(KINDS)]
    rows = shown.assign(net=shown["net"].abs()).melt(
        ["kind", "name", "seed", "other_seed", *_TICKET], list(WAYS), "measure"
    )
    rows = in_order(rows, ["kind", "measure"], kind=list(KINDS), measure=WAYS)
    counts = shown.groupby("kind")["name"].nunique()
    points = _with_other_seeds(rows, ["kind", "measure"], sparsity)
    names = [] if known is None else ["/".join(name) for name in known.index[~known]]
    unknown = shown[(shown["kind"] == "contrast") & shown["name"].isin(names)]["name"].nunique()
    return points.assign(
        n=points["kind"].map(counts),
        n_unknown=points["kind"].map({"contrast": unknown}).fillna(0).astype(int),
    )


def departures(
    probabilities: pd.DataFrame, decoding: pd.DataFrame, sparsity: pd.DataFrame
) -> pd.DataFrame:
    """How far predictions on reference prefixes, and free translations, are from LTH0's.

    Args:
        probabilities: tables/probabilities.csv.
        decoding: tables/decoding.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns measure (`PREDICTIONS`, `TRANSLATIONS`), series, ticket, k, x_percent, value with
        what `over_seeds` adds (of one seed, for kl alone, bootstrap over sentences), n (positions,
        or sentences). LTH0s of two seeds are as in `item_flips`, where they were compared.
    """
    ends = {"low": "kl_low", "high": "kl_high"}
    parts = [
        _measure(probabilities, name, "positions", ends if name == "kl" else {})
        for name in PREDICTIONS
    ]
    written = decoding[decoding["k"] > 0].assign(other_seed=lambda rows: rows["seed"])
    parts += [_measure(written, name, "sentences", {}) for name in TRANSLATIONS]
    rows = pd.concat(parts, ignore_index=True)
    points = _with_other_seeds(rows, ["measure"], sparsity)
    return points.assign(n=points["measure"].map(rows.groupby("measure")["n"].max()))


def _measure(table: pd.DataFrame, name: str, counted: str, ends: Mapping[str, str]) -> pd.DataFrame:
    """A column of a table as `value`, with its interval and what it is counted over."""
    columns = ["seed", "other_seed", *_TICKET]
    bounds = {end: table[ends[end]] if end in ends else math.nan for end in ("low", "high")}
    return table[columns].assign(measure=name, value=table[name], n=table[counted], **bounds)


def _with_other_seeds(rows: pd.DataFrame, keys: list[str], sparsity: pd.DataFrame) -> pd.DataFrame:
    """Tickets against LTH0 of their seed, mean over seeds; then LTH0s of two seeds, over pairs."""
    within = rows[rows["seed"] == rows["other_seed"]]
    points = over_seeds(within, [*keys, *_TICKET], "value")
    insert_places(points, len(keys) + 3, sparsity)
    between = rows[rows["seed"] != rows["other_seed"]]
    # Means over the names of a kind first: a pair of seeds is one number.
    pairs = between.groupby([*keys, "seed", "other_seed"], sort=False, as_index=False)["value"]
    level = pairs.mean().groupby(keys, sort=False, as_index=False)["value"]
    level = level.agg(["mean", "min", "max", "size"]).rename(columns=_OVER_PAIRS)
    level = level.assign(series=DENSE, ticket=OTHER_SEED, k=0, x_percent=math.nan)
    parts = [part for part in (points, level) if len(part)]
    return pd.concat(parts, ignore_index=True)[list(points)] if parts else points
