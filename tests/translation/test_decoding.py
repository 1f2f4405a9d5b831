"""Translation by the real fairseq-generate."""

import contextlib
import importlib
import io
from pathlib import Path

import pytest
import torch
from fairseq.data import Dictionary, data_utils

from ticketscope.errors import InputError
from ticketscope.settings import Languages
from ticketscope.translation.decoding import decode
from ticketscope.translation.settings import Decoding


def translate(checkpoint: Path, data: Path, sentences: int = 20, **settings: object) -> list[str]:
    return decode(
        checkpoint,
        data,
        subset="test",
        sentences=sentences,
        languages=Languages(),
        decoding=Decoding(**settings),
        gpu=None,
    )


def test_every_sentence_is_translated_whatever_the_batches(lth0, data_bin):
    """With its default fairseq would drop a last batch that is no multiple of eight."""
    hypotheses = translate(lth0 / "checkpoint.pt", data_bin)
    assert len(hypotheses) == 20
    dictionary = Dictionary.load(str(data_bin / "dict.de.txt"))
    assert {word for line in hypotheses for word in line.split()} <= set(dictionary.symbols)
    assert translate(lth0 / "checkpoint.pt", data_bin, max_tokens=30) == hypotheses


def test_the_length_penalty_decides_between_short_and_long(lth0, data_bin):
    words = [
        sum(len(line.split()) for line in translate(lth0 / "checkpoint.pt", data_bin, lenpen=power))
        for power in (-10, 10)
    ]
    assert words[0] < words[1]


def test_a_flipped_weight_is_refused_before_fairseq_reads_it(lth0, data_bin, tmp_path):
    content = bytearray((lth0 / "checkpoint.pt").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "checkpoint.pt").write_bytes(content)
    with pytest.raises(InputError, match=r"corrupt or truncated .* differs from its checksum\)"):
        translate(tmp_path / "checkpoint.pt", data_bin)


def test_full_memory_is_a_line_that_names_what_to_lower(lth0, data_bin, run_first):
    run_first("""
import torch

def full(*arguments, **options):
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

torch.nn.functional.embedding = full
""")
    message = r"^the GPU's memory was full while .* test: lower decoding\.max_tokens \(30\)$"
    with pytest.raises(InputError, match=message):
        translate(lth0 / "checkpoint.pt", data_bin, max_tokens=30)


def test_a_sentence_that_no_batch_holds_is_a_line_that_names_the_key(lth0, data_bin):
    message = r"^decoding\.max_tokens: a sentence of test has more subwords than 8: raise it$"
    with pytest.raises(InputError, match=message):
        translate(lth0 / "checkpoint.pt", data_bin, max_tokens=8)


def test_beam_one_takes_the_likeliest_word_at_each_step(lth0, data_bin):
    """The reference is a greedy loop over the model as fairseq loads it."""
    from fairseq.checkpoint_utils import load_model_ensemble_and_task

    importlib.import_module("ticketscope.tickets.fairseq_plugin")  # registers the task
    with contextlib.redirect_stdout(io.StringIO()):
        (model,), _, task = load_model_ensemble_and_task(
            [str(lth0 / "checkpoint.pt")],
            arg_overrides={"data": str(data_bin)},
        )
    dictionary = task.target_dictionary
    source = data_utils.load_indexed_dataset(str(data_bin / "test.en-de.en"), dictionary)
    expected = []
    for row in source:
        said = [dictionary.eos()]
        model.eval()
        with torch.no_grad():
            while len(said) <= 200:
                logits, _ = model(
                    row.unsqueeze(0).long(), torch.tensor([len(row)]), torch.tensor([said])
                )
                scores = logits[0, -1].clone()
                scores[dictionary.pad()] = -torch.inf
                if len(said) == 1:
                    scores[dictionary.eos()] = -torch.inf
                word = int(scores.argmax())
                if word == dictionary.eos():
                    break
                said.append(word)
        expected.append(dictionary.string(said[1:]))
    assert translate(lth0 / "checkpoint.pt", data_bin, beam=1) == expected


def test_a_broken_checkpoint_and_a_sentence_too_long_are_one_line(lth0, data_bin, tmp_path):
    whole = (lth0 / "checkpoint.pt").read_bytes()
    (tmp_path / "broken.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"^checkpoint .*broken\.pt is corrupt or truncated \("):
        translate(tmp_path / "broken.pt", data_bin)
    with pytest.raises(
        InputError,
        match=r"^decoding.max_tokens: a sentence of .* has more subwords than 8: raise it$",
    ):
        translate(lth0 / "checkpoint.pt", data_bin, max_tokens=8)
