"""Categories of the source text's tokens (section 5.3): frequency bins, and labels if given.

A gold file or a tagger's output has a word, a tab and its label on each line, and an empty line
after each sentence; further columns are ignored, and a word without a label is in no category. Its
words need not be tokenised as the model's are: they are aligned by their characters.
"""

import gzip
import io
import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from os import SEEK_END
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
from numpy.typing import NDArray

from ticketscope.corpus.settings import Tokenizer
from ticketscope.errors import InputError
from ticketscope.representations.alignment import AlignmentReport, align_text
from ticketscope.representations.layout import EOS
from ticketscope.runtime.table_text import labelled as as_label
from ticketscope.runtime.text import numbered_lines, stream_lines
from ticketscope.similarity.categories import frequency_bins

Labels = NDArray[np.str_]
# Words and labels of each sentence.
LabelledText = list[tuple[list[str], list[str]]]
# Characters of a label. NumPy's array of all positions gives each the space of the longest.
_LONGEST = 200
# Bytes of a tagger's output, and of the end of its messages.
_LARGEST = 256 << 20
_LONGEST_MESSAGE = 1 << 16


def parse_labelled(lines: Iterable[tuple[int, str]], name: str) -> LabelledText:
    """Read sentences of `word<TAB>label` lines.

    Args:
        lines: Number and text of each line of the file, or of the tagger's output.
        name: Its name in an error.

    Raises:
        InputError: a line has no tab, or a label that no table or figure can have; gives its
            number.
    """
    sentences: LabelledText = []
    words: list[str] = []
    labels: list[str] = []
    for number, line in lines:
        if line.strip():
            word, tab, rest = line.partition("\t")
            if not tab or not word.strip():
                raise InputError(
                    f"{name}, line {number}: expected a word, a tab and its label, found {line!r}"
                )
            words.append(word)
            labels.append(_label(rest.split("\t")[0].strip(" "), f"{name}, line {number}"))
        elif words:
            sentences.append((words, labels))
            words, labels = [], []
    if words:
        sentences.append((words, labels))
    return sentences


def _label(text: str, place: str) -> str:
    if len(text) > _LONGEST:
        raise InputError(
            f"{place}: a label of {len(text):,} characters, at most {_LONGEST} are read: is a tab "
            "or a line end missing?"
        )
    try:
        return as_label(text) if text else text
    except ValueError as error:
        raise InputError(f"{place}: label {error}") from None


def gold(path: Path) -> LabelledText:
    """Read labels from a file.

    Raises:
        InputError: the file is missing, not UTF-8 or not of that form.
    """
    return parse_labelled(numbered_lines(path), str(path))


def tagged(command: Sequence[str], text: Path) -> LabelledText:
    """Run a tagger on a text and read its labels.

    Args:
        command: A program that reads sentences, one on each line, from standard input.
        text: File of the sentences.

    Raises:
        InputError: the tagger cannot be started, fails, or writes something else or without end.
    """
    try:
        with (
            text.open("rb") as stream,
            TemporaryFile() as errors,
            subprocess.Popen(
                command, stdin=stream, stdout=subprocess.PIPE, stderr=errors
            ) as tagger,
        ):
            assert tagger.stdout is not None  # a pipe
            output = tagger.stdout.read(_LARGEST + 1)
            if len(output) > _LARGEST:
                tagger.kill()
            code = tagger.wait()
            errors.seek(max(errors.seek(0, SEEK_END) - _LONGEST_MESSAGE, 0))
            said = errors.read()
    except OSError as error:
        raise InputError(f"the tagger {command[0]} cannot be started: {error}") from error
    if len(output) > _LARGEST:
        raise InputError(f"the tagger {command[0]} writes more than {_LARGEST >> 20} MiB")
    if code:
        last = said.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise InputError(f"the tagger {command[0]} failed ({code}): {last[0]}")
    name = f"the output of {command[0]}"
    return parse_labelled(stream_lines(io.BytesIO(output), name), name)


def toy(derivations: Path) -> dict[str, LabelledText]:
    """Parts of speech (`pos`) and semantic tags (`semtag`) of the embedded grammar's text."""
    labelled: dict[str, LabelledText] = {"pos": [], "semtag": []}
    with gzip.open(derivations, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            labelled["pos"].append((record["tokens"], record["pos"]))
            labelled["semtag"].append((record["tokens"], record["semtags"]))
    return labelled


def label_positions(
    labelled: LabelledText, subword_lines: Sequence[str], name: str, tokenizer: Tokenizer
) -> tuple[Labels, AlignmentReport]:
    """The label of every source position of a store; EOS has none.

    A subword that belongs to several words takes the label of the first.

    Args:
        labelled: Words and labels of each sentence.
        subword_lines: The text's subwords, a line for each sentence.
        name: Name of the labels in an error.
        tokenizer: Of the subwords.

    Returns:
        (positions,) of str, empty where there is no label; and which lines did not fit.

    Raises:
        InputError: the numbers of sentences differ.
    """
    if len(labelled) != len(subword_lines):
        raise InputError(
            f"{name} labels {len(labelled)} sentences, the text has {len(subword_lines)}: they "
            "must be the same, in the same order"
        )
    alignment, report = align_text([words for words, _ in labelled], subword_lines, tokenizer)
    positions: list[str] = []
    spans = iter(alignment.spans.tolist())
    for (words, labels), line in zip(labelled, subword_lines, strict=True):
        sentence = [""] * (len(line.split()) + 1)
        for _, label in zip(words, labels, strict=True):
            for position in range(*next(spans)):
                sentence[position] = sentence[position] or label
        positions += sentence
    return np.array(positions, dtype=np.str_), report


def text_categories(
    subword_lines: Sequence[str],
    counts: Mapping[str, int],
    labelled: Mapping[str, LabelledText],
    *,
    edges: Sequence[int],
    tokenizer: Tokenizer,
) -> tuple[dict[str, Labels], dict[str, AlignmentReport]]:
    """The category of every source position of a store, by kind of category; EOS has none.

    Args:
        subword_lines: The text's source side, a line of subwords for each sentence.
        counts: Counts of subwords in the training text.
        labelled: Words and labels of the text's sentences, by kind.
        edges: Frequency ranks where bins begin.
        tokenizer: Of the subwords.

    Returns:
        kind -> (positions,) of str, empty where there is no label, `frequency` first; and how
        well each kind's words fit the subwords.

    Raises:
        InputError: the labels have another number of sentences.
    """
    positions = [subword for line in subword_lines for subword in (*line.split(), EOS)]
    bins = frequency_bins(positions, counts, edges)
    categories = {"frequency": np.where(np.array(positions) == EOS, "", bins)}
    reports = {}
    for kind, text in labelled.items():
        categories[kind], reports[kind] = label_positions(text, subword_lines, kind, tokenizer)
    return categories, reports
