"""The numbers in the figures about contrastive pairs."""

import math

import pandas as pd

from ticketscope.claims.behaviour import paired_changes
from ticketscope.claims.tables import MAGNITUDE, NotMeasurable
from ticketscope.claims.tables import Tables as ClaimTables
from ticketscope.report.paper import stands_for
from ticketscope.report.tables.shared import insert_places, over_seeds
from ticketscope.report.tables.table_a1 import paper_bleu

# In the column `measure`.
BLEU, ACCURACY, MARGIN = "BLEU / LTH0's", "accuracy", "margin"
# Accuracy of a model that cannot tell the two translations apart.
CHANCE = 0.5
# The paper's ticket whose stand-in the claim about pairs looks at.
PAIRED_AT = 8
_TICKET = ["series", "ticket", "k"]


def contrasts_kept(
    contrasts: pd.DataFrame, table_a1: pd.DataFrame, sparsity: pd.DataFrame
) -> pd.DataFrame:
    """BLEU as a share of LTH0's, and the accuracy of each phenomenon, by ticket.

    Args:
        contrasts: tables/contrasts.csv.
        table_a1: tables/table_a1.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns measure (`BLEU`, `ACCURACY`), panel (BLEU, or the phenomenon), series, ticket, k,
        x_percent, value with what `over_seeds` adds (of one seed, bootstrap over sentences or
        items; that of LTH0's BLEU is left out), n (items), paper (BLEU as a share of LTH0's, of the
        ticket with the same sparsity).
    """
    dense = table_a1[table_a1["k"] == 0].set_index("seed")["bleu"]
    start = table_a1["seed"].map(dense.where(dense > 0))
    shares = {
        name: table_a1[f"bleu{suffix}"] / start
        for name, suffix in {"value": "", "low": "_low", "high": "_high"}.items()
    }
    bleu = table_a1[["seed", *_TICKET]].assign(measure=BLEU, panel="BLEU", **shares)
    rows = _by_phenomenon(contrasts).assign(measure=ACCURACY)
    accuracy = rows.rename(
        columns={"accuracy": "value", "accuracy_low": "low", "accuracy_high": "high"}
    )
    columns = ["measure", "panel", *_TICKET, "seed", "value", "low", "high"]
    both = pd.concat([bleu[columns], accuracy[columns]], ignore_index=True)
    points = _placed(both, sparsity)
    excl = sparsity.groupby(["series", "k"])["sparsity_excl"].mean()
    paper = [
        _paper_share(row.series, row.k, excl) if row.measure == BLEU else math.nan
        for row in points.itertuples()
    ]
    return points.assign(n=_items(points, rows), paper=paper)


def contrast_margins(contrasts: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Mean margin of each phenomenon by ticket, in nats a sentence.

    Returns:
        Columns as `contrasts_kept` has them, without paper. One seed has no interval.
    """
    rows = _by_phenomenon(contrasts).assign(measure=MARGIN)
    points = _placed(rows.rename(columns={"margin": "value"}), sparsity)
    return points.assign(n=_items(points, rows))


def pair_changes(tables: ClaimTables) -> pd.DataFrame:
    """What magnitude pruning changes in contrasts and in the probes that they are paired with.

    Both changes are differences from the control of the same iteration and seed, at the ticket that
    stands for the paper's LTH8, in points of 100: what the claim `contrast-follows-probe` ranks.

    Args:
        tables: contrast_items, contrast_margins, probes and sparsity of the experiment.

    Returns:
        Columns task, group, phenomenon, ticket, k, seeds, and for `score` (linear probe, layer that
        is best on dev in LTH0) and `accuracy` (of the contrasts) the mean with what `over_seeds`
        adds, as `score_low` and so on. None where nothing can be paired.
    """
    try:
        changes = paired_changes(tables, MAGNITUDE)
        measured = [set(change.index) for pair in changes.values() for change in pair]
        k = tables.stand_in(PAIRED_AT, set.intersection(*measured) if measured else ())
    except NotMeasurable:
        return pd.DataFrame(columns=[*_PAIR, *_CHANGES, "seeds"])
    groups = tables.rows("probes").drop_duplicates("task").set_index("task")["group"]
    rows = [
        {"task": task, "group": str(groups[task]), "phenomenon": phenomenon}
        | {"ticket": f"LTH{k}", "k": k, "seed": seed}
        | {"score": 100 * probed.loc[k, seed], "accuracy": 100 * contrast.loc[k, seed]}
        for (task, phenomenon), (probed, contrast) in changes.items()
        for seed in probed.columns.intersection(contrast.columns)
    ]
    score, accuracy = (_over_seeds_as(pd.DataFrame(rows), name) for name in _CHANGES)
    return score.merge(accuracy, on=[*_PAIR, "seeds"])


_PAIR = ["task", "group", "phenomenon", "ticket", "k"]
_CHANGES = ("score", "accuracy")


def _over_seeds_as(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """`over_seeds` of one of two values, whose other columns begin with its name."""
    values = over_seeds(rows, _PAIR, name)
    statistics = [column for column in values if column not in (*_PAIR, name, "seeds")]
    return values.rename(columns={column: f"{name}_{column}" for column in statistics})


def _by_phenomenon(contrasts: pd.DataFrame) -> pd.DataFrame:
    """Rows of all items of a phenomenon, with the name of its panel."""
    rows = contrasts[contrasts["subset"] == "all"]
    several = rows["set"].nunique() > 1
    names = rows["set"] + ": " + rows["phenomenon"] if several else rows["phenomenon"]
    return rows.assign(panel=names)


def _placed(rows: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    points = over_seeds(rows, ["measure", "panel", *_TICKET], "value")
    insert_places(points, 5, sparsity)
    return points


def _items(points: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Items behind each point; BLEU has none."""
    return points["panel"].map(rows.groupby("panel")["items"].max())


def _paper_share(series: str, k: int, excl: pd.Series) -> float:
    """The paper's BLEU over that of its LTH0; NaN for LTH0 and a ticket of another sparsity."""
    bleu, dense = paper_bleu(series, k), paper_bleu("dense", 0)
    if k == 0 or bleu is None or dense is None or not stands_for(k, excl[series, k]):
        return math.nan
    return bleu / dense
