"""Labels of the source text's tokens, for similarity by category (section 5.3).

A gold file or a tagger's output has a word and its label on each line, separated by a tab, and an
empty line after each sentence; further columns are ignored. Words need not be cut as the model
cuts them: they are aligned by their characters.
"""

import gzip
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.representations.alignment import AlignmentReport, align_text

Labels = NDArray[np.str_]
# Words and labels of each sentence.
Labelled = list[tuple[list[str], list[str]]]


def parse_labelled(text: str, name: str) -> Labelled:
    """Read sentences of `word<TAB>label` lines.

    Args:
        text: Of the file or the tagger.
        name: What to call it in an error.

    Raises:
        InputError: a line without a tab; its number.
    """
    sentences: Labelled = []
    words: list[str] = []
    labels: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            word, tab, rest = line.partition("\t")
            if not tab or not word.strip():
                raise InputError(
                    f"{name}, line {number}: expected a word, a tab and its label, found {line!r}"
                )
            words.append(word)
            labels.append(rest.split("\t")[0].strip())
        elif words:
            sentences.append((words, labels))
            words, labels = [], []
    if words:
        sentences.append((words, labels))
    return sentences


def gold(path: Path) -> Labelled:
    """Labels of a file.

    Raises:
        InputError: it is missing, not UTF-8 or not of that form.
    """
    try:
        return parse_labelled(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the labels in {path}: {error}") from error


def tagged(command: Sequence[str], text: Path) -> Labelled:
    """Labels of a tagger: a program that reads the text, a sentence a line, on standard input.

    Raises:
        InputError: it cannot be started, fails, or writes something else.
    """
    try:
        with text.open("rb") as stream:
            done = subprocess.run(command, stdin=stream, capture_output=True, check=False)
    except OSError as error:
        raise InputError(f"the tagger {command[0]} cannot be started: {error}") from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise InputError(f"the tagger {command[0]} failed ({done.returncode}): {last[0]}")
    return parse_labelled(done.stdout.decode(errors="replace"), f"the output of {command[0]}")


def toy(derivations: Path) -> dict[str, Labelled]:
    """The grammar's own parts of speech and semantic tags: pos, semtag."""
    found: dict[str, Labelled] = {"pos": [], "semtag": []}
    with gzip.open(derivations, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            found["pos"].append((record["tokens"], record["pos"]))
            found["semtag"].append((record["tokens"], record["semtags"]))
    return found


def label_positions(
    labelled: Labelled, subword_lines: Sequence[str], name: str
) -> tuple[Labels, AlignmentReport]:
    """The label of every source position, as a store counts them: EOS has none.

    A subword of several words takes the first one's label.

    Args:
        labelled: Words and labels of each sentence.
        subword_lines: The text's subwords, a line a sentence.
        name: What to call the labels in an error.

    Returns:
        (positions,) of text, empty where there is no label; and which lines did not fit.

    Raises:
        InputError: the numbers of sentences differ.
    """
    if len(labelled) != len(subword_lines):
        raise InputError(
            f"{name} labels {len(labelled)} sentences, the text has {len(subword_lines)}: they "
            "must be the same, in the same order"
        )
    alignment, report = align_text([words for words, _ in labelled], subword_lines)
    rows: list[str] = []
    for number, line in enumerate(subword_lines):
        row = [""] * (len(line.split()) + 1)
        first, last = alignment.word_offsets[number : number + 2]
        for label, (begin, end) in zip(
            labelled[number][1], alignment.spans[first:last].tolist(), strict=True
        ):
            for position in range(begin, end):
                row[position] = row[position] or label
        rows += row
    return np.array(rows, dtype=np.str_), report
