"""Contrasts, words, decoding and flips by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from ticketscope.behaviour.answers import predictions
from ticketscope.behaviour.contrast_items import Contrast, read_contrasts, write_contrasts
from ticketscope.behaviour.contrasts import contrast_table, flips, item_table, margins, mcnemar
from ticketscope.behaviour.flips import (
    RESAMPLES,
    flip_resamples,
    flip_table,
    right_contrasts,
    right_predictions,
    right_translations,
    well_translated,
)
from ticketscope.behaviour.free_decoding import decoding_table
from ticketscope.behaviour.words import Buckets, count_words, frequencies, word_table
from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.runtime.outputs import write_arrays
from ticketscope.stats.resampling import resample

DENSE, OTHER = TicketName(1, "dense", 0), TicketName(2, "dense", 0)
SPARSE, CONTROL = TicketName(1, "magnitude", 2), TicketName(1, "control", 2)


def scored(*margin, per_token=None, greedy=None):
    values = np.array(margin, dtype=np.float32)
    return {
        "toy": {
            "margin": values,
            "margin_per_token": values if per_token is None else np.array(per_token),
            "greedy": np.ones(len(values), bool) if greedy is None else np.array(greedy),
        }
    }


ITEMS = [
    Contrast("s", "c", "i", "pronoun", True, ("Coref",)),
    Contrast("s", "c", "i", "pronoun", False, ("Coref",)),
    Contrast("s", "c", "i", "negation", None),
    Contrast("s", "c", "i", "pronoun", False, ("Coref",)),
]


def row(table, ticket, phenomenon="pronoun", subset="all"):
    rows = table[(table["series"] == ticket.series) & (table["k"] == ticket.k)]
    rows = rows[(rows["phenomenon"] == phenomenon) & (rows["subset"] == subset)]
    return rows.iloc[0] if len(rows) else None


def test_contrasts_by_hand():
    scores = {
        DENSE: scored(1, 2, 3, -1, greedy=[False, True, True, True]),
        SPARSE: scored(-1, 2, 3, 4, per_token=[-1, -2, 3, 4]),
        CONTROL: scored(1, 1, 0, 1),
    }
    table = contrast_table(scores, item_table({"toy": ITEMS}), resamples=100)
    sparse = row(table, SPARSE)
    assert (sparse["items"], sparse["accuracy"], sparse["accuracy_per_token"]) == (3, 2 / 3, 1 / 3)
    assert sparse["margin"] == pytest.approx(5 / 3)
    assert sparse["margin_per_token"] == pytest.approx(1 / 3)
    assert (sparse["lost"], sparse["gained"], sparse["p_vs_lth0"]) == (1, 1, 1)
    assert (sparse["lost_vs_control"], sparse["gained_vs_control"]) == (1, 0)
    assert row(table, SPARSE, subset="minority")["accuracy"] == 0
    assert row(table, SPARSE, subset="majority")["accuracy"] == 1
    # What LTH0 itself would write: for all tickets the same items.
    assert row(table, SPARSE, subset="own")["items"] == 2
    assert row(table, SPARSE, "negation", "minority") is None
    # Who scores both alike does not know which is right.
    tie = row(table, CONTROL, "negation")
    assert tie["accuracy"] == tie["accuracy_per_token"] == 0
    assert np.isnan(row(table, DENSE)["lost"]) and np.isnan(row(table, CONTROL)["p_vs_control"])


def test_contrasts_have_the_interval_of_their_resamples_and_the_p_values_of_their_flips():
    before, control, after = np.ones((3, 30))
    before[20:], control[19:], after[11:29] = -1, -1, -1
    scores = {DENSE: scored(*before), SPARSE: scored(*after), CONTROL: scored(*control)}
    items = item_table({"toy": ITEMS[:1] * 30})
    sparse = row(contrast_table(scores, items, resamples=400), SPARSE)
    low, high = np.quantile(resample(30, 400) @ (after > 0) / 30, [0.025, 0.975])
    assert sparse["accuracy_low"] == pytest.approx(low) and low < 12 / 30
    assert sparse["accuracy_high"] == pytest.approx(high) and high > 12 / 30
    assert (sparse["lost"], sparse["gained"]) == (9, 1)
    assert (sparse["lost_vs_control"], sparse["gained_vs_control"]) == (8, 1)
    assert sparse["p_vs_lth0"] == pytest.approx(binomtest(1, 10).pvalue)
    assert sparse["p_vs_control"] == pytest.approx(binomtest(1, 9).pvalue)


def test_mcnemar_is_a_sign_test_of_the_flips():
    before = np.array([True, True, True, False, False])
    after = np.array([True, False, False, True, False])
    assert flips(before, after) == (2, 1)
    assert mcnemar(2, 9) == pytest.approx(binomtest(2, 11).pvalue)
    assert mcnemar(0, 0) == 1


def test_words_are_counted_as_compare_mt_does():
    train = frequencies(["a a a b", "a b c"])
    buckets = Buckets([1, 3], train)
    assert buckets.ranges == [(0, 0), (1, 2), (3, None)]
    assert [buckets.of(word) for word in ("a", "b", "x")] == [2, 1, 0]
    counts = count_words(["a a b y", "c c b"], ["a b b x", "c"], buckets)
    assert counts.sum(axis=0).tolist() == [[0, 1, 1], [2, 4, 3], [1, 2, 1]]
    table = word_table({SPARSE: counts}, buckets, resamples=100).set_index("bucket")
    assert table["words"].tolist() == [1, 3, 1]
    assert table.loc[1, ["precision", "recall"]].tolist() == [1 / 2, 2 / 3]
    assert table.loc[2, ["precision", "recall"]].tolist() == [1 / 2, 1]
    assert table["f1"].tolist() == pytest.approx([0, 4 / 7, 2 / 3]) and pd.isna(
        table.loc[2, "last"]
    )
    # One sentence twice, or both; a draw without the first says nothing of the word a, and is no 0.
    assert table["f1_low"].tolist() == pytest.approx([0, 1 / 2, 2 / 3])
    assert table["f1_high"].tolist() == pytest.approx([0, 2 / 3, 2 / 3])
    none = word_table({SPARSE: np.zeros((2, 3, 3), dtype=np.int64)}, buckets, resamples=10)
    assert none[["precision", "recall", "f1", "f1_low", "f1_high"]].isna().all(axis=None)


def test_decoding_by_hand():
    table = decoding_table(
        {DENSE: ["a b@@ c d", "e f"], SPARSE: ["a b@@ x d", "e f"], CONTROL: ["", "a b c a b c"]},
        sources=["s d", "t b"],
        references=["a bc d", "e f"],
        tokenizer="moses",
    ).set_index("series")
    assert table.loc["dense", ["identical", "departure", "copied"]].tolist() == [1, 1, 0]
    assert table.loc["magnitude", "identical"] == 0.5
    assert table.loc["magnitude", "departure"] == pytest.approx((2 / 5 + 1) / 2)
    assert table.loc["magnitude", "length_ratio"] == 1
    # d stands in the source, and in the reference too; of four sequences the last repeats one.
    assert table.loc["magnitude", "copied"] == 0
    assert table.loc["control", "repeated"] == 1 / 4 and table.loc["control", "departure"] == 0
    # Of six words two are the source's b; the references have five.
    assert table.loc["control", ["copied", "length_ratio"]].tolist() == [2 / 6, 6 / 5]


def test_churn_is_what_the_mean_cannot_see():
    right = {
        ("translation", "chrF"): {
            DENSE: np.array([1, 1, 1, 0, 0, 0, 1, 1], bool),
            SPARSE: np.array([0, 0, 1, 1, 0, 0, 1, 1], bool),
            OTHER: np.array([1, 1, 1, 1, 1, 0, 1, 1], bool),
        }
    }
    table = flip_table(right, [1, 2]).set_index(["series", "seed"])
    sparse, other = table.loc[("magnitude", 1)], table.loc[("dense", 2)]
    assert (sparse["lost"], sparse["gained"], sparse["churn"], sparse["net"]) == (
        2,
        1,
        0.25,
        -0.125,
    )
    assert (other["other_seed"], other["gained"], other["churn"], other["net"]) == (1, 2, 0, 0.25)
    assert len(table) == 2
    twice = right | {("translation", "again"): right["translation", "chrF"]}  # a mean over names
    drawn = flip_resamples(twice)
    assert set(drawn["series"]) == {"magnitude"} and drawn["churn"].std() > 0
    counts = resample(8, RESAMPLES)
    expected = 2 * np.minimum(counts[:, [0, 1]].sum(axis=1), counts[:, 3]) / 8
    assert drawn["churn"].tolist() == expected.tolist()


def test_flips_of_contrasts_and_predictions(tmp_path):
    scores = {DENSE: scored(1, 2, 3, -1), SPARSE: scored(-1, 2, 3, 4, per_token=[1, -2, -3, -4])}
    write_arrays(tmp_path / "margins.npz", dict(margins(scores)))
    right = right_contrasts(item_table({"toy": ITEMS}), tmp_path / "margins.npz")
    assert right["contrast", "toy/pronoun"][SPARSE].tolist() == [False, True, True]
    assert right["contrast", "toy/negation"][DENSE].tolist() == [True]

    probes = pd.DataFrame(
        {"suite": "toy", "task": task, "group": "g", "probe": "linear", "metric": metric,
         "seed": seed, "series": series, "ticket": ticket, "layer": layer, "replicate": replicate,
         "dev": dev, "test": 0.5, "at_floor": False}
        for task, metric in (("POS", "accuracy"), ("EF", "pearson"))
        for seed, series, ticket, best in ((1, "dense", "LTH0", 2), (1, "magnitude", "LTH2", 1),
                                           (1, "untrained", "LTH0", 1), (2, "dense", "LTH0", 1))
        for replicate in (0, 1)
        for layer, dev in ((1, 0.5 + (best == 1)), (2, 0.9))
    )  # fmt: skip
    files = {}
    for ticket, best, chosen in ((DENSE, 2, [1, 2]), (SPARSE, 2, [1, 3]), (OTHER, 1, [0, 2])):
        files[ticket, "all"] = tmp_path / f"{ticket.series}{ticket.seed}.npz"
        predicted = np.full((4, 2), 9)
        predicted[best - 1] = chosen
        arrays = {"layer": np.array([1, 2, 1, 2]), "predicted": predicted, "gold": [1, 2]}
        arrays |= {"offsets": [0, 2], "instances": np.array(["s"])}
        arrays = {
            f"{task}/linear/{name}": a for task in ("POS", "EF") for name, a in arrays.items()
        }
        write_arrays(files[ticket, "all"], arrays)
    files[TicketName(1, "untrained", 0), "all"] = tmp_path / "none.npz"
    right = right_predictions(predictions(probes, files))
    # Of the first replicate, on the layer that is best in the seed's LTH0, whatever is best in the
    # ticket; not of numbers.
    assert list(right) == [("linear", "POS")]
    assert right["linear", "POS"][SPARSE].tolist() == [True, False]
    assert right["linear", "POS"][OTHER].tolist() == [False, True]


def test_a_sentence_is_well_translated_by_its_own_chrf():
    lines = ["the house is red", "the house is red"]
    assert well_translated(["the house is red", "a cat"], lines, 70).tolist() == [True, False]
    # 71.4 by characters alone; chrF++, which counts words too, has 67.1.
    assert well_translated(["the houses is red"] * 2, lines, 70).all()
    right = right_translations({SPARSE: ["a cat", "the house is red"]}, lines, 70)
    assert right["translation", "chrF"][SPARSE].tolist() == [False, True]


def test_a_set_is_written_and_read_back(tmp_path):
    path = tmp_path / "set.tsv"
    items = [Contrast('He said "yes"', "c", "i", "x", True, ("Coref", "EF")), *ITEMS]
    write_contrasts(path, items)
    assert read_contrasts(path) == items


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source\tcorrect\tphenomenon\n", "line 1: the columns of a contrast set are"),
        ("source\tcorrect\tincorrect\tphenomenon\textra\n", "found: source, correct"),
        ("source\tcorrect\tincorrect\tphenomenon\na\tb\n", "line 2: 2 fields, the header has 4"),
        ("source\tcorrect\tincorrect\tphenomenon\na\tb\tc\td\na\tb\tb\td\n", "line 3: correct and"),
        ("source\tcorrect\tincorrect\tphenomenon\n\tb\tc\td\n", "line 2: source is empty"),
        ("source\tcorrect\tincorrect\tphenomenon\tminority\na\tb\tc\td\tx\n", "minority is 'x'"),
        ("source\tcorrect\tincorrect\tphenomenon\na\tb\tc\tNA\n", "line 2: phenomenon: NA re"),
        ("source\tcorrect\tincorrect\tphenomenon\na\tb\tc\td\x1b\n", "2: phenomenon: 'd.x1b' has"),
        ("source\tcorrect\tincorrect\tphenomenon\na\tb\tc\td \n", "2: phenomenon begins or ends"),
        ("source\tcorrect\tincorrect\tphenomenon\n", "has no contrasts"),
    ],
)
def test_a_wrong_file_is_one_line_that_names_the_place(tmp_path, text, message):
    path = tmp_path / "set.tsv"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as raised:
        read_contrasts(path)
    assert str(path) in str(raised.value) and "\n" not in str(raised.value)


def test_a_missing_or_binary_file_is_one_line_too(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_contrasts(tmp_path / "none.tsv")
    (tmp_path / "set.tsv").write_bytes(b"source\xff")
    with pytest.raises(InputError, match="line 1: not UTF-8"):
        read_contrasts(tmp_path / "set.tsv")
