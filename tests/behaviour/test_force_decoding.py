"""Force decoding beside fairseq-generate's own, and each sentence beside a batch of many."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.lottery import quiet
from ticketscope.behaviour.contrast_scores import score_contrasts
from ticketscope.behaviour.force_decoding import encode_pairs, force_decode
from ticketscope.behaviour.probabilities import Divergence, diverge, means, probability_table
from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.representations.model import load_model
from ticketscope.runtime.processes import fairseq_command, fairseq_environment
from ticketscope.translation.decoding import PLUGIN


@pytest.fixture(scope="module")
def loaded(lth0: Path, data_bin: Path):
    return load_model(lth0 / "checkpoint.pt", data_bin)


@pytest.fixture(scope="module")
def text(loaded, data_bin):
    """Source and reference of the test split, as subwords."""
    from fairseq.data.data_utils import load_indexed_dataset

    def lines(language, dictionary):
        data = load_indexed_dataset(str(data_bin / f"test.en-de.{language}"), dictionary)
        return [dictionary.string(row[:-1]) for row in data]

    return lines("en", loaded.source), lines("de", loaded.target)


def forced(loaded, text, **more):
    source, (target,) = encode_pairs(loaded, text[0], [text[1]])
    (scored,) = force_decode(loaded, source, [target], progress=quiet, **more)
    return scored


def test_scores_are_those_of_fairseq_generate(loaded, text, lth0, data_bin):
    """`--score-reference` prints the mean per subword, in bits."""
    command = [
        *fairseq_command("generate"), str(data_bin), "--user-dir", str(PLUGIN), "--cpu",
        "--path", str(lth0 / "checkpoint.pt"), "--gen-subset", "test", "--score-reference",
        "--source-lang", "en", "--target-lang", "de", "--num-workers", "0",
        "--required-batch-size-multiple", "1",
    ]  # fmt: skip
    printed = subprocess.run(
        command, env=fairseq_environment(None), capture_output=True, text=True, check=True
    ).stdout
    bits = {int(n): float(score) for n, score in re.findall(r"^H-(\d+)\t(\S+)\t", printed, re.M)}
    scored = forced(loaded, text, max_tokens=100)
    ours = scored.log_probability / scored.length / np.log(2)
    assert sorted(bits) == list(range(len(ours))) == list(range(20))
    np.testing.assert_allclose(ours, [bits[n] for n in range(20)], rtol=1e-4)


def test_batches_do_not_matter(loaded, text):
    alone, together = (forced(loaded, text, max_tokens=size) for size in (1, 10_000))
    np.testing.assert_allclose(alone.log_probability, together.log_probability, rtol=1e-4)
    assert (alone.greedy == together.greedy).all()


def test_greedy_tells_what_greedy_decoding_writes(loaded, text, greedy):
    # fairseq ends a translation at 200 subwords, whatever the model would have said.
    ended = np.array([len(line.split()) < 200 for line in greedy])
    assert forced(loaded, (text[0], greedy), max_tokens=100).greedy[ended].all() and ended.any()
    references = forced(loaded, text, max_tokens=100).greedy
    same = [line == reference for line, reference in zip(greedy, text[1], strict=True)]
    assert references.tolist() == same and not all(same)


def test_an_intervention_reaches_the_decoder(loaded, text):
    plain = forced(loaded, text, max_tokens=100)
    same = forced(loaded, text, max_tokens=100, intervention=lambda state: state)
    blind = forced(loaded, text, max_tokens=100, intervention=torch.zeros_like)
    assert (same.log_probability == plain.log_probability).all()
    assert (blind.log_probability != plain.log_probability).all()


def test_a_contrasts_margin_is_that_of_both_sides_forced_alone(loaded, text, greedy):
    texts = {"source": text[0], "correct": greedy, "incorrect": text[1]}
    scores = score_contrasts(loaded, texts, max_tokens=100, progress=quiet)
    correct, incorrect = (
        forced(loaded, (text[0], side), max_tokens=100) for side in (greedy, text[1])
    )
    assert (correct.length != incorrect.length).any()
    margin = correct.log_probability - incorrect.log_probability
    mean = correct.log_probability / correct.length - incorrect.log_probability / incorrect.length
    np.testing.assert_allclose(scores["margin"], margin, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(scores["margin_per_token"], mean, rtol=1e-4, atol=1e-4)
    assert (scores["greedy"] == correct.greedy).all()
    assert (correct.greedy != incorrect.greedy).any()


def test_what_cannot_be_scored_is_said(loaded, text):
    with pytest.raises(InputError, match="different numbers of lines"):
        encode_pairs(loaded, text[0], [text[1][:-1]])
    with pytest.raises(InputError, match="line 1 of the target text has 2001 subwords"):
        encode_pairs(loaded, ["a"], [["a " * 2000]])


def test_divergence_is_the_textbooks(loaded, text, lth0, data_bin):
    """KL and agreement of one sentence, from both models as fairseq calls them."""
    other = load_model(lth0 / "rewind/epoch2.pt", data_bin)
    source, (target,) = encode_pairs(loaded, text[0], [text[1]])
    divergence = diverge(loaded, other, source, target, max_tokens=100, progress=quiet)
    for number in (0, 7):
        ids, reference = source.ids[number], target.ids[number]
        shifted = torch.cat([reference[-1:], reference[:-1]])[None]
        p, q = (
            torch.log_softmax(
                each.model(ids[None], torch.tensor([len(ids)]), shifted)[0][0], dim=-1
            )
            for each in (other, loaded)
        )
        kl = torch.nn.functional.kl_div(q, p, log_target=True, reduction="sum")
        assert divergence.kl[number] == pytest.approx(float(kl), rel=1e-3)
        assert divergence.agreement[number] == int((p.argmax(1) == q.argmax(1)).sum())
        assert divergence.positions[number] == len(reference)
    itself = diverge(loaded, loaded, source, target, max_tokens=100, progress=quiet)
    assert np.abs(itself.kl).max() < 1e-4 and (itself.agreement == itself.positions).all()
    name = TicketName(1, "magnitude", 3)
    (row,) = probability_table(name, {name.dense: divergence}, resamples=200).to_dict("records")
    assert row["kl"] == pytest.approx(divergence.kl.sum() / divergence.positions.sum())
    assert row["kl_low"] < row["kl"] < row["kl_high"]
    assert row["log_probability"] == pytest.approx(
        forced(loaded, text, max_tokens=100).log_probability.sum() / divergence.positions.sum(),
        rel=1e-4,
    )


def test_means_are_over_positions_and_not_over_sentences():
    positions = np.array([1, 9, 2, 30])
    agreement = np.array([1.0, 3, 0, 30])
    row = means(Divergence(positions / 4, agreement, -2.0 * positions, positions), resamples=100)
    assert (row["positions"], row["log_probability"]) == (42, -2)
    assert row["agreement"] == pytest.approx(34 / 42)
    # A quarter nat at each position, whichever sentences are drawn.
    assert [row["kl_low"], row["kl"], row["kl_high"]] == pytest.approx([0.25] * 3)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_predictions_that_are_no_numbers_are_refused_and_not_counted_as_wrong(
    lth0, data_bin, text, number
):
    broken = load_model(lth0 / "checkpoint.pt", data_bin)
    with torch.no_grad():
        broken.model.encoder.layers[0].fc1.bias[0] = number
    with pytest.raises(InputError, match="decoder's output holds NaN or infinite"):
        forced(broken, text, max_tokens=200)
