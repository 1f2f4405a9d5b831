"""Claims: every rule gives each of its verdicts, and every claim agrees, differs and abstains."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from dissect.probing.statistics import Trend
from dissect.report.claims import judge, read_tables
from dissect.report.claims.experiment import COLUMNS as TABLES
from dissect.report.claims.experiment import Experiment, NotMeasurable, Ticket
from dissect.report.claims.findings import explained
from dissect.report.claims.judge import COLUMNS, all_claims, judge_one
from dissect.report.claims.model import AGREES, DIFFERS, NOT_MEASURABLE, UNDECIDED, Estimate
from dissect.report.claims.rules import (
    by_class,
    by_distance,
    by_equivalence,
    by_interval,
    by_p_value,
    by_retention,
    by_trend,
    mean,
    minus,
    over_seeds,
    share,
)
from dissect.report.paper import paper_values

PAPER = paper_values("table_a1")
CLASSES = paper_values("probing")["classes"]
SERIES = ("magnitude", "random", "control")


# The rules.


@pytest.mark.parametrize(
    ("low", "high", "sign", "bar", "verdict"),
    [
        (0.1, 0.3, 1, 0, AGREES),
        (-0.3, -0.1, 1, 0, DIFFERS),
        (-0.1, 0.3, 1, 0, UNDECIDED),
        (0.0, 0.3, 1, 0, UNDECIDED),
        (-0.3, -0.1, -1, 0, AGREES),
        (0.1, 0.3, -1, 0, DIFFERS),
        (-0.1, 0.3, -1, 0, UNDECIDED),
        (0.92, 0.98, 1, 0.9, AGREES),
        (0.7, 0.8, 1, 0.9, DIFFERS),
        (0.7, 0.95, 1, 0.9, UNDECIDED),
        (math.nan, math.nan, 1, 0, UNDECIDED),
    ],
)
def test_by_interval(low, high, sign, bar, verdict):
    assert by_interval(Estimate(0.2, low, high), sign, bar) == verdict


@pytest.mark.parametrize(
    ("held", "n", "verdict"),
    [(9, 9, AGREES), (8, 9, AGREES), (7, 9, UNDECIDED), (0, 9, DIFFERS), (5, 5, UNDECIDED)],
)
def test_share_is_a_sign_test(held, n, verdict):
    found = share([True] * held + [False] * (n - held))
    assert found.value == pytest.approx(held / n)
    assert by_interval(found, 1, 0.5) == verdict


def test_the_shares_interval_is_exact():
    # Nothing but successes: the lower end solves low^n = .025.
    found = share([True] * 9)
    assert found.low == pytest.approx(0.025 ** (1 / 9), abs=1e-6)
    assert found.high == 1


@pytest.mark.parametrize(
    ("change", "rho", "p", "sign", "verdict"),
    [
        (Estimate(0.1), 0.9, 0.01, 1, AGREES),
        (Estimate(-0.1), -0.9, 0.01, -1, AGREES),
        (Estimate(-0.1), -0.9, 0.01, 1, DIFFERS),
        (Estimate(0.1), 0.9, 0.01, -1, DIFFERS),
        (Estimate(0.1), 0.9, 0.2, 1, UNDECIDED),  # no trend
        (Estimate(-0.1), 0.9, 0.01, 1, UNDECIDED),  # the ticket lies the other way
        (Estimate(0.1, -0.05, 0.3), 0.9, 0.01, 1, UNDECIDED),  # seeds disagree
        (Estimate(0.1, 0.05, 0.3), 0.9, 0.01, 1, AGREES),
        (Estimate(0.0), 0.9, 0.01, 1, UNDECIDED),
    ],
)
def test_by_trend(change, rho, p, sign, verdict):
    assert by_trend(change, Trend(rho, p, 1e-4), sign) == verdict


def test_by_distance():
    assert by_distance(0.57, 0.55, 0.05) == AGREES
    assert by_distance(0.63, 0.55, 0.05) == DIFFERS


@pytest.mark.parametrize(
    ("value", "p_values", "verdict"),
    [
        (-1, [0.01, 0.02], AGREES),
        (1, [0.01], DIFFERS),
        (-1, [0.01, 0.2], UNDECIDED),
        (-1, [math.nan], UNDECIDED),
    ],
)
def test_by_p_value(value, p_values, verdict):
    assert by_p_value(value, p_values, -1) == verdict


@pytest.mark.parametrize(
    ("ratio", "p_values", "verdict"),
    [
        (1.02, [0.01], AGREES),  # above LTH0, however surely
        (0.995, [0.4], AGREES),
        (0.995, [0.4, 0.01], UNDECIDED),
        (0.97, [0.4], UNDECIDED),
        (0.97, [0.01, 0.3], UNDECIDED),
        (0.97, [0.01], DIFFERS),
    ],
)
def test_by_retention(ratio, p_values, verdict):
    assert by_retention(ratio, p_values, 0.99) == verdict


def test_by_class():
    assert by_class("degrading", "degrading") == AGREES
    assert by_class("improving", "degrading") == DIFFERS
    assert by_class("invariant", "degrading") == UNDECIDED
    assert by_class("undecided", "improving") == UNDECIDED


@pytest.mark.parametrize(
    ("found", "low", "high", "verdict"),
    [
        ("invariant", -0.01, 0.01, AGREES),
        ("invariant", -0.03, 0.01, UNDECIDED),  # no trend shown, but none excluded
        ("degrading", -0.01, 0.01, DIFFERS),
        ("undecided", -0.01, 0.01, UNDECIDED),
    ],
)
def test_by_equivalence(found, low, high, verdict):
    assert by_equivalence(found, Estimate(0, low, high), 0.016) == verdict


def test_intervals_of_a_difference_a_mean_and_several_seeds():
    a, b = Estimate(0.9, 0.87, 0.94), Estimate(0.5, 0.46, 0.53)
    difference = minus(a, b)
    assert difference.value == pytest.approx(0.4)
    assert difference.low == pytest.approx(0.4 - math.hypot(0.03, 0.03))
    assert difference.high == pytest.approx(0.4 + math.hypot(0.04, 0.04))
    assert mean([a, b]).low == pytest.approx((0.87 + 0.46) / 2)
    assert over_seeds([a, b]) == Estimate(pytest.approx(0.7), 0.46, 0.94)
    assert over_seeds([Estimate(1), Estimate(3)]) == Estimate(2, 1, 3)
    assert math.isnan(over_seeds([Estimate(1)]).low)


def test_what_the_control_explains():
    assert explained(0.10, 0.12, 1) == "training on explains all of it"
    assert explained(-0.10, -0.06, -1) == "training on explains 60 % of it"
    assert explained(0.10, 0.005, 1) == "training on does not explain it"
    assert explained(0.10, -0.06, 1) == "training on does not explain it"
    assert explained(0.1, 0.1, 1, "random") == "pruning anything explains all of it"
    assert "against the control (-0.04) the direction is the" in explained(0.01, 0.05, -1)
    assert explained(0.05, 0.01, -1) == "against the control it is not so either"


# Tables that agree with the paper in everything (sign 1), or in nothing (sign -1).

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
        return 27.77, math.nan
    if sign > 0:
        column = {"magnitude": "bleu_mp", "random": "bleu_random"}.get(series)
        fallen = series == "random" or (series == "magnitude" and k > 7)
        return PAPER[column][k] if column else 28.0, 0.001 if fallen else 0.5
    return {"magnitude": 25 + 0.2 * (k == 8), "random": 29.0, "control": 28.0}[series], 0.001


def table_a1(sign, seeds, ks):
    rows = []
    for seed, (series, k) in itertools.product(seeds, names(ks)):
        bleu, p = bleu_of(sign, series, k)
        rows.append(
            ticket(seed, series, k)
            | {"bleu": bleu, "bleu_low": bleu - 0.05, "bleu_high": bleu + 0.05}
            | {"bleu_p_vs_lth0": p}
        )
    return pd.DataFrame(rows)


def module_factor(sign, base, block, layer, layers, part):
    place = (layer - 1) / max(layers - 1, 1) - 0.5  # -.5 in the first layer, .5 in the last
    if block == "fc":
        return 1 + sign * 0.1 * place
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
                for part in ("fc1", "fc2") if block == "fc" else "qkvo":
                    factor = module_factor(sign, base, block, layer, layers, part)
                    share_ = base * (factor if series == "magnitude" else 1)
                    rows.append(
                        ticket(seed, series, k)
                        | {"side": side, "layer": layer, "block": block, "part": part}
                        | {"kind": "weight", "total": 10_000, "pruned": round(10_000 * share_)}
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


def probe_trends(sign, ks):
    rows = []
    for (task, group), probe, series in itertools.product(
        GROUPS.items(), ("linear", "mlp"), SERIES
    ):
        found = class_of(sign, task, probe, series)
        difference = {"degrading": -0.03, "improving": 0.03, "invariant": 0.001}[found]
        rows.append(
            {"task": task, "group": group, "probe": probe, "series": series}
            | {"tickets": len(ks) + 1, "rho": np.sign(difference) * 0.9, "p_trend": 0.001}
            | {"difference": difference, "low": difference - 0.01, "high": difference + 0.01}
            | {"p_corrected": 0.01, "class": found if len(ks) > 4 else "undecided"}
        )
    return pd.DataFrame(rows)


def probe_differences(sign, seeds, ks):
    return pd.DataFrame(
        {"task": task, "group": group, "probe": "linear", "seed": seed, "series": series}
        | {"ticket": f"LTH{k}", "difference": value, "low": value - 0.01, "high": value + 0.01}
        for (task, group), seed, (series, k) in itertools.product(
            GROUPS.items(), seeds, names(ks, dense=False)
        )
        for value in [-0.03 * sign if series == "magnitude" else 0.0]
    )


def score(sign, task, probe, layer, layers, effect):
    """Test score of a probe; layers differ, and sparsity moves some of them."""
    last = layer == layers
    moved = {"Syntax": 0 if last else 0.1, "POS": 0 if last else 0.1}.get(
        GROUPS[task], -0.1 if last else 0
    )
    level = {"SynPred": -0.1, "SemPred": -0.1}.get(task, 0.0)
    better = 0.2 if probe == "mlp" else 0
    return 0.4 + sign * (level + better + 0.03 * layer + moved * effect)


def probes(sign, seeds, ks, layers):
    rows = []
    for seed, (series, k) in itertools.product(seeds, names(ks)):
        for (task, group), probe, layer in itertools.product(
            GROUPS.items(), ("linear", "mlp"), range(layers + 1)
        ):
            test = score(sign, task, probe, layer, layers, 0.05 * pruned(series, k))
            rows.append(
                {"suite": "toy", "task": task, "group": group, "probe": probe, "seed": seed}
                | {"series": series, "ticket": f"LTH{k}", "layer": layer, "replicate": 0}
                | {"metric": "accuracy", "dev": test, "test": test}
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


def neuron_maxima(sign, seeds, ks):
    rows = []
    for seed, (series, k), module, layer in itertools.product(
        seeds, names(ks, dense=False), ("encoder", "decoder", "enc_self"), (0, 1)
    ):
        # Heads and embeddings do the contrary of neurons, and do not count.
        counts = module != "enc_self" and layer
        change = 0.3 * pruned(series, k) * sign * (-1 if counts else 1)
        for neuron in range(30):
            rows.append(
                {"seed": seed, "series": series, "k": k, "module": module, "layer": layer}
                | {"neuron": neuron, "value": 0.5 + change + 0.001 * neuron}
            )
    return pd.DataFrame(rows)


def spectra(sign, seeds, ks):
    """80 % of the variance takes 50 of 100 components, fewer or more with sparsity."""
    return pd.DataFrame(
        ticket(seed, series, k)
        | {"module": module, "centered": centered, "rank": rank}
        | {"share": min(1.0, 0.8 * rank / (50 - sign * 30 * pruned(series, k)))}
        for seed, (series, k), module, centered, rank in itertools.product(
            seeds, names(ks), ("encoder", "decoder"), (True, False), range(1, 101)
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
        "probe_trends": probe_trends(sign, ks),
        "similarity": similarity(sign, seeds, ks, layers),
        "neuron_maxima": neuron_maxima(sign, seeds, ks),
        "spectra": spectra(sign, seeds, ks),
        "categories": categories(sign, seeds, ks),
        "attention_concentration": attention_concentration(sign, seeds, ks),
    }


@pytest.fixture(scope="module")
def few():
    """Three tickets, which is quick."""
    return build(1, ks=[6, 7, 8])


@pytest.fixture(scope="module")
def paperlike():
    return build(1)


@pytest.fixture(scope="module")
def agreeing(paperlike):
    return judge(paperlike).set_index("id")


@pytest.fixture(scope="module")
def differing():
    return judge(build(-1)).set_index("id")


IDS = [claim.id for claim in all_claims()]


def row_of(tables, name):
    return judge_one(next(claim for claim in all_claims() if claim.id == name), tables)


# Every claim.


@pytest.mark.parametrize("claim", IDS)
def test_every_claim_agrees_with_the_papers_own_image(agreeing, claim):
    assert agreeing.loc[claim, "verdict"] == AGREES, agreeing.loc[claim].to_dict()


@pytest.mark.parametrize("claim", IDS)
def test_every_claim_differs_in_its_mirror_image(differing, claim):
    assert differing.loc[claim, "verdict"] == DIFFERS, differing.loc[claim].to_dict()


def test_without_tables_nothing_is_measurable_and_every_row_says_why():
    found = judge({})
    assert list(found.columns) == COLUMNS
    assert (found["verdict"] == NOT_MEASURABLE).all()
    assert found["note"].str.contains("missing or empty").all()
    assert found["measured"].isna().all()
    assert found["artifacts"].str.startswith("tables/").all()


def test_claims_have_names_of_their_own_and_cover_the_sections():
    claims = all_claims()
    assert len(claims) >= 30
    assert len({claim.id for claim in claims}) == len(claims)
    sections = " ".join(claim.section for claim in claims)
    for section in ("3.3", "3.4", "4.2", "4.3", "4.4", "5.2", "5.3", "5.4", "A, Table A1"):
        assert section in sections
    for claim in claims:
        assert claim.claim.endswith(".")
        assert claim.how.endswith(".")


def test_rows_name_what_they_were_read_from(agreeing):
    assert agreeing.loc["bleu-kept", "artifacts"] == "tables/table_a1.csv; tables/sparsity.csv"
    assert "tables/neuron_maxima.npz" in agreeing.loc["all-neurons-diverge", "artifacts"]


def test_measured_numbers_are_the_papers_where_the_tables_are(agreeing):
    row = agreeing.loc["bleu-kept"]
    assert row["measured"] == pytest.approx(27.61 / 27.77)
    assert row["low"] == pytest.approx(27.56 / 27.77)
    assert agreeing.loc["random-below-magnitude", "n"] == "1 seed, 7 cells"
    assert agreeing.loc["enc-dec-sparsity", "measured"] == pytest.approx(0.55, abs=0.01)
    # .669 / .832 over .664 / .79
    assert agreeing.loc["lth8-with-embeddings", "measured"] == pytest.approx(0.957, abs=1e-3)
    assert agreeing.loc["all-neurons-diverge", "n"] == "1 seed, 60 neurons"
    assert agreeing.loc["fewer-components-encoder", "measured"] == pytest.approx(26 / 50 - 1)


@pytest.mark.parametrize("name", list(TABLES))
def test_a_table_less_is_no_traceback(agreeing, few, name):
    readers = agreeing.index[agreeing["artifacts"].str.contains(f"tables/{name}[.]")]
    assert len(readers)
    less = {other: table for other, table in few.items() if other != name}
    for claim in readers:
        row = row_of(less, claim)
        if row["verdict"] == NOT_MEASURABLE:
            assert name in row["note"]
        else:  # the control's part of it, or a baseline
            assert row["note"]


def test_empty_tables_and_old_ones_without_a_column_are_no_traceback(few):
    empty = judge({name: table.iloc[:0] for name, table in few.items()})
    old = judge({name: table.rename(columns={"seed": "run"}) for name, table in few.items()})
    assert (empty["verdict"] == NOT_MEASURABLE).all()
    assert "has no column seed" in old.set_index("id").loc["bleu-kept", "note"]


@pytest.mark.parametrize("missing", [*SERIES, "dense"])
def test_a_series_less_is_no_traceback(few, missing):
    small = {name: table[table["series"] != missing] for name, table in few.items()}
    found = judge(small).set_index("id")
    unmeasured = found.index[found["verdict"] == NOT_MEASURABLE]
    if missing == "control":
        assert unmeasured.empty
        assert "No control series" in found.loc["neuronsim-falls", "note"]
    if missing == "random":
        assert set(unmeasured) == {"random-below-magnitude", "random-falls"}
    if missing == "magnitude":
        assert len(unmeasured) == len(found)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_models_with_fewer_layers_say_what_they_lack(layers):
    found = judge(build(1, ks=[4, 5, 6, 7, 8], layers=layers)).set_index("id")
    lacking = {
        1: ["layersim-higher-layers-decoder", "fc-later-sparser-encoder", "enc-self-first-odd"],
        2: ["self-last-next-encoder", "self-last-next-decoder", "decoder-last-above-next"],
        3: ["enc-dec-halves"],
    }[layers]
    for claim in lacking:
        assert found.loc[claim, "verdict"] == NOT_MEASURABLE
        assert "layers" in found.loc[claim, "note"].lower()
    if layers == 2:
        assert found.loc["early-nearer-final-decoder", "verdict"] == AGREES
        assert "Layers 1 and 2." in found.loc["early-nearer-final-decoder", "note"]


def test_two_tickets_decide_no_trend_and_no_majority():
    found = judge(build(1, ks=[1, 2])).set_index("id")
    for claim in ("neuronsim-falls", "fewer-components-encoder", "enc-dec-least"):
        assert found.loc[claim, "verdict"] == UNDECIDED
    assert found.loc["degrading-Coref", "verdict"] == UNDECIDED
    assert "Too few tickets" in found.loc["degrading-Coref", "note"]


def test_the_control_is_named_where_it_explains(paperlike):
    rows = paperlike["spectra"].copy()
    control, same = rows["series"] == "control", rows["series"] == "magnitude"
    rows.loc[control, "share"] = rows.loc[same, "share"].to_numpy()  # trained on: just as simple
    row = row_of({**paperlike, "spectra": rows}, "fewer-components-decoder")
    assert row["verdict"] == AGREES
    assert "training on explains all of it" in row["note"]
    row = row_of(paperlike, "early-nearer-final-decoder")
    assert "training on does not explain it" in row["note"]


def test_other_seeds_are_the_baseline_where_there_are_any(paperlike):
    two = build(1, seeds=(1, 2), ks=[6, 7, 8])
    assert "different seeds it is 0.2" in row_of(two, "layersim-falls-encoder")["note"]
    row = row_of(two, "fewer-components-decoder")
    assert row["n"] == "2 seeds, 4 tickets"
    assert "Seeds start up to 0 apart, less than this change." in row["note"]
    one = row_of(paperlike, "layersim-falls-encoder")
    assert "no seed-to-seed baseline" in one["note"]
    assert "One seed" in row_of(paperlike, "fewer-components-decoder")["note"]


def test_a_claim_that_holds_as_well_without_pruning_says_so(agreeing):
    note = agreeing.loc["dec-self-homogeneous", "note"]
    assert "so that it holds without pruning too" in note
    assert "20 of 20" in note


def test_labels_that_are_not_there_are_named(paperlike):
    rows = paperlike["categories"]
    small = {**paperlike, "categories": rows[rows["kind"] == "frequency"]}
    row = row_of(small, "category-period")
    assert row["verdict"] == NOT_MEASURABLE
    assert row["note"] == "No labels of the kind pos."
    small = {**paperlike, "categories": rows[rows["category"] != "100-500"]}
    assert "100-500" in row_of(small, "mid-frequency-above-rare")["note"]


def test_tasks_that_were_not_probed_are_named(paperlike):
    small = {
        name: table[table["task"] != "Coref"] if "task" in table else table
        for name, table in paperlike.items()
    }
    for claim in ("degrading-Coref", "mlp-no-rescue-Coref", "semantics-before-bleu"):
        row = row_of(small, claim)
        assert row["verdict"] == NOT_MEASURABLE
        assert "Coref" in row["note"]
    assert row_of(small, "degrading-PS-Fxn")["verdict"] == AGREES


def test_no_gain_leaves_nothing_for_an_mlp_to_remove(paperlike):
    trends = paperlike["probe_trends"].copy()
    linear = (trends["task"] == "SynPred") & (trends["probe"] == "linear")
    trends.loc[linear, "class"] = "invariant"
    row = row_of({**paperlike, "probe_trends": trends}, "mlp-no-gain-SynPred")
    assert row["verdict"] == UNDECIDED


# Which ticket stands for which of the paper's.


def of_sparsities(levels):
    rows = [{"seed": 1, "series": "magnitude", "k": k, "sparsity_incl": s, "sparsity_excl": s}
            for k, s in enumerate(levels, start=1)]  # fmt: skip
    return Experiment({"sparsity": pd.DataFrame(rows)})


def test_the_nearest_sparsity_stands_for_the_papers_ticket():
    experiment = of_sparsities([0.5, 0.75, 0.875])
    assert experiment.ticket(7, [1, 2, 3]).k == 2
    assert experiment.ticket(7, [1, 2, 3]).note == (
        "LTH2 (75.0 % sparse) stands for the paper's LTH7 (79.0 % sparse)."
    )
    assert experiment.ticket(8, [1, 2, 3]).k == 3
    assert experiment.ticket(7, [1]) == Ticket(
        1,
        "No ticket is near the paper's LTH7 (79.0 % sparse): the last, LTH1 (50.0 %), stands "
        "for it.",
    )
    assert of_sparsities([0.9, 0.95]).ticket(7, [0, 1, 2]).k == 2
    with pytest.raises(NotMeasurable, match="no pruned ticket"):
        experiment.ticket(7, [0])


def test_tables_are_read_and_files_without_columns_left_out(tmp_path):
    pd.DataFrame({"seed": [1]}).to_csv(tmp_path / "sparsity.csv", index=False)
    (tmp_path / "probes.csv").write_text("\n")
    np.savez(tmp_path / "maxima.npz", **{"seed1/magnitude/LTH3/encoder/2": np.array([0.5, 0.7])})
    tables = read_tables(
        {
            "sparsity": tmp_path / "sparsity.csv",
            "probes": tmp_path / "probes.csv",
            "spectra": tmp_path / "nowhere.csv",
            "neuron_maxima": tmp_path / "maxima.npz",
        }
    )
    assert set(tables) == {"sparsity", "neuron_maxima"}
    assert tables["neuron_maxima"].to_dict("records") == [
        {"seed": 1, "series": "magnitude", "k": 3, "module": "encoder", "layer": 2}
        | {"neuron": neuron, "value": value}
        for neuron, value in enumerate([0.5, 0.7])
    ]
