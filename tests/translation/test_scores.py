"""BLEU and its statistics against sacrebleu, and what fairseq-generate prints."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest

from ticketscope.corpus.tokenization import tokenize_line
from ticketscope.errors import InputError
from ticketscope.stats.resampling import interval, paired_p_value, resample
from ticketscope.translation.decoding import parse
from ticketscope.translation.scores import bootstrap_bleu, corpus_bleu, score, split_compounds
from ticketscope.translation.table_a1 import COLUMNS, collect, score_seed

WORDS = ["der", "die", "Hund", "Katze", "schläft", "läuft", "alt", "U-Bahn", ",", "&"]


def references():
    generator = random.Random(1)
    return [" ".join(generator.choices(WORDS, k=generator.randint(4, 12))) for _ in range(150)]


def noisy(lines, rate, seed):
    """The lines with a share of their words replaced: a system of known badness."""
    generator = random.Random(seed)
    return [
        " ".join(
            generator.choice(WORDS) if generator.random() < rate else word for word in line.split()
        )
        for line in lines
    ]


def scored(hypotheses, lines):
    return score(
        hypotheses,
        lines,
        tokenized_hypotheses=tokens(hypotheses),
        tokenized_references=tokens(lines),
    )


def tokens(lines):
    return [tokenize_line(line, "de", "moses-no-dash-splits") for line in lines]


def test_scores_and_signatures_are_sacrebleus():
    lines = references()
    hypotheses = noisy(lines, 0.3, 2)
    bleu, chrf = BLEU(), CHRF()
    result = scored(hypotheses, lines)
    assert result.bleu == pytest.approx(bleu.corpus_score(hypotheses, [lines]).score, abs=1e-9)
    assert result.chrf == pytest.approx(chrf.corpus_score(hypotheses, [lines]).score, abs=1e-9)
    assert result.signature == f"BLEU|{bleu.get_signature()} chrF|{chrf.get_signature()}"
    assert "tok:13a" in result.signature


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from("abcd"), max_size=8),
            st.lists(st.sampled_from("abcd"), min_size=1, max_size=8),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_bleu_from_statistics_is_sacrebleus_down_to_zero_matches(pairs):
    hypotheses = [" ".join(one) for one, _ in pairs]
    lines = [" ".join(other) for _, other in pairs]
    metric = BLEU()
    statistics = np.array(metric._extract_corpus_statistics(hypotheses, [lines]))
    bleu = corpus_bleu(statistics.sum(axis=0, keepdims=True))
    assert bleu[0] == pytest.approx(metric.corpus_score(hypotheses, [lines]).score, abs=1e-9)


def test_compounds_are_split_as_in_vaswani_et_al():
    assert split_compounds("Arbeits-Zimmer - U-Bahn-Hof") == (
        "Arbeits ##AT##-##AT## Zimmer - U ##AT##-##AT## Bahn ##AT##-##AT## Hof"
    )
    # A wrong first part costs more when the compound is one token.
    lines = ["die alte Stadt-Bahn fährt heute nach Haus ."]
    result = scored(["die alte Land-Bahn fährt heute nach Haus ."], lines)
    assert result.bleu_compound_split > result.bleu


def test_a_compound_of_raw_text_counts_as_three_tokens():
    systems = {("dense", 0): ["Das Wohn-Zimmer ist neu und schön."]}
    lines = ["Das Arbeits-Zimmer ist neu und klein."]
    table, _ = score_seed(lines, systems, seed=1, language="de", resamples=2)
    hypothesis, reference = (
        f"Das {first} ##AT##-##AT## Zimmer ist neu und {last} ."
        for first, last in (("Wohn", "schön"), ("Arbeits", "klein"))
    )
    expected = BLEU(tokenize="none", force=True).corpus_score([hypothesis], [[reference]]).score
    assert table.loc[0, "bleu_compound_split"] == pytest.approx(expected)


def test_a_resample_is_the_score_of_the_sentences_drawn():
    lines = references()
    hypotheses = noisy(lines, 0.3, 2)
    statistics = scored(hypotheses, lines).statistics
    counts = resample(len(lines), 20, seed=3)
    samples = bootstrap_bleu(statistics, counts)
    for row, sample in zip(counts, samples, strict=True):
        drawn = np.repeat(np.arange(len(lines)), row)
        assert len(drawn) == len(lines)
        expected = BLEU().corpus_score([hypotheses[i] for i in drawn], [[lines[i] for i in drawn]])
        assert sample == pytest.approx(expected.score, abs=1e-9)


def test_resamples_are_seeded():
    assert (resample(50, 9, seed=1) == resample(50, 9, seed=1)).all()
    assert (resample(50, 9, seed=1) != resample(50, 9, seed=2)).any()


def test_intervals_and_p_values_agree_with_sacrebleus_paired_bootstrap():
    """Other random numbers, so the two agree as far as 4000 resamples tell; theirs is one-sided."""
    lines = references()
    systems = {
        "base": noisy(lines, 0.30, 2),
        "near": noisy(lines, 0.33, 3),
        "far": noisy(lines, 0.5, 4),
    }
    _, theirs = PairedTest(
        list(systems.items()), {"BLEU": BLEU(references=[lines])}, None,
        test_type="bs", n_samples=4000, n_jobs=1,
    )()  # fmt: skip
    counts = resample(len(lines), 4000, seed=5)
    ours = {}
    for name, hypotheses in systems.items():
        result = scored(hypotheses, lines)
        ours[name] = (result.bleu, bootstrap_bleu(result.statistics, counts))
    for place, (name, (bleu, samples)) in enumerate(ours.items()):
        expected = theirs["BLEU"][place]
        low, high = interval(samples)
        assert (high - low) / 2 == pytest.approx(expected.ci, abs=0.25)
        assert bleu == pytest.approx(expected.score, abs=1e-9)
        if name != "base":
            p_value = paired_p_value(bleu, samples, *ours["base"])
            assert p_value == pytest.approx(2 * expected.p_value, abs=0.03)


def test_the_table_has_a_row_a_ticket_tested_against_lth0():
    lines = references()
    systems = {
        ("dense", 0): noisy(lines, 0.2, 1),
        ("magnitude", 1): noisy(lines, 0.2, 1),
        ("random", 1): noisy(lines, 0.7, 2),
    }
    table, _ = score_seed(lines, systems, seed=4, language="de", resamples=300)
    assert table["ticket"].tolist() == ["LTH0", "LTH1", "LTH1"]
    assert table["bleu_p_vs_lth0"].isna().tolist() == [True, False, False]
    assert table["bleu_p_vs_lth0"].tolist()[1:] == pytest.approx([1, 1 / 301])
    split = [scored(hypotheses, lines).bleu_compound_split for hypotheses in systems.values()]
    assert table["bleu_compound_split"].tolist() == split
    assert (table["bleu_low"] < table["bleu"]).all() and (table["bleu"] < table["bleu_high"]).all()
    sparsity = table[["seed", "series", "ticket", "k"]].assign(sparsity_incl=0.1, sparsity_excl=0.2)
    seen = {"dense": [60], "magnitude": [90], "random": [120]}
    joined = collect(table, sparsity, experiment="mine", epochs_seen=seen)
    assert list(joined.columns) == COLUMNS
    assert joined["epochs_seen"].tolist() == [60, 90, 120]


def test_hypotheses_are_put_in_the_texts_order():
    printed = (
        "2026 | INFO | loaded\nS-1\tb@@ c\nT-1\tx\nH-1\t-0.5\tB@@ c\nD-1\t-0.5\tBc\nP-1\t-0.1\n"
        "S-0\ta\nH-0\t-1.25\tA a\nP-0\t-0.3\nH-2\t-0.2\t\nGenerate test with beam=4: BLEU4 = 1\n"
    )
    assert parse(printed, 3) == ["A a", "B@@ c", ""]
    with pytest.raises(InputError, match=r"no translation of sentence 4 \(and 1 others\): longer"):
        parse(printed, 5)


def test_resamples_have_the_same_sentences_for_all_seeds():
    lines = references()
    systems = {("dense", 0): noisy(lines, 0.2, 1), ("magnitude", 1): noisy(lines, 0.4, 2)}
    (table, first), (_, other) = (
        score_seed(lines, systems, seed=seed, language="de", resamples=200) for seed in (4, 5)
    )
    assert first["bleu"].tolist() == other["bleu"].tolist()
    assert set(first["seed"]) == {4} and first.groupby("k").size().tolist() == [200, 200]
    low, high = first[first["k"] == 1]["bleu"].quantile([0.025, 0.975])
    assert table.loc[1, ["bleu_low", "bleu_high"]].tolist() == pytest.approx([low, high], abs=1e-3)


def test_a_model_that_writes_nothing_scores_zero_in_every_column():
    lines = ["Der alte Hund schläft .", "Die Katze ist klein ."] * 5
    systems = {("dense", 0): [""] * 10, ("magnitude", 1): [""] * 10, ("magnitude", 2): lines}
    table, resamples = score_seed(lines, systems, seed=1, language="de", resamples=50)
    nothing, learned = table.iloc[:2], table.iloc[2]
    scores = ["bleu", "bleu_low", "bleu_high", "bleu_compound_split", "chrf"]
    assert (nothing[scores] == 0).all(axis=None)
    assert nothing["bleu_p_vs_lth0"].iloc[1] == 1 and learned["bleu_p_vs_lth0"] < 0.05
    assert resamples["bleu"].notna().all()
