"""Section 5.3: components of the states' variance, and the tokens that models agree on.

All of it is about last layers.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from ticketscope.report.claims.experiment import CONTROL, MAGNITUDE, Experiment, NotMeasurable
from ticketscope.report.claims.findings import (
    HOW_INTERVAL,
    HOW_SHARE,
    HOW_TREND,
    interval_finding,
    number,
    over,
    share_finding,
    trend_finding,
    with_note,
)
from ticketscope.report.claims.model import Claim, Estimate, Finding
from ticketscope.report.claims.rules import minus
from ticketscope.report.paper import paper_values

# Share of the variance that the paper counts components for.
VARIANCE = 0.8


def claims() -> list[Claim]:
    """In the order of the paper."""
    v = paper_values("similarity")
    return [
        *(
            Claim(
                f"fewer-components-{side}",
                "5.3, Figure A7",
                f"The last {side} layer of sparse models needs fewer components for 80 % of its "
                "variance.",
                f"{v[f'svd_k80_{short}_LTH8'] / v[f'svd_k80_{short}_LTH0'] - 1:+.2f}",
                "Singular vectors that hold 80 % of the uncentred squared norm (as the authors "
                f"counted), relative to LTH0's, minus 1, at 83 %. {HOW_TREND}",
                partial(_components, module=side),
            )
            for side, short in (("encoder", "enc"), ("decoder", "dec"))
        ),
        *(
            Claim(
                f"mid-frequency-above-{name}",
                "5.3",
                "In the last encoder layer, sparse and dense models agree more on subwords of "
                f"middle frequency (ranks 100 to 500) than on {text}.",
                f"{v['cka_mid_frequency_rank_100_500'] - v[key]:+.2f}",
                "Debiased linear CKA at 83 % (the paper's is biased by the number of tokens); "
                "difference, interval from both bins' bootstraps over sentences, assumed "
                f"independent. {HOW_INTERVAL}",
                partial(_mid_frequency, other=other),
            )
            for name, text, key, other in (
                ("frequent", "the most frequent (ranks 0 to 5)", "cka_rank_0_5", "0-5"),
                ("rare", "rare ones (rank 2500 and beyond)", "cka_rank_2500_up", "2500+"),
            )
        ),
        *(
            Claim(
                f"category-{name}",
                "5.3",
                f"Sparse and dense models agree {'more' if sign > 0 else 'less'} on {text} than on "
                f"most other {kinds}.",
                f"CKA {v[key]:.2f}",
                "Debiased linear CKA of the last encoder layer at 83 %. Share of the other "
                f"categories {'below' if sign > 0 else 'above'} it. {HOW_SHARE} one half.",
                partial(_category, kind=kind, labels=labels, text=text, sign=sign),
            )
            for name, text, kinds, kind, labels, sign, key in _CATEGORIES
        ),
    ]


_POS = "parts of speech"
# Semantic tags of perfect and progressive verbs: of Bjerva et al. 2016, and of the later tag set.
_ASPECT = ("PFT", "PRG", "EXT", "ENT", "EPT", "ETT", "EXG", "ENG", "EPG", "ETG")
_CATEGORIES: tuple[tuple[str, str, str, str, tuple[str, ...], int, str], ...] = (
    ("conjunctions", "coordinating conjunctions", _POS, "pos", ("CC",), 1,
     "cka_pos_coordinating_conjunction"),
    ("superlatives", "superlative adjectives", _POS, "pos", ("JJS",), 1,
     "cka_pos_superlative_adjective"),
    ("proper-nouns", "proper nouns", _POS, "pos", ("NNP", "NNPS"), -1, "cka_pos_proper_noun"),
    ("particles", "particles", _POS, "pos", ("RP",), -1, "cka_pos_particle"),
    ("possessive", "the possessive ending", _POS, "pos", ("POS",), -1,
     "cka_pos_possessive_ending"),
    ("period", "the period", _POS, "pos", (".",), -1, "cka_pos_period"),
    ("aspect", "perfect and progressive verbs", "semantic tags", "semtag", _ASPECT, -1,
     "cka_semtag_perfect_progressive"),
    ("concept", "concepts (nouns)", "semantic tags", "semtag", ("CON",), -1, "cka_semtag_concept"),
)  # fmt: skip


def _components(experiment: Experiment, module: str) -> Finding:
    def counts(series: str, centered: bool) -> pd.DataFrame:
        rows = experiment.with_dense("spectra", series)
        rows = rows[(rows["module"] == module) & (rows["centered"].astype(bool) == centered)]
        rows = rows[rows["share"] >= VARIANCE]
        if rows.empty:
            raise NotMeasurable(f"the table spectra.csv has no {module}")
        return rows.groupby(["k", "seed"])["rank"].min().unstack("seed").astype(float)

    def values(series: str) -> pd.DataFrame:
        found = counts(series, False)
        return found / found.loc[0].mean()

    found = trend_finding(experiment, values, -1, 8)
    ticket = experiment.ticket(8, counts(MAGNITUDE, False).index)
    texts = []
    for name, centered in (("uncentred", False), ("centred", True)):
        table = counts(MAGNITUDE, centered).mean(axis=1)
        texts.append(f"{number(table[0])} to {number(table[ticket.k])} {name}")
    return with_note(found, f"Components: {', '.join(texts)}.")


def _debiased(experiment: Experiment, series: str, kind: str) -> pd.DataFrame:
    rows = experiment.of("categories", series)
    rows = rows[(rows["kind"] == kind) & (rows["k"] > 0)]
    if rows.empty:
        raise NotMeasurable(f"no labels of the kind {kind}")
    rows = rows.dropna(subset=["debiased"])
    if rows.empty:
        raise NotMeasurable(f"no category of the kind {kind} has enough tokens")
    return rows


def _mid_frequency(experiment: Experiment, other: str) -> Finding:
    def bins(series: str) -> pd.DataFrame:
        rows = _debiased(experiment, series, "frequency")
        for name in ("100-500", other):
            if name not in set(rows["category"]):
                raise NotMeasurable(f"no bin {name} of frequency ranks with enough tokens")
        return rows

    def estimates(series: str, k: int) -> list[Estimate]:
        rows = bins(series)
        rows = rows[rows["k"] == k]
        found = []
        for _, part in rows.groupby("seed"):
            named = part.set_index("category")
            if not {"100-500", other} <= set(named.index):
                raise NotMeasurable(f"LTH{k} of {series} lacks a bin")
            a, b = (
                Estimate(*(float(named.loc[name, c]) for c in ("debiased", "low", "high")))
                for name in ("100-500", other)
            )
            found.append(minus(a, b))
        if not found:
            raise NotMeasurable(f"the table categories.csv has no LTH{k} of {series}")
        return found

    return interval_finding(experiment, estimates, 1, 8, sorted(set(bins(MAGNITUDE)["k"])))


def _category(
    experiment: Experiment, kind: str, labels: Sequence[str], text: str, sign: int
) -> Finding:
    own = _debiased(experiment, MAGNITUDE, kind)
    if not set(labels) & set(own["category"]):
        raise NotMeasurable(f"no {kind} label of {text} has enough tokens")
    ticket = experiment.ticket(8, own["k"])

    def means(series: str) -> pd.Series:
        rows = _debiased(experiment, series, kind)
        return rows[rows["k"] == ticket.k].groupby("category")["debiased"].mean()

    def cells(series: str) -> list[bool]:
        values = means(series)
        mine = values[values.index.isin(labels)]
        others = values[~values.index.isin(labels)]
        if mine.empty or others.empty:
            return []
        return [bool(sign * (mine.mean() - other) > 0) for other in others]

    values = means(MAGNITUDE)
    if values[~values.index.isin(labels)].empty:
        raise NotMeasurable("no other category to compare with")
    mine = values[values.index.isin(labels)]
    shown = ", ".join(f"'{label}' {number(value)}" for label, value in mine.items())
    middle = float(np.median(values[~values.index.isin(labels)]))
    try:
        control = means(CONTROL)
        shown += f" (control: {number(control[control.index.isin(labels)].mean())})"
    except NotMeasurable:
        pass
    return share_finding(
        cells,
        over(experiment, "categories", "other label"),
        note=f"{ticket.note} {shown}; median of the others {number(middle)}.",
    )
