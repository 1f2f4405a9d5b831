"""Sections 5.2 and 5.3: how the states of sparse and dense models differ.

Layers of the paper are ours by position: its layer 1 is the first, its layer 6 the last, and those
between are the same number, or the last but one where a model has fewer.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from dissect.report.claims import similar
from dissect.report.claims.experiment import (
    CONTROL,
    MAGNITUDE,
    Experiment,
    NotMeasurable,
)
from dissect.report.claims.findings import (
    HOW_INTERVAL,
    HOW_SHARE,
    HOW_TREND,
    counted,
    interval_finding,
    number,
    share_finding,
    trend_finding,
    unrelated_note,
)
from dissect.report.claims.model import Claim, Estimate, Finding
from dissect.report.claims.rules import minus
from dissect.report.paper import paper_values

# "99.8 % of the time": share of neurons that has to be exceeded.
SAME = 0.95
# "All neurons": the same.
NEARLY_ALL = 0.9
# Share of the variance that the paper counts components for.
VARIANCE = 0.8
_SIMILAR = "With the same layer of LTH0, mean over the layers of {sides}: at 83 % minus LTH1. "
_LAYERS = (
    "Similarity with the same layer of LTH0 at 83 %: last layer minus first; interval from both "
    f"layers' jackknifes over groups of sentences, taken for independent. {HOW_INTERVAL}"
)


def claims() -> list[Claim]:
    """In the order of the paper."""
    v = paper_values("similarity")
    return [
        Claim(
            "same-neuron",
            "5.2",
            "Nearly every neuron of the dense model has its best match in the sparse one where it "
            "stood.",
            f"{v['same_neuron_rate']:.3f}",
            "Share of neurons, all layers of both sides, at 83 %, of the greatest absolute "
            f"correlation. {HOW_SHARE} {SAME}.",
            _same_neuron,
        ),
        Claim(
            "neuronsim-falls",
            "5.2, Figure 4",
            "Neurons become less similar to those of LTH0 with growing sparsity.",
            "",
            f"NeuronSim. {_SIMILAR.format(sides='both sides')}{HOW_TREND}",
            partial(_falls, measure="NeuronSim", modules=similar.STATES),
        ),
        *(
            Claim(
                f"neuronsim-higher-layers-{side}",
                "5.2, Figure 4",
                f"Neurons of the last {side} layer diverge more than those of the first.",
                paper,
                f"NeuronSim. {_LAYERS}",
                partial(_last_below_first, measure="NeuronSim", module=side),
            )
            for side, paper in (
                ("encoder", ""),
                (
                    "decoder",
                    f"{v['neuronsim_dec_l6_LTH0_LTH8'] - v['neuronsim_dec_l1_LTH0_LTH8']:.2f}",
                ),
            )
        ),
        Claim(
            "all-neurons-diverge",
            "5.2, Figure A4",
            "All neurons become less similar to their counterparts, rather than some staying and "
            "others dropping out.",
            "1",
            "Share of neurons, all layers of both sides, whose greatest correlation with LTH0's is "
            f"lower at 83 % than in the first ticket. {HOW_SHARE} {NEARLY_ALL}.",
            _all_diverge,
        ),
        *(
            Claim(
                f"layersim-falls-{side}",
                f"5.2, Figure {figure}",
                f"Layers of the {side} become less similar to those of LTH0 with growing sparsity.",
                "",
                f"LayerSim. {_SIMILAR.format(sides='the ' + side)}{HOW_TREND}",
                partial(_falls, measure="LayerSim", modules=(side,)),
            )
            for side, figure in (("encoder", "5"), ("decoder", "A5"))
        ),
        *(
            Claim(
                f"layersim-higher-layers-{side}",
                f"5.2, Figure {figure}",
                f"The last {side} layer diverges more than the first.",
                "",
                f"LayerSim. {_LAYERS}",
                partial(_last_below_first, measure="LayerSim", module=side),
            )
            for side, figure in (("encoder", "5"), ("decoder", "A5"))
        ),
        Claim(
            "decoder-last-above-next",
            "5.2, Figure A5",
            "The last decoder layer stays closer to LTH0's than the layer before it.",
            "1",
            "LayerSim with the same layer of LTH0. Share of tickets (in each seed). "
            f"{HOW_SHARE} one half. Needs three layers.",
            _decoder_last,
        ),
        Claim(
            "decoder-layers-less-alike",
            "5.2, Figures 5, A6",
            "Different layers of a decoder are less alike than different layers of an encoder.",
            "1",
            "LayerSim of one model's layers, mean over pairs. Share of tickets with LTH0 (in each "
            f"seed). {HOW_SHARE} one half.",
            _decoder_less_alike,
        ),
        Claim(
            "early-nearer-final-encoder",
            "5.2, Figure 5",
            "In sparse encoders, an early layer (2) is closer to the last one than in dense ones.",
            f"{v['layersim_enc_sparse2_sparse6'] - v['layersim_enc_dense2_dense6']:+.2f}",
            _early("2"),
            partial(_early_nearer, module="encoder", layer=2),
        ),
        Claim(
            "early-nearer-final-decoder",
            "5.2, Figure A6",
            "In sparse decoders, an earlier layer (4) is closer to the last one than in dense "
            "ones.",
            f"{v['layersim_dec_sparse4_sparse6'] - v['layersim_dec_dense4_dense6']:+.2f}",
            _early("4"),
            partial(_early_nearer, module="decoder", layer=4),
        ),
        Claim(
            "early-nearer-dense-final",
            "5.2, Figure A6",
            "A sparse decoder's early layer (2) is closer to the last layer of the dense decoder "
            "than the dense decoder's own early layer is.",
            f"{v['layersim_dec_sparse2_dense6'] - v['layersim_dec_dense2_dense6']:+.2f}",
            "LayerSim of the ticket's layer 2 (or the last but one) with LTH0's last: at 83 % "
            f"minus LTH0's own. {HOW_TREND}",
            _nearer_dense_final,
        ),
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
                "difference, interval from both bins' bootstraps over sentences, taken for "
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


def _early(layer: str) -> str:
    return (
        f"LayerSim of layer {layer} (or the last but one) with the last layer of the same model: "
        f"at 83 % minus LTH0. {HOW_TREND}"
    )


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


def _same_neuron(experiment: Experiment) -> Finding:
    ticket = experiment.ticket(8, similar.tickets(experiment, MAGNITUDE))

    def counts(series: str) -> list[tuple[float, int]]:
        """Rate and number of neurons, of each layer and seed."""
        found = []
        for module in similar.STATES:
            rows = similar.to_dense(experiment, "SameNeuron", module, series)
            rows = rows[(rows["k"] == ticket.k) & (rows["layer"] == rows["other_layer"])]
            spectra = experiment.of("spectra", series)
            # The spectrum of a layer has as many components as the layer has neurons.
            width = int(spectra[spectra["module"] == module]["rank"].max())
            found += [(float(rate), width) for rate in rows["value"]]
        return found

    def cells(series: str) -> list[bool]:
        kept = [(round(rate * width), width) for rate, width in counts(series)]
        return [i < same for same, width in kept for i in range(width)]

    baseline = unrelated_note(lambda: similar.unrelated(experiment, "SameNeuron", similar.STATES))
    return share_finding(
        cells,
        lambda count: f"{_seeds(experiment)}, {counted(count, 'neuron')}",
        bar=SAME,
        note=f"{ticket.note} {baseline}",
    )


def _seeds(experiment: Experiment) -> str:
    return counted(experiment.of("similarity", MAGNITUDE)["seed"].nunique(), "seed")


def _falls(experiment: Experiment, measure: str, modules: Sequence[str]) -> Finding:
    return trend_finding(
        experiment,
        lambda series: similar.same_layer_by_ticket(experiment, measure, modules, series),
        -1,
        8,
        unrelated=lambda: similar.unrelated(experiment, measure, modules),
    )


def _last_below_first(experiment: Experiment, measure: str, module: str) -> Finding:
    last = similar.need(experiment, module, MAGNITUDE, 2)

    def estimates(series: str, k: int) -> list[Estimate]:
        pairs = [
            similar.same_layer(experiment, measure, module, series, k, [layer])
            for layer in (last, 1)
        ]
        return [minus(a, b) for a, b in zip(*pairs, strict=True)]

    def between() -> float:
        ends = [similar.unrelated(experiment, measure, [module], [layer]) for layer in (last, 1)]
        return ends[0] - ends[1]

    return interval_finding(
        experiment,
        estimates,
        -1,
        8,
        similar.tickets(experiment, MAGNITUDE),
        unrelated=between,
    )


def _all_diverge(experiment: Experiment) -> Finding:
    own = experiment.of("neuron_maxima", MAGNITUDE)
    first = int(own["k"].min())
    ticket = experiment.ticket(8, own["k"])
    if first == ticket.k:
        raise NotMeasurable("needs two pruned tickets")

    def cells(series: str) -> list[bool]:
        rows = experiment.of("neuron_maxima", series)
        rows = rows[(rows["layer"] > 0) & rows["module"].isin(similar.STATES)]  # no heads
        wide = rows.pivot_table("value", ["seed", "module", "layer", "neuron"], "k")
        if first not in wide or ticket.k not in wide:
            return []
        return [bool(cell) for cell in wide[ticket.k] < wide[first]]

    return share_finding(
        cells,
        lambda count: f"{counted(own['seed'].nunique(), 'seed')}, {counted(count, 'neuron')}",
        bar=NEARLY_ALL,
        note=f"{ticket.note} Against LTH{first}.",
    )


def _decoder_last(experiment: Experiment) -> Finding:
    last = similar.need(experiment, "decoder", MAGNITUDE, 3)

    def cells(series: str) -> list[bool]:
        tables = [
            similar.pair_to_dense(experiment, "decoder", series, layer, layer)
            for layer in (last, last - 1)
        ]
        return (tables[0] > tables[1]).to_numpy().ravel().tolist()

    return share_finding(cells, _tickets_n(experiment))


def _tickets_n(experiment: Experiment) -> Callable[[int], str]:
    seeds = _seeds(experiment)
    return lambda count: f"{seeds}, {counted(count, 'ticket')}"


def _decoder_less_alike(experiment: Experiment) -> Finding:
    def cells(series: str) -> list[bool]:
        tables = [similar.own_pairs(experiment, side, series) for side in ("decoder", "encoder")]
        return (tables[0] < tables[1]).to_numpy().ravel().tolist()

    means = [
        number(similar.own_pairs(experiment, side, MAGNITUDE).loc[0].mean())
        for side in similar.STATES
    ]
    return share_finding(
        cells,
        _tickets_n(experiment),
        note=f"LTH0: {means[0]} in the encoder, {means[1]} in the decoder.",
    )


def _early_nearer(experiment: Experiment, module: str, layer: int) -> Finding:
    last = similar.need(experiment, module, MAGNITUDE, 2)
    pair = (min(layer, last - 1), last)
    found = trend_finding(
        experiment,
        lambda series: similar.own_pairs(experiment, module, series, [pair]),
        1,
        8,
    )
    return _with_note(found, f"Layers {pair[0]} and {pair[1]}.")


def _nearer_dense_final(experiment: Experiment) -> Finding:
    last = similar.need(experiment, "decoder", MAGNITUDE, 2)
    early = min(2, last - 1)

    def values(series: str) -> pd.DataFrame:
        dense = similar.own_pairs(experiment, "decoder", series, [(early, last)]).loc[[0]]
        return pd.concat([dense, similar.pair_to_dense(experiment, "decoder", series, early, last)])

    return _with_note(trend_finding(experiment, values, 1, 8), f"Layers {early} and {last}.")


def _with_note(found: Finding, note: str) -> Finding:
    return Finding(found.measured, found.n, found.verdict, f"{note} {found.note}")


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
    return _with_note(found, f"Components: {', '.join(texts)}.")


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
        lambda count: f"{counted(own['seed'].nunique(), 'seed')}, {counted(count, 'other label')}",
        note=f"{ticket.note} {shown}; median of the others {number(middle)}.",
    )
