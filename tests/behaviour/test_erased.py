"""From a task's words to what a small model does without them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sacrebleu.metrics import BLEU

from tests.lottery import quiet
from tests.representations.conftest import TINY, save_untrained
from ticketscope.behaviour.contrast_items import Contrast
from ticketscope.behaviour.contrast_scores import EncodedSet, score_contrasts
from ticketscope.behaviour.contrasts import flips
from ticketscope.behaviour.erased import COLUMNS, diverge_erased, erasure_table, measure_erased
from ticketscope.behaviour.erased_tasks import Condition, erase_text, label_words
from ticketscope.behaviour.erasure import NO_LABEL
from ticketscope.behaviour.force_decoding import encode_pairs, encode_source, intervene
from ticketscope.behaviour.probabilities import diverge
from ticketscope.behaviour.spot_check import Sentences, SpotCheck, translate
from ticketscope.corpus.spread import spread
from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.probing.data import Data
from ticketscope.probing.instances import Instance, write_instances
from ticketscope.probing.tasks.registry import SPLITS
from ticketscope.representations.model import load_model
from ticketscope.representations.vectors import new_vectors
from ticketscope.translation.scores import corpus_bleu, sentence_statistics

DIM = 16
PACE = {"max_tokens": 60, "progress": quiet}


@pytest.fixture(scope="module")
def model(data_bin, tmp_path_factory):
    path = tmp_path_factory.mktemp("untrained") / "checkpoint.pt"
    return load_model(save_untrained(data_bin, path, *TINY), data_bin)


@pytest.fixture(scope="module")
def pairs(data_bin):
    """Lines of valid: source, reference, and the reference of the next line."""
    source, target = (
        (data_bin.parent / f"valid.{language}").read_text().splitlines()
        for language in ("en", "de")
    )
    return {"source": source, "correct": target, "incorrect": target[1:] + target[:1]}


@pytest.fixture
def task(tmp_path):
    """A probing text of a task: word vectors of two layers, places, alignment, instances."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, (300, 4))
    vectors = generator.normal(size=(2, 1200, DIM)).astype(np.float32)
    vectors[1] += 3 * np.random.default_rng(5).normal(size=(3, DIM))[labels.ravel()]
    rows = np.arange(0, 1200, 4)[:, None] + [0, 4]
    places, files = {}, {}
    for split, numbers in (
        ("train", range(200)),
        ("dev", range(200, 250)),
        ("test", range(250, 300)),
    ):
        files[split] = tmp_path / f"{split}.jsonl.gz"
        tokens = ("a", "b", "c", "d")
        write_instances(
            files[split],
            [Instance(str(i), tokens, tuple(f"c{n}" for n in labels[i])) for i in numbers],
        )
        chosen = rows[numbers.start : numbers.stop]
        for name in ("T", "same"):
            places |= {f"{name}/{split}": chosen}
            places |= {f"{name}/{split}/instances": np.arange(len(chosen))}
    with new_vectors(tmp_path / "words.npy", vectors.shape, "float32") as words:
        words[:] = vectors
    np.savez(tmp_path / "places.npz", **places)
    np.savez(tmp_path / "alignment.npz", spans=np.array([[0, 1]] * 1200, dtype=np.int32))
    return {"T": files}, *(tmp_path / f"{name}" for name in
                           ("words.npy", "places.npz", "alignment.npz"))  # fmt: skip


def test_a_task_is_erased_from_the_last_layer_and_a_random_subspace_beside_it(task):
    erasures = erase_text(*task, seed=1, draws=2)
    erased, other = erasures[Condition("T", "erased")], erasures[Condition("T", "random")]
    assert erased.probe == other.probe > 0.95
    assert erased.probe_erased == erased.majority < 0.5
    assert erased.probe_left == pytest.approx(erased.majority, abs=0.15)
    # Dev's words are not those that the map was fit on: by chance something is left to learn.
    assert erased.probe_left != erased.majority
    assert other.probe_erased > 0.8 and other.probe_left > 0.8
    assert erased.eraser.rank == other.eraser.rank == 2
    # What probes read is of the first draw, which does not depend on how many follow.
    again = erase_text(*task, seed=1, draws=1)[Condition("T", "random")]
    assert torch.equal(again.eraser.left, other.eraser.left)
    assert again.probe_erased == other.probe_erased and again.probe_left == other.probe_left
    first, second = other.erasers
    assert not torch.allclose(first.left, second.left) and len(erased.erasers) == 1
    third = erase_text(*task, seed=2, draws=1)[Condition("T", "random")]
    assert not torch.allclose(third.eraser.left, other.eraser.left)
    files, *text = task
    twins = erase_text({"T": files["T"], "same": files["T"]}, *text, seed=1, draws=1)
    ours, same = (twins[Condition(name, "random")].eraser.left for name in ("T", "same"))
    assert torch.equal(ours, first.left) and not torch.allclose(ours, same)


def test_words_that_a_task_does_not_label_have_no_label():
    instances = [
        Instance("1", ("a", "b", "c"), ("x", "y"), indices=(0, 2)),
        Instance("2", ("d", "e"), ("y",), indices=(1,)),
    ]
    data = Data(instances, np.arange(10.0).reshape(1, 5, 2), np.array([[0, 3], [3, 5]]))
    words = label_words("T", dict.fromkeys(SPLITS, data))["train"]
    assert words.labels.tolist() == [0, NO_LABEL, 1, NO_LABEL, 1]
    assert words.vectors[2].tolist() == [4, 5]


@pytest.mark.parametrize(
    "instance",
    [
        Instance("1", ("a", "b"), ("1", "0"), pairs=((1, 0), (0, 1))),
        Instance("1", ("a", "b"), (0.5,), indices=(1,)),
    ],
)
def test_labels_of_pairs_and_numbers_are_refused(instance):
    data = Data([instance], np.zeros((1, 2, 3)), np.array([[0, 2]]))
    with pytest.raises(InputError, match="only classes of single words can be erased"):
        label_words("T", dict.fromkeys(SPLITS, data))


def test_an_identity_changes_nothing(model, pairs):
    source, (target,) = encode_pairs(model, pairs["source"], [pairs["correct"]])
    same = diverge_erased(model, source, target, {"same": [lambda state: state]}, **PACE)["same"]
    assert (same.kl == 0).all()
    np.testing.assert_array_equal(same.agreement, target.lengths)
    plain = score_contrasts(model, pairs, **PACE)
    mapped = score_contrasts(model, pairs, intervention=lambda state: state, **PACE)
    np.testing.assert_allclose(plain["margin"], mapped["margin"], rtol=1e-5)


def test_an_eraser_reaches_the_decoder(model, pairs, task):
    """Each intervention as it would be alone, and several as their mean."""
    source, (target,) = encode_pairs(model, pairs["source"], [pairs["correct"]])
    erasures = erase_text(*task, seed=1, draws=2)
    erasers = {condition: [erasure.eraser] for condition, erasure in erasures.items()}
    moved = diverge_erased(model, source, target, erasers, **PACE)
    for condition, (eraser,) in erasers.items():
        divergence = moved[condition]
        assert (divergence.kl > 0).all()
        alone = diverge(model, model, source, target, intervention=eraser, **PACE)
        np.testing.assert_allclose(divergence.kl, alone.kl, rtol=1e-5)
        np.testing.assert_allclose(divergence.log_probability, alone.log_probability, rtol=1e-5)
    both = diverge_erased(
        model, source, target, {0: [each for (each,) in erasers.values()]}, **PACE
    )
    mean = sum(each.kl for each in moved.values()) / 2
    np.testing.assert_allclose(both[0].kl, mean, rtol=1e-5)
    plain = score_contrasts(model, pairs, **PACE)["margin"]
    erased = score_contrasts(model, pairs, intervention=eraser, **PACE)["margin"]
    assert np.abs(plain - erased).max() > 1e-4


@pytest.mark.parametrize("left", [True, False])
def test_subwords_are_erased_and_ends_of_sentence_are_not(model, pairs, left):
    """What a map that was fit on words would do to an end of sentence is not the task's effect."""
    loaded = replace(model, left_pad_source=left)
    source, _ = encode_pairs(loaded, ["a b c", "a"], [["b", "b"]])
    encoded = encode_source(loaded, source, np.arange(2))
    changed = intervene(encoded, torch.zeros_like)
    (before,), (after,) = encoded["encoder_out"], changed["encoder_out"]
    ends = [(3, 0), (3 if left else 1, 1)]  # (position, sentence)
    for place in np.ndindex(4, 2):
        expected = before[place] if place in ends else torch.zeros(DIM)
        assert torch.equal(after[place], expected), place
    assert before[3].abs().amax() > 0 and changed.keys() == encoded.keys()


def test_translations_read_what_the_intervention_leaves(model, pairs):
    """An identity changes nothing, and what is left of a source is its end alone."""
    some = Sentences(pairs["source"], pairs["correct"], pairs["correct"], "de", "moses")
    check = SpotCheck(model, some, max_tokens=60)
    plain = check.statistics()
    np.testing.assert_array_equal(check.statistics(lambda state: state), plain)
    source, _ = encode_pairs(model, pairs["source"], [pairs["correct"]])
    lines = translate(model, source, 60, torch.zeros_like)
    assert lines != translate(model, source, 60)
    # The same by torch's own means: sources are padded on the left, so their ends come last.
    hook = model.model.encoder.layers[-1].register_forward_hook(
        lambda _, __, states: torch.cat([torch.zeros_like(states[:-1]), states[-1:]])
    )
    assert translate(model, source, 60) == lines
    hook.remove()
    # And the encoder is as it was, even after an error.
    with pytest.raises(ZeroDivisionError):
        check.statistics(lambda state: 1 // 0)
    np.testing.assert_array_equal(check.statistics(), plain)


def contrast(phenomenon):
    return Contrast("s", "c", "i", phenomenon, tasks=("T",) if phenomenon == "a" else ())


def test_items_of_each_phenomenon_are_spread_and_keep_their_subwords():
    lines = {side: [f"{side} {number}" for number in range(40)] for side in ("source", "correct")}
    some = EncodedSet([contrast(phenomenon) for phenomenon in "ab" * 10 + "c" * 20], lines).spread(
        5
    )
    assert [item.phenomenon for item in some.items] == ["a", "b"] * 5 + ["c"] * 5
    numbers = [int(line.split()[1]) for line in some.subwords["correct"]]
    assert some.subwords["source"] == [f"source {number}" for number in numbers]
    # One of each fifth, as of a text.
    assert [number // 2 for number in numbers if number % 2 == 0 and number < 20] == spread(10, 5)
    assert [number - 20 for number in numbers[10:]] == spread(20, 5)


def test_a_ticket_is_measured_without_a_task(model, pairs, task):
    """Each number is that of the function that measures it alone."""
    erasures = erase_text(*task, seed=1, draws=2)
    text = Sentences(pairs["source"], pairs["correct"], pairs["correct"], "de", "moses")
    sets = {"toy": EncodedSet([contrast("a")] * len(pairs["source"]), pairs)}
    ticket, options = TicketName(1, "magnitude", 2), {"resamples": 20, **PACE}
    table = measure_erased(model, ticket, erasures, text, sets, translated=3, **options)
    assert table["kind"].tolist() == ["erased", "erased", "random", "random"]
    source, (target,) = encode_pairs(model, text.source, [text.target])
    check = SpotCheck(model, text.spread(3), max_tokens=60)
    plain = score_contrasts(model, pairs, **PACE)["margin"] > 0
    for place, erasure in ((0, erasures["T", "erased"]), (2, erasures["T", "random"])):
        of_text, of_contrasts = table.iloc[place], table.iloc[place + 1]
        alone = [
            diverge(model, model, source, target, intervention=eraser, **PACE).kl.sum()
            for eraser in erasure.erasers
        ]
        assert of_text["kl"] == pytest.approx(np.mean(alone) / target.lengths.sum(), rel=1e-5)
        # Translations and contrasts are asked of the first draw alone.
        eraser = erasure.erasers[0]
        statistics = check.statistics(eraser)
        assert of_text["bleu_erased"] == corpus_bleu(statistics.sum(axis=0, keepdims=True))[0]
        without = score_contrasts(model, pairs, intervention=eraser, **PACE)["margin"] > 0
        assert of_contrasts["accuracy"] == plain.mean()
        assert of_contrasts["accuracy_erased"] == without.mean()
        assert (of_contrasts["lost"], of_contrasts["gained"]) == flips(plain, without)
    untranslated = measure_erased(model, ticket, erasures, text, {}, translated=0, **options)
    assert len(untranslated) == 2 and untranslated["sentences"].isna().all()


def test_the_table_has_a_row_of_the_text_and_one_a_phenomenon(model, pairs, task):
    erasures = erase_text(*task, seed=1, draws=2)
    erasers = {condition: erasure.erasers for condition, erasure in erasures.items()}
    source, (target,) = encode_pairs(model, pairs["source"], [pairs["correct"]])
    moved = diverge_erased(model, source, target, erasers, **PACE)
    items = [contrast("a"), contrast("a"), contrast("b"), contrast("b")]
    right: dict = {condition: {"toy": np.array([True, False, True, True])} for condition in erasers}
    right[None] = {"toy": np.array([True, True, False, True])}
    ticket = TicketName(3, "magnitude", 9)
    lines = ["the old house is red", "a cat sleeps in the garden"]
    texts = [["the old house was red", lines[1]], ["the house", lines[1]]]
    before, after = (sentence_statistics(text, lines) for text in texts)
    bleu, erased = (BLEU().corpus_score(text, [lines]).score for text in texts)
    translated = dict.fromkeys(erasers, before) | {Condition("T", "erased"): after, None: before}
    table = erasure_table(ticket, erasures, moved, {"toy": items}, right, translated, resamples=100)
    assert list(table) == COLUMNS and len(table) == 2 * (1 + 2)
    text = table[table["phenomenon"].isna()]
    assert text["kind"].tolist() == ["erased", "random"]
    for row, condition in zip(text.itertuples(), erasures, strict=True):
        assert row.kl == pytest.approx(moved[condition].kl.sum() / target.lengths.sum())
        assert row.kl_low < row.kl < row.kl_high
        assert (row.seed, row.series, row.ticket, row.k) == (3, "magnitude", "LTH9", 9)
        assert (row.sentences, row.bleu) == (2, pytest.approx(bleu))
    assert text["bleu_erased"].tolist() == pytest.approx([erased, bleu])
    assert text["bleu_lost_low"].iloc[0] == pytest.approx(0)  # the second sentence is drawn twice
    assert text["bleu_lost_high"].iloc[0] > bleu - erased
    # What translates as before has lost nothing in any resample.
    assert text[["bleu_lost_low", "bleu_lost_high"]].iloc[1].tolist() == [0, 0]
    untranslated = erasure_table(ticket, erasures, moved, {}, right, {}, resamples=100)
    assert untranslated[["sentences", "bleu", "bleu_lost_low"]].isna().all(axis=None)
    a, b = (table[table["phenomenon"] == name].iloc[0] for name in "ab")
    assert (a["paired"], a["accuracy"], a["accuracy_erased"]) == (True, 1, 0.5)
    assert (a["items"], a["lost"], a["gained"]) == (2, 1, 0)
    assert (b["paired"], b["lost"], b["gained"]) == (False, 0, 1)
    path = Path(task[1]).with_name("table.csv")
    table.to_csv(path, index=False)
    assert pd.read_csv(path)["items"].dropna().eq(2).all()
