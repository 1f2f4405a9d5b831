"""The numbers in the figures of section 5.

Seeds are averaged. Layer 0 is the embedding.
"""

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from ticketscope.report.tables.shared import (
    DENSE,
    OTHER_SEED,
    in_order,
    insert_places,
    over_seeds,
    series_of,
)
from ticketscope.report.tables.similarity_paper import Printed

STATES = ("encoder", "decoder")
ATTENTION = ("enc_self", "enc_dec", "dec_self")
# Measures and modules of the comparison with other seeds.
COMPARED = (
    *product(("NeuronSim", "LayerSim"), STATES),
    *product(("AttentionSim",), ATTENTION),
)
_VARIANCE = 80
_ENDS = ["ticket", "layer", "other_ticket", "other_layer"]


def with_lth0(
    similarity: pd.DataFrame, sparsity: pd.DataFrame, compared: Sequence[tuple[str, str]]
) -> pd.DataFrame:
    """Each layer's similarity with the same layer of LTH0, and of LTH0s of two seeds.

    Args:
        similarity: tables/similarity.csv.
        sparsity: tables/sparsity.csv.
        compared: Measures and modules.

    Returns:
        Columns measure, module, layer, series, ticket, x_percent (place by sparsity), value with
        what `over_seeds` adds (of one seed, a 95 % jackknife), n (positions or pairs of words),
        paper. LTH0s of two seeds are the ticket `other seed` of the series `dense`: their mean over
        pairs of seeds, with the lowest and highest pair, or one pair's jackknife; `seeds` counts
        pairs.
    """
    place = ["measure", "module"]
    rows = similarity[
        (similarity["other_ticket"] == "LTH0")
        & (similarity["layer"] == similarity["other_layer"])
        & pd.MultiIndex.from_frame(similarity[place]).isin(compared)
    ]
    within = (rows["ticket"] != "LTH0") & (rows["seed"] == rows["other_seed"])
    between = (rows["ticket"] == "LTH0") & (rows["seed"] != rows["other_seed"])
    # NeuronSim has a row each way; the one without an interval is left out.
    pairs = rows[between].dropna(subset="low").assign(ticket=OTHER_SEED)
    keys = [*place, "layer", "series", "ticket"]
    # Pairs share seeds, so that they are no sample to take an interval from.
    several = len(pairs[["seed", "other_seed"]].drop_duplicates()) > 1
    low, high = ("value", "value") if several else ("low", "high")
    baseline = pairs.groupby(keys, sort=False, as_index=False).agg(
        value=("value", "mean"), low=(low, "min"), high=(high, "max"), seeds=("value", "size")
    )
    parts = [over_seeds(rows[within], keys, "value"), baseline]
    values = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    values = values.astype({"layer": int})
    insert_places(values, 5, sparsity)
    n = rows.groupby(place)["n"].max().reindex(pd.MultiIndex.from_frame(values[place])).to_numpy()
    printed, last = Printed(sparsity), values.groupby("module")["layer"].max()

    def paper(measure: str, module: str, layer: int, series: str, ticket: str) -> float:
        if ticket == OTHER_SEED:
            return math.nan
        ends = (_k(ticket), layer), (0, layer)
        return printed.pair(measure, module, last[module], series, *ends)

    return values.assign(n=n, paper=[paper(*cell) for cell in values[keys].to_numpy()])


def layers_by_layers(
    similarity: pd.DataFrame,
    sparsity: pd.DataFrame,
    measure: str,
    modules: Sequence[str],
    ks: Sequence[int],
) -> pd.DataFrame:
    """All layers of some tickets of a seed against each other, LTH0's among them.

    Pairs that were not compared are left out; a layer with itself is 1. The measures are symmetric,
    and each pair has two rows.

    Args:
        similarity: tables/similarity.csv.
        sparsity: tables/sparsity.csv.
        measure: LayerSim or AttentionSim.
        modules: Modules of the table.
        ks: Tickets, LTH0 first.

    Returns:
        Columns measure, module, series, ticket, layer, other_ticket, other_layer, value, seeds,
        paper.
    """
    rows = similarity[(similarity["measure"] == measure) & similarity["module"].isin(modules)]
    rows = rows[rows["seed"] == rows["other_seed"]]
    printed, parts = Printed(sparsity), []
    for module, series in product(modules, series_of(rows)):
        of_module = rows[rows["module"] == module]
        layers = sorted(of_module["layer"].unique())
        cells = _symmetric(of_module[of_module["series"].isin([DENSE, series])], ks, layers)
        paper = [
            printed.pair(measure, module, layers[-1], series, (_k(a), m), (_k(b), n))
            for a, m, b, n in zip(*(cells[column] for column in _ENDS), strict=True)
        ]
        parts.append(cells.assign(paper=paper, measure=measure, module=module, series=series))
    columns = ["measure", "module", "series", *_ENDS, "value", "seeds", "paper"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def neuron_curves(maxima: pd.DataFrame) -> pd.DataFrame:
    """Distribution of each neuron's best correlation with LTH0, final layers.

    Args:
        maxima: tables/neuron_maxima.npz as `experiment_tables.read_tables` reads it: seed, series,
            k, module, layer, neuron, value.

    Returns:
        A row a neuron of a seed; columns module, series, ticket, layer, seed, correlation,
        share_percent (of the neurons of all seeds that have at most that), seed_percent (of its own
        seed's), seeds. With as many neurons a seed, the first share is the mean of the seeds'.
    """
    states = maxima[maxima["module"].isin(STATES)].rename(columns={"value": "correlation"})
    last = states.groupby(["module", "series", "k", "seed"])["layer"].transform("max")
    groups = states[states["layer"].eq(last)].groupby(["module", "series", "k"], sort=False)
    parts = []
    for (_, _, k), group in sorted(groups, key=lambda each: STATES.index(each[0][0])):
        neurons = group.sort_values("correlation", kind="stable").assign(ticket=f"LTH{k}")
        neurons["share_percent"] = 100 * np.arange(1, len(neurons) + 1) / len(neurons)
        by_seed = neurons.groupby("seed")["correlation"]
        neurons["seed_percent"] = 100 * (by_seed.cumcount() + 1) / by_seed.transform("size")
        parts.append(neurons.assign(seeds=neurons["seed"].nunique()))
    columns = ["module", "series", "ticket", "layer", "seed", "correlation", "share_percent",
               "seed_percent", "seeds"]  # fmt: skip
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def spectra(table: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Variance explained by the first singular vectors of the final layers.

    Args:
        table: tables/spectra.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns module, series, ticket, k, centered, rank, share_percent with what `over_seeds`
        adds, rank_80 (vectors that explain 80 %), paper_rank_80 (uncentred, as the authors computed
        it).
    """
    keys = ["module", "series", "ticket", "k", "centered"]
    shares = table.assign(share_percent=100 * table["share"])
    curves = over_seeds(shares, [*keys, "rank"], "share_percent")
    enough = curves[curves["share_percent"] >= _VARIANCE]
    rank_80 = enough.groupby(keys)["rank"].min().rename("rank_80")
    curves = curves.merge(rank_80.reset_index(), on=keys, how="left")
    printed = Printed(sparsity)
    return curves.assign(
        paper_rank_80=[
            math.nan if centered else printed.rank_80(module, series, k)
            for module, series, _, k, centered in curves[keys].to_numpy()
        ]
    )


def categories(table: pd.DataFrame, sparsity: pd.DataFrame, k: int) -> pd.DataFrame:
    """Debiased CKA of the final encoder layer with LTH0, by category of token.

    Args:
        table: tables/categories.csv.
        sparsity: tables/sparsity.csv.
        k: Number of the ticket.

    Returns:
        Columns kind, series, category, debiased with what `over_seeds` adds, n (tokens), k, paper
        (not debiased). Categories too small to be compared are left out.
    """
    rows = table[table["k"] == k].dropna(subset="debiased")
    keys = ["kind", "series", "category"]
    values = over_seeds(rows, keys, "debiased")
    n = rows.groupby(keys, sort=False, as_index=False)["n"].mean()["n"].astype(int)
    printed = Printed(sparsity)
    names = values[["kind", "category", "series"]].to_numpy()
    paper = [printed.category(kind, category, series, k) for kind, category, series in names]
    return values.assign(n=n, k=k, paper=paper)


def concentration(table: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Share of attention distributions with nearly all mass on one token, all layers together.

    Args:
        table: tables/attention_concentration.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns module, series, ticket, x_percent (place by sparsity), share_percent with what
        `over_seeds` adds, paper.
    """
    rows = table[pd.to_numeric(table["layer"], errors="coerce").isna()]  # of all layers
    rows = rows.drop(columns=["low", "high"], errors="ignore")  # which single layers have
    keys = ["module", "series", "ticket"]
    shares = over_seeds(rows.assign(share_percent=100 * rows["share"]), keys, "share_percent")
    printed, names = Printed(sparsity), shares[keys].to_numpy()
    insert_places(shares, 3, sparsity)
    paper = [printed.share(module, series, _k(ticket)) for module, series, ticket in names]
    return shares.assign(paper=paper)


def _k(ticket: str) -> int:
    return int(ticket.removeprefix("LTH"))


def _symmetric(rows: pd.DataFrame, ks: Sequence[int], layers: Sequence[int]) -> pd.DataFrame:
    """Both halves and the diagonal, from pairs that the table has once."""
    wanted = [f"LTH{k}" for k in ks]
    rows = rows[rows["ticket"].isin(wanted) & rows["other_ticket"].isin(wanted)]
    # A series need not have all of them.
    measured = {*rows["ticket"], *rows["other_ticket"]}
    tickets = [ticket for ticket in wanted if ticket in measured]
    transposed = rows.rename(columns=dict(zip(_ENDS, _ENDS[2:] + _ENDS[:2], strict=True)))
    pairs = pd.concat([rows, transposed]).groupby(_ENDS, as_index=False)
    diagonal = pd.DataFrame([2 * end for end in product(tickets, layers)], columns=_ENDS)
    diagonal = diagonal.assign(value=1.0, seeds=rows["seed"].nunique())
    cells = pd.concat(
        [pairs.agg(value=("value", "mean"), seeds=("seed", "nunique")), diagonal], ignore_index=True
    )
    return in_order(cells, _ENDS, ticket=tickets, other_ticket=tickets)
