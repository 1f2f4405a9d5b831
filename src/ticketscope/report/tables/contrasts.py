"""The numbers in the figures about contrastive pairs."""

import math

import numpy as np
import pandas as pd

from ticketscope.claims.behaviour import paired_changes
from ticketscope.claims.quantity import REACH
from ticketscope.claims.tables import MAGNITUDE, NotMeasurable
from ticketscope.claims.tables import Tables as ClaimTables
from ticketscope.plan.paper_tickets import stands_for
from ticketscope.report.tables.shared import DENSE, insert_places, over_seeds, over_seeds_as
from ticketscope.report.tables.table_a1 import paper_bleu
from ticketscope.stats.seeds import LEAST_SEEDS, MeanEffect

# In the column `measure`.
BLEU, ACCURACY, MARGIN = "BLEU / LTH0's", "accuracy", "margin"
# Accuracy of a model that cannot tell the two translations apart.
CHANCE = 0.5
# The paper's ticket whose stand-in the claim about pairs looks at.
PAIRED_AT = 8
# Behind the name of a phenomenon that LTH0 does not know; its markers are hollow.
UNKNOWN = "†"
_TICKET = ["series", "ticket", "k"]


def known_to_lth0(contrasts: pd.DataFrame) -> pd.Series:
    """Whether LTH0 tells correct translations from incorrect ones at all, by phenomenon.

    A phenomenon is known if the 95 % interval of LTH0's accuracy on all its pairs lies above
    chance. What LTH0 does not know, a ticket can neither lose nor keep. From `LEAST_SEEDS` seeds on
    the interval is Student's over the seeds. Its variance is that of their mean, and that of the
    pairs, which all seeds share: the mean of the seeds' own errors, which is the most that it can
    be. Of fewer seeds it is the mean of their bootstrap intervals over pairs, which tells of these
    trainings alone.

    Args:
        contrasts: tables/contrasts.csv.

    Returns:
        Booleans by (set, phenomenon), in the table's order.
    """
    rows = contrasts[(contrasts["series"] == DENSE) & (contrasts["subset"] == "all")]
    errors = (rows["accuracy_high"] - rows["accuracy_low"]) / (2 * REACH)
    by_phenomenon = rows.assign(error=errors).groupby(["set", "phenomenon"], sort=False)
    means, seeds = by_phenomenon[["accuracy", "accuracy_low", "error"]].mean(), by_phenomenon.size()
    error = np.sqrt(by_phenomenon["accuracy"].var() / seeds + means["error"] ** 2)
    value, freedom = means["accuracy"].to_numpy(), seeds.to_numpy() - 1
    low, _ = MeanEffect(value, error.to_numpy(), int(seeds.max()), freedom).interval()
    return means["accuracy_low"].where(seeds < LEAST_SEEDS, low) > CHANCE


def about_unknown(seeds: int, mark: str = UNKNOWN) -> str:
    """What the mark means, in a sentence that begins with a space.

    Args:
        seeds: How many there are.
        mark: In words.
    """
    over = "seeds and pairs" if seeds >= LEAST_SEEDS else "pairs"
    return (
        f" {mark}: LTH0 is not shown to know the phenomenon, as the 95 % interval of its accuracy "
        f"over {over} does not lie above chance. What it does not know can be neither lost nor "
        "kept."
    )


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
        items; that of LTH0's BLEU is left out), n (items), known (as `known_to_lth0`; BLEU has
        neither), paper (BLEU as a share of LTH0's, of the ticket with the same sparsity).
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
    return _about_panels(points, rows).assign(paper=paper)


def contrast_margins(contrasts: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Mean margin of each phenomenon by ticket, in nats a sentence.

    Returns:
        Columns as `contrasts_kept` has them, without paper. One seed has no interval.
    """
    rows = _by_phenomenon(contrasts).assign(measure=MARGIN)
    points = _placed(rows.rename(columns={"margin": "value"}), sparsity)
    return _about_panels(points, rows)


def pair_changes(tables: ClaimTables, known: pd.Series) -> pd.DataFrame:
    """What magnitude pruning changes in contrasts and in the probes that they are paired with.

    Both changes are differences from the control of the same iteration and seed, at the ticket that
    stands for the paper's LTH8, in points of 100: what the claim `contrast-follows-probe` ranks.

    Args:
        tables: contrast_items, contrast_margins, probes and sparsity of the experiment.
        known: `known_to_lth0` of its contrasts.

    Returns:
        Columns task, group, phenomenon, ticket, k, seeds, and for `score` (linear probe, layer that
        is best on dev in LTH0) and `accuracy` (of the contrasts) the mean with what `over_seeds`
        adds, as `score_low` and so on; known, of the phenomenon in each set that has it. None where
        nothing can be paired.
    """
    try:
        changes = paired_changes(tables, MAGNITUDE)
        measured = [set(change.index) for pair in changes.values() for change in pair]
        k = tables.stand_in(PAIRED_AT, set.intersection(*measured) if measured else ())
    except NotMeasurable:
        return pd.DataFrame(columns=[*_PAIR, *_CHANGES, "seeds", "known"])
    groups = tables.rows("probes").drop_duplicates("task").set_index("task")["group"]
    rows = [
        {"task": task, "group": str(groups[task]), "phenomenon": phenomenon}
        | {"ticket": f"LTH{k}", "k": k, "seed": seed}
        | {"score": 100 * probed.loc[k, seed], "accuracy": 100 * contrast.loc[k, seed]}
        for (task, phenomenon), (probed, contrast) in changes.items()
        for seed in probed.columns.intersection(contrast.columns)
    ]
    score, accuracy = (over_seeds_as(pd.DataFrame(rows), _PAIR, name) for name in _CHANGES)
    pairs = score.merge(accuracy, on=[*_PAIR, "seeds"])
    return pairs.assign(known=pairs["phenomenon"].map(known.groupby("phenomenon").all()))


_PAIR = ["task", "group", "phenomenon", "ticket", "k"]
_CHANGES = ("score", "accuracy")


def _by_phenomenon(contrasts: pd.DataFrame) -> pd.DataFrame:
    """Rows of all items of a phenomenon, with the name of its panel and whether it is known."""
    rows = contrasts[contrasts["subset"] == "all"]
    several = rows["set"].nunique() > 1
    names = rows["set"] + ": " + rows["phenomenon"] if several else rows["phenomenon"]
    keys = pd.MultiIndex.from_frame(rows[["set", "phenomenon"]])
    return rows.assign(panel=names, known=known_to_lth0(contrasts).reindex(keys).to_numpy())


def _placed(rows: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    points = over_seeds(rows, ["measure", "panel", *_TICKET], "value")
    insert_places(points, 5, sparsity)
    return points


def _about_panels(points: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The points with the items of their panel, and whether it is known; BLEU has neither."""
    panels = rows.groupby("panel").agg(n=("items", "max"), known=("known", "first"))
    return points.join(panels, on="panel")


def _paper_share(series: str, k: int, excl: pd.Series) -> float:
    """The paper's BLEU over that of its LTH0; NaN for LTH0 and a ticket of another sparsity."""
    bleu, dense = paper_bleu(series, k), paper_bleu("dense", 0)
    if k == 0 or bleu is None or dense is None or not stands_for(k, excl[series, k]):
        return math.nan
    return bleu / dense
