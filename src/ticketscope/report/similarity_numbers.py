"""What the figures of section 5 show, as tables: which numbers, and in which order.

Seeds are averaged. Layer 0 is the embedding.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.report.frames import DENSE, number_of, over_seeds, series_of, ticket_places
from ticketscope.report.similarity_paper import Printed

# In the column `ticket`: LTH0 of one seed, compared with LTH0 of another.
OTHER_SEED = "other seed"
STATES = ("encoder", "decoder")
# Measures and modules of the comparison with other seeds.
COMPARED = (
    ("NeuronSim", "encoder"), ("NeuronSim", "decoder"), ("LayerSim", "encoder"),
    ("LayerSim", "decoder"), ("AttentionSim", "enc_self"), ("AttentionSim", "enc_dec"),
    ("AttentionSim", "dec_self"),
)  # fmt: skip
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
        low and high (95 % jackknife, from the lowest to the highest end over seeds), seeds (or
        pairs of seeds), n (positions or pairs of words), paper. LTH0s of two seeds are the ticket
        `other seed` of the series `dense`.
    """
    wanted = pd.MultiIndex.from_tuples(compared)
    rows = similarity[
        (similarity["other_ticket"] == "LTH0")
        & (similarity["layer"] == similarity["other_layer"])
        & pd.MultiIndex.from_frame(similarity[["measure", "module"]]).isin(wanted)
    ]
    own = (rows["ticket"] != "LTH0") & (rows["seed"] == rows["other_seed"])
    between = (rows["ticket"] == "LTH0") & (rows["seed"] != rows["other_seed"])
    # NeuronSim has a row each way; the one without an interval is left out.
    pairs = rows[between].dropna(subset="low")
    names = pairs["seed"].astype(str) + " " + pairs["other_seed"].astype(str)
    pairs = pairs.assign(ticket=OTHER_SEED, seed=names)
    keys = ["measure", "module", "layer", "series", "ticket"]
    parts = [over_seeds(part, keys, "value") for part in (rows[own], pairs) if len(part)]
    found = pd.concat(parts, ignore_index=True).astype({"layer": int})
    places = ticket_places(sparsity)
    keyed = list(zip(found["series"], found["ticket"], strict=True))
    found.insert(5, "x_percent", [places.get(key, math.nan) for key in keyed])
    n = rows.groupby(["measure", "module"])["n"].max()
    found["n"] = n.reindex(pd.MultiIndex.from_frame(found[["measure", "module"]])).to_numpy()
    printed, last = Printed(sparsity), found.groupby("module")["layer"].max()
    return found.assign(
        paper=[
            math.nan
            if ticket == OTHER_SEED
            else printed.pair(
                measure, module, last[module], series, (_k(ticket), layer), (0, layer)
            )
            for measure, module, layer, series, ticket in found[keys].to_numpy()
        ]
    )


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
        modules: Of the table.
        ks: Tickets, LTH0 first.

    Returns:
        Columns measure, module, series, ticket, layer, other_ticket, other_layer, value, seeds,
        paper.
    """
    rows = similarity[(similarity["measure"] == measure) & similarity["module"].isin(modules)]
    rows = rows[rows["seed"] == rows["other_seed"]]
    printed, parts = Printed(sparsity), []
    for module in modules:
        part = rows[rows["module"] == module]
        layers = sorted(part["layer"].unique())
        for name in series_of(rows):
            cells = _symmetric(part[part["series"].isin([DENSE, name])], ks, layers)
            ends = zip(*(cells[column] for column in _ENDS), strict=True)
            cells["paper"] = [
                printed.pair(measure, module, layers[-1], name, (_k(a), m), (_k(b), n))
                for a, m, b, n in ends
            ]
            parts.append(cells.assign(measure=measure, module=module, series=name))
    first = ["measure", "module", "series", *_ENDS]
    return pd.concat(parts, ignore_index=True)[[*first, "value", "seeds", "paper"]]


def neuron_curves(maxima: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    """Distribution of each neuron's best correlation with LTH0, final layers, seeds together.

    Args:
        maxima: tables/neuron_maxima.npz: `seed1/magnitude/LTH3/encoder/6` -> (dim,).

    Returns:
        Columns module, series, ticket, layer, correlation, share_percent (of neurons that have at
        most that), seeds.
    """
    found: dict[tuple[str, str, str], dict[str, tuple[int, NDArray[np.float64]]]] = {}
    for key, values in maxima.items():
        seed, series, ticket, module, layer = key.split("/")
        if module in STATES:
            finals = found.setdefault((module, series, ticket), {})
            if int(layer) >= finals.get(seed, (0,))[0]:
                finals[seed] = (int(layer), values)
    parts = []
    for module, series, ticket in sorted(found, key=lambda key: STATES.index(key[0])):
        finals = found[module, series, ticket]
        ordered = np.sort(np.concatenate([values for _, values in finals.values()]))
        parts.append(
            pd.DataFrame(
                {
                    "module": module, "series": series, "ticket": ticket,
                    "layer": max(layer for layer, _ in finals.values()), "correlation": ordered,
                    "share_percent": 100 * np.arange(1, len(ordered) + 1) / len(ordered),
                    "seeds": len(finals),
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def spectra(table: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Variance explained by the first singular vectors of the final layers.

    Args:
        table: tables/spectra.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns module, series, ticket, k, centered, rank, share_percent, seeds, rank_80 (vectors
        that explain 80 %), paper_rank_80 (uncentred, as the authors computed it).
    """
    keys = ["module", "series", "ticket", "k", "centered"]
    found = table.groupby([*keys, "rank"], sort=False, as_index=False).agg(
        share_percent=("share", lambda share: 100 * share.mean()), seeds=("seed", "nunique")
    )
    enough = found[found["share_percent"] >= _VARIANCE]
    reached = enough.groupby(keys)["rank"].min().rename("rank_80")
    found = found.merge(reached.reset_index(), on=keys, how="left")
    printed = Printed(sparsity)
    return found.assign(
        paper_rank_80=[
            math.nan if centred else printed.rank_80(module, series, k)
            for module, series, _, k, centred in found[keys].to_numpy()
        ]
    )


def categories(table: pd.DataFrame, sparsity: pd.DataFrame, k: int) -> pd.DataFrame:
    """Debiased CKA of the final encoder layer with LTH0, by category of token.

    Args:
        table: tables/categories.csv.
        sparsity: tables/sparsity.csv.
        k: The ticket.

    Returns:
        Columns kind, series, category, debiased with low and high, seeds, n (tokens), k, paper
        (not debiased). Categories too small to be compared are left out.
    """
    rows = table[table["k"] == k].dropna(subset="debiased")
    keys = ["kind", "series", "category"]
    found = over_seeds(rows, keys, "debiased")
    n = rows.groupby(keys, sort=False, as_index=False)["n"].mean()["n"].astype(int)
    printed = Printed(sparsity)
    names = found[["kind", "category", "series"]].to_numpy()
    paper = [printed.category(kind, category, series, k) for kind, category, series in names]
    return found.assign(n=n, k=k, paper=paper)


def concentration(table: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Share of attention distributions with nearly all mass on one token, all layers together.

    Args:
        table: tables/attention_concentration.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns module, series, ticket, x_percent (place by sparsity), share_percent with low and
        high over seeds, seeds, paper.
    """
    rows = table[table["layer"] == "all"]
    share = 100 * rows["share"]
    rows = rows.assign(share_percent=share, low=share, high=share)
    found = over_seeds(rows, ["module", "series", "ticket"], "share_percent")
    places, printed = ticket_places(sparsity), Printed(sparsity)
    keyed = zip(found["series"], found["ticket"], strict=True)
    found.insert(3, "x_percent", [places[key] for key in keyed])
    names = found[["module", "series", "ticket"]].to_numpy()
    paper = [printed.share(module, series, _k(ticket)) for module, series, ticket in names]
    return found.assign(paper=paper)


def _k(ticket: str) -> int:
    return int(ticket.removeprefix("LTH"))


def _symmetric(rows: pd.DataFrame, ks: Sequence[int], layers: Sequence[int]) -> pd.DataFrame:
    """Both halves and the diagonal, from pairs that the table has once."""
    asked = [f"LTH{k}" for k in ks]
    rows = rows[rows["ticket"].isin(asked) & rows["other_ticket"].isin(asked)]
    # A series need not have all of them.
    there = {*rows["ticket"], *rows["other_ticket"]}
    tickets = [name for name in asked if name in there]
    turned = rows.rename(columns=dict(zip(_ENDS, _ENDS[2:] + _ENDS[:2], strict=True)))
    means = (
        pd.concat([rows, turned])
        .groupby(_ENDS, as_index=False)
        .agg(value=("value", "mean"), seeds=("seed", "nunique"))
    )
    same = pd.DataFrame(product(tickets, layers), columns=_ENDS[:2])
    same = same.assign(
        other_ticket=same["ticket"],
        other_layer=same["layer"],
        value=1.0,
        seeds=rows["seed"].nunique(),
    )
    found = pd.concat([means, same], ignore_index=True)
    order = found[_ENDS].assign(
        **{name: number_of(found[name]) for name in ("ticket", "other_ticket")}
    )
    return found.loc[order.sort_values(_ENDS).index].reset_index(drop=True)
