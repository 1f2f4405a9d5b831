"""Tables that agree with the paper in everything (sign 1), or in nothing (sign -1)."""

import itertools
import math

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ticketscope.report.paper import paper_values

PAPER = paper_values("table_a1")
CLASSES = paper_values("probing")["classes"]
SERIES = ("magnitude", "random", "control")

LEVELS = PAPER["excl_emb"]
POS_FILLERS = [f"X{i}" for i in range(12)]


def names(ks, dense=True):
    """Series and tickets."""
    return [("dense", 0)] * dense + [(series, k) for series in SERIES for k in ks]


def ticket(seed, series, k):
    return {"seed": seed, "series": series, "ticket": f"LTH{k}", "k": k}


def pruned(series, k):
    """How far the ticket is along the effects of pruning."""
    return LEVELS[k] if series == "magnitude" else 0.0


def sparsity_table(sign, seeds, ks):
    incl = PAPER["incl_emb_printed" if sign > 0 else "incl_emb_correct"]
    return pd.DataFrame(
        ticket(seed, series, k)
        | {
            "sparsity_excl": 0 if series in ("dense", "control") else LEVELS[k],
            "sparsity_incl": 0 if series in ("dense", "control") else incl[k],
        }
        for seed in seeds
        for series, k in names(ks)
    )


def bleu_of(sign, series, k):
    if series == "dense":
        return 27.77
    if sign > 0:
        column = {"magnitude": "bleu_mp", "random": "bleu_random"}.get(series)
        return PAPER[column][k] if column else 27.8
    return {"magnitude": 25 + 0.2 * (k == 8), "random": 29.0, "control": 28.0}[series]


def table_a1(sign, seeds, ks):
    rows = []
    for seed, (series, k) in itertools.product(seeds, names(ks)):
        bleu = bleu_of(sign, series, k)
        rows.append(
            ticket(seed, series, k)
            | {"bleu": bleu, "bleu_low": bleu - 0.05, "bleu_high": bleu + 0.05}
        )
    return pd.DataFrame(rows)


def module_factor(sign, base, block, layer, layers, part):
    place = (layer - 1) / max(layers - 1, 1) - 0.5  # -.5 in the first layer, .5 in the last
    if block == "fc":  # the larger part decides for both
        return 1 + sign * (0.2 if part == "fc2" else -0.3) * place
    factor = 1 + sign * 0.111 * (1 if part in "vo" else -1)
    if block == "enc-dec":
        return factor * ((0.55 / 0.79 if sign > 0 else 1.1) - sign * 0.04 * place)
    if layer == 1:
        return factor * (1 + sign * 0.5 * (1 - base))
    return factor * (1 + sign * 0.02 * (layer == layers))


def module_sparsity(sign, seeds, ks, layers):
    blocks = {"encoder": ("enc-self", "fc"), "decoder": ("dec-self", "enc-dec", "fc")}
    rows = []
    for seed, (series, k) in itertools.product(seeds, names(ks, dense=False)):
        base = LEVELS[k] if series != "control" else 0
        for side, layer in itertools.product(blocks, range(1, layers + 1)):
            for block in blocks[side]:
                parts = ("fc1", "fc2") if block == "fc" else "qkvo"
                # Biases do the opposite of weights, and do not count.
                for part, kind in itertools.product(parts, ("weight", "bias")):
                    total = 30_000 if part == "fc2" else 10_000
                    of_kind = sign if kind == "weight" else -sign
                    factor = module_factor(of_kind, base, block, layer, layers, part)
                    share_ = base * (factor if series == "magnitude" else 1)
                    rows.append(
                        ticket(seed, series, k)
                        | {"side": side, "layer": layer, "block": block, "part": part}
                        | {"kind": kind, "total": total, "pruned": round(total * share_)}
                    )
    return pd.DataFrame(rows)


GROUPS = {
    "POS": "POS",
    **dict.fromkeys(
        ["CCG", "Parent", "GParent", "GGParent", "Chunk", "NER", "GED", "Conj", "SynPred",
         "SynClass"],
        "Syntax",
    ),
    **dict.fromkeys(
        ["ST", "PS-Fxn", "PS-Role", "EF", "SemPred", "SemClass", "Coref"], "Semantics"
    ),
}  # fmt: skip
OPPOSITE = {"degrading": "improving", "improving": "degrading", "invariant": "degrading"}


def class_of(sign, task, probe, series):
    name = next((name for name, tasks in CLASSES.items() if task in tasks), "none")
    if series != "magnitude" or name == "none":
        return "invariant"
    if name == "improving" and probe == "mlp":
        return "invariant" if sign > 0 else "improving"
    return name if sign > 0 else OPPOSITE[name]


def probe_differences(sign, seeds, ks):
    return pd.DataFrame(
        {"task": task, "group": group, "probe": "linear", "seed": seed, "series": series}
        | {"ticket": f"LTH{k}", "difference": value, "low": value - 0.001, "high": value + 0.001}
        for (task, group), seed, (series, k) in itertools.product(
            GROUPS.items(), seeds, names(ks, dense=False)
        )
        for value in [-0.03 * sign if series == "magnitude" else 0.0]
    )


def score(sign, task, probe, layer, layers, series, k):
    """Test score of a probe; layers differ, and sparsity moves some of them, and some tasks."""
    last, effect = layer == layers, pruned(series, k)
    moved = {"Syntax": 0 if last else 0.005, "POS": 0 if last else 0.005}.get(
        GROUPS[task], -0.005 if last else 0
    )
    if sign < 0 and last and GROUPS[task] != "Semantics":
        moved = 0.05  # times sign: the last layer collapses
    change = {"degrading": -0.03, "improving": 0.03, "invariant": 0}[
        class_of(sign, task, probe, series)
    ]
    level = {"SynPred": -0.1, "SemPred": -0.1}.get(task, 0.0)
    better = 0.2 if probe == "mlp" else 0
    return 0.4 + sign * (level + better + 0.03 * layer + moved * effect) + change * effect


def probes(sign, seeds, ks, layers):
    rows = []
    for seed, (series, k) in itertools.product(seeds, names(ks)):
        for (task, group), probe, layer in itertools.product(
            GROUPS.items(), ("linear", "mlp"), range(layers + 1)
        ):
            # Dev ranks layers the other way round: its best one is test's worst.
            dev, test = (
                score(sign, task, probe, place, layers, series, k)
                for place in (layers + 1 - layer, layer)
            )
            rows.append(
                {"suite": "toy", "task": task, "group": group, "probe": probe, "seed": seed}
                | {"series": series, "ticket": f"LTH{k}", "layer": layer, "replicate": 0}
                | {"metric": "accuracy", "dev": dev, "test": test, "n_test": 100_000}
            )
    return pd.DataFrame(rows)


ATTENTION = ("enc_self", "enc_dec", "dec_self")


def own_value(sign, module, a, b, layers, effect):
    """Similarity of two layers of one model."""
    if module == "encoder":
        return 0.6 + sign * 0.2 * effect
    if module == "decoder":
        return 0.6 + sign * (0.2 * effect - 0.1)
    if module == "dec_self":
        return 0.5 + sign * 0.4
    if module == "enc_self":
        return 0.5 + sign * (0.3 * effect - 0.3) if a == 1 else 0.725 + sign * 0.125
    across = a <= layers // 2 < b
    return (0.55 if across else 0.7) + 0.1 * effect if sign > 0 else (
        (0.9 if across else 0.7) - 0.1 * effect
    )  # fmt: skip


def same_value(sign, module, layer, layers, effect):
    """Similarity of a layer with the same of LTH0."""
    if module in ("encoder", "decoder"):
        place = layer - (1.5 if layer == layers and layers > 2 else 0)
        return 0.7 + sign * (0.2 - 0.3 * effect * (1 + place) / (1 + layers))
    if module == "enc_self":
        return (0.62 if layer == 1 else 0.97) if sign > 0 else (0.97 if layer == 1 else 0.5)
    return {"enc_dec": 0.96 if sign > 0 else 0.9, "dec_self": 0.99 if sign > 0 else 0.3}[module]


def similarity(sign, seeds, ks, layers):
    rows = []

    def add(measure, module, name, layer, other, other_layer, value, interval=False):
        (seed, series, k), (other_seed, other_k) = name, other
        reach = 0.002 if interval else math.nan
        rows.append(
            {"measure": measure, "module": module, "seed": seed, "series": series}
            | {"ticket": f"LTH{k}", "layer": layer, "other_seed": other_seed}
            | {"other_ticket": f"LTH{other_k}", "other_layer": other_layer}
            | {"value": value, "low": value - reach, "high": value + reach}
        )

    for seed, (series, k), module in itertools.product(
        seeds, names(ks), ("encoder", "decoder", *ATTENTION)
    ):
        states = module in ("encoder", "decoder")
        whole, same = ("LayerSim", "SameNeuron") if states else ("AttentionSim", "SameHead")
        effect = pruned(series, k)
        name = (seed, series, k)
        numbers = range(0 if states else 1, layers + 1)
        for a, b in itertools.combinations(numbers, 2):
            value = own_value(sign, module, a, b, layers, effect)
            add(whole, module, name, a, (seed, k), b, value)
        others = [(seed, 0)] if k else [(other, 0) for other in seeds if other < seed]
        for other, a, b in itertools.product(others, numbers, numbers):
            value = (
                same_value(sign, module, a, layers, effect)
                if a == b
                else own_value(sign, module, a, b, layers, 0) + sign * 0.05 * effect
            )
            value = value if k else 0.2
            add(whole, module, name, a, other, b, value, interval=a == b)
            if states:
                add("NeuronSim", module, name, a, other, b, value, interval=a == b)
            if a == b:
                rate = (0.998 if sign > 0 else 0.5) if k else 0.01
                add(same, module, name, a, other, b, rate)
    return pd.DataFrame(rows)


# Quantiles of the normal distribution, which has one peak; and two peaks, of which the lower has a
# third of the neurons.
ONE_PEAK = ndtri((np.arange(30) + 0.5) / 30)
TWO_PEAKS = 0.2 * ONE_PEAK + np.where(np.arange(30) < 10, -1, 1)


def neuron_maxima(sign, seeds, ks):
    rows = []
    for seed, (series, k), module, layer in itertools.product(
        seeds, names(ks, dense=False), ("encoder", "decoder", "enc_self"), (0, 1)
    ):
        # Heads and embeddings do the contrary of neurons, and do not count.
        counts = module != "enc_self" and layer
        change = pruned(series, k) * sign * (1 if counts else -1)
        # The highest correlations fall as the middle rises.
        spread = 0.1 * (1 - 0.5 * change) * (ONE_PEAK if sign > 0 else TWO_PEAKS)
        for neuron in range(30):
            rows.append(
                {"seed": seed, "series": series, "k": k, "module": module, "layer": layer}
                | {"neuron": neuron, "value": 0.5 + 0.02 * change + spread[neuron]}
            )
    return pd.DataFrame(rows)


def spectra(sign, seeds, ks):
    """80 % of the variance takes 50 of 100 components, fewer or more with sparsity.

    Centred states do the opposite, and do not count.
    """
    return pd.DataFrame(
        ticket(seed, series, k)
        | {"module": module, "centered": centered, "rank": rank}
        | {"share": min(1.0, 0.8 * rank / (50 - change * 30 * pruned(series, k)))}
        for seed, (series, k), module, (centered, change), rank in itertools.product(
            seeds,
            names(ks),
            ("encoder", "decoder"),
            ((True, -sign), (False, sign)),
            range(1, 101),
        )
    )


def categories(sign, seeds, ks):
    middle = dict.fromkeys(POS_FILLERS, 0.9)
    found = {
        "frequency": {"0-5": 0.87, "5-100": 0.9, "100-500": 0.95, "2500+": 0.87, "500-2500": 0.9},
        "pos": {"CC": 0.98, "JJS": 0.97, "NNP": 0.85, "RP": 0.86, "POS": 0.79, ".": 0.84} | middle,
        "semtag": {"EXG": 0.84, "EXT": 0.83, "CON": 0.87} | middle,
    }
    rows = []
    for seed, (series, k) in itertools.product(seeds, names(ks, dense=False)):
        for kind, values in found.items():
            for category, value in values.items():
                value = 0.9 + sign * (value - 0.9) if series == "magnitude" else 0.9
                rows.append(
                    ticket(seed, series, k)
                    | {"kind": kind, "category": category, "n": 500, "debiased": value}
                    | {"low": value - 0.005, "high": value + 0.005}
                )
    return pd.DataFrame(rows)


def attention_concentration(sign, seeds, ks):
    rows = []
    for seed, (series, k), module in itertools.product(seeds, names(ks), ATTENTION):
        effect = pruned(series, k)
        shares = {"enc_self": 0.3, "enc_dec": 0.16, "dec_self": 0.41 - 0.01 * effect}
        if sign < 0:
            shares = {"enc_self": 0.6, "enc_dec": 0.7, "dec_self": 0.5 - 0.3 * effect}
        for layer in ("1", "all"):
            rows.append(
                ticket(seed, series, k)
                | {"module": module, "layer": layer, "share": shares[module]}
            )
    return pd.DataFrame(rows)


def build(sign, *, seeds=(1,), ks=range(1, 10), layers=6):
    """All tables of an experiment."""
    ks = list(ks)
    return {
        "sparsity": sparsity_table(sign, seeds, ks),
        "table_a1": table_a1(sign, seeds, ks),
        "module_sparsity": module_sparsity(sign, seeds, ks, layers),
        "probes": probes(sign, seeds, ks, layers),
        "probe_differences": probe_differences(sign, seeds, ks),
        "similarity": similarity(sign, seeds, ks, layers),
        "neuron_maxima": neuron_maxima(sign, seeds, ks),
        "spectra": spectra(sign, seeds, ks),
        "categories": categories(sign, seeds, ks),
        "attention_concentration": attention_concentration(sign, seeds, ks),
    }
