"""Section 5.2: how alike the states of sparse and dense models are.

Layers of the paper are ours by position: its layer 1 is the first, its layer 6 the last, and those
between are the same number, or the last but one where a model has fewer.
"""

from collections.abc import Sequence
from functools import partial

import pandas as pd

from ticketscope.report.claims import similar
from ticketscope.report.claims.experiment import MAGNITUDE, Experiment, NotMeasurable
from ticketscope.report.claims.findings import (
    HOW_INTERVAL,
    HOW_SHARE,
    HOW_TREND,
    cells_of,
    interval_finding,
    number,
    over,
    share_finding,
    trend_finding,
    unrelated_note,
    with_note,
)
from ticketscope.report.claims.model import Claim, Estimate, Finding
from ticketscope.report.claims.rules import minus
from ticketscope.report.paper import paper_values

# "99.8 % of the time": share of neurons that has to be exceeded.
SAME = 0.95
# "All neurons": the same.
NEARLY_ALL = 0.9
_SIMILAR = "With the same layer of LTH0, mean over the layers of {sides}: at 83 % minus LTH1. "
_LAYERS = (
    "Similarity with the same layer of LTH0 at 83 %: last layer minus first; interval from both "
    f"layers' jackknifes over groups of sentences, assumed independent. {HOW_INTERVAL}"
)


def claims() -> list[Claim]:
    """In the order of the paper."""
    v = paper_values("similarity")
    return [
        Claim(
            "same-neuron",
            "5.2",
            "For nearly every neuron of the dense model, the most similar neuron of the sparse "
            "model is the one in the same place.",
            f"{v['same_neuron_rate']:.3f}",
            "Share of neurons, all layers of both sides, at 83 %, of the greatest absolute "
            f"correlation. {HOW_SHARE} {SAME}.",
            _same_neuron,
        ),
        Claim(
            "neuronsim-falls",
            "5.2, Figure 4",
            "Neurons become less similar to those of LTH0 as sparsity increases.",
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
                f"Layers of the {side} become less similar to those of LTH0 as sparsity increases.",
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
            "Layers of a decoder are less similar to each other than layers of an encoder.",
            "1",
            "LayerSim of one model's layers, mean over pairs. Share of tickets with LTH0 (in each "
            f"seed). {HOW_SHARE} one half.",
            _decoder_less_alike,
        ),
        Claim(
            "early-nearer-final-encoder",
            "5.2, Figure 5",
            "An early layer (2) is closer to the last layer in sparse encoders than in dense ones.",
            f"{v['layersim_enc_sparse2_sparse6'] - v['layersim_enc_dense2_dense6']:+.2f}",
            _early("2"),
            partial(_early_nearer, module="encoder", layer=2),
        ),
        Claim(
            "early-nearer-final-decoder",
            "5.2, Figure A6",
            "An earlier layer (4) is closer to the last layer in sparse decoders than in dense "
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
    ]


def _early(layer: str) -> str:
    return (
        f"LayerSim of layer {layer} (or the last but one) with the last layer of the same model: "
        f"at 83 % minus LTH0. {HOW_TREND}"
    )


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
        over(experiment, "similarity", "neuron"),
        bar=SAME,
        note=f"{ticket.note} {baseline}",
    )


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

    return interval_finding(
        experiment,
        estimates,
        -1,
        8,
        similar.tickets(experiment, MAGNITUDE),
        unrelated=lambda: similar.unrelated_difference(
            experiment, measure, [module, module], [[last], [1]]
        ),
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
        return cells_of(wide[ticket.k] < wide[first])

    return share_finding(
        cells,
        over(experiment, "neuron_maxima", "neuron"),
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
        return cells_of(tables[0] > tables[1])

    return share_finding(cells, over(experiment, "similarity", "ticket"))


def _decoder_less_alike(experiment: Experiment) -> Finding:
    def cells(series: str) -> list[bool]:
        tables = [similar.own_pairs(experiment, side, series) for side in ("decoder", "encoder")]
        return cells_of(tables[0] < tables[1])

    means = [
        number(similar.own_pairs(experiment, side, MAGNITUDE).loc[0].mean())
        for side in similar.STATES
    ]
    return share_finding(
        cells,
        over(experiment, "similarity", "ticket"),
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
    return with_note(found, f"Layers {pair[0]} and {pair[1]}.")


def _nearer_dense_final(experiment: Experiment) -> Finding:
    last = similar.need(experiment, "decoder", MAGNITUDE, 2)
    early = min(2, last - 1)

    def values(series: str) -> pd.DataFrame:
        dense = similar.own_pairs(experiment, "decoder", series, [(early, last)]).loc[[0]]
        return pd.concat([dense, similar.pair_to_dense(experiment, "decoder", series, early, last)])

    return with_note(trend_finding(experiment, values, 1, 8), f"Layers {early} and {last}.")
