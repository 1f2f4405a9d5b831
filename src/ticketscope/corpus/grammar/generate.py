"""Splits of the corpus, and their files."""

import json
import re
from pathlib import Path
from random import Random

from ticketscope.corpus.grammar.combinations import combinations, held_out
from ticketscope.corpus.grammar.derivation import Derivation, annotate, read_english
from ticketscope.corpus.grammar.sampler.draw import Retry
from ticketscope.corpus.grammar.sampler.sentences import SentenceSampler
from ticketscope.runtime.outputs import write_lines, write_packed_lines

_WORD = re.compile(r"\w+")
_PATIENCE = 400  # draws per sentence before the vocabulary condition of unseen is given up


def generate(
    *,
    seed: int,
    train: int,
    valid: int,
    test: int,
    unseen: int,
    longest: int = 32,
    exponent: float = 1.0,
) -> dict[str, list[Derivation]]:
    """Draw the four splits.

    `longest` is the most tokens that a line may have, `exponent` that of Zipf's law for nouns,
    adjectives and verbs: both make the language easier without taking anything out of the grammar.

    No English line occurs twice anywhere. Combinations that `held_out` names never occur outside
    `unseen`, and every unseen line has one; its words all occur in train if train is large enough
    (some thousand lines) to hold the vocabulary. Test and valid do not depend on the size of train.
    """
    taken: set[str] = set()
    splits = {
        name: _split(seed, name, size, taken, longest, exponent)
        for name, size in (("test", test), ("valid", valid), ("train", train))
    }
    vocabulary = {word for d in splits["train"] for word in words(d)}
    splits["unseen"] = _split(seed, "unseen", unseen, taken, longest, exponent, vocabulary)
    return {name: splits[name] for name in ("train", "valid", "test", "unseen")}


def words(derivation: Derivation) -> list[str]:
    """Lower-cased word forms of both sides."""
    return word_forms(f"{derivation.english} {derivation.german}")


def word_forms(text: str) -> list[str]:
    """Lower-case word forms of a text."""
    return _WORD.findall(text.lower())


def _split(
    seed: int,
    name: str,
    size: int,
    taken: set[str],
    longest: int,
    exponent: float,
    vocabulary: set[str] | None = None,
) -> list[Derivation]:
    sampler = SentenceSampler(Random(f"{seed} {name}"), exponent)
    lines: list[Derivation] = []
    budget = size * _PATIENCE
    while len(lines) < size:
        budget -= 1
        try:
            sentence = sampler.sentence()
        except Retry:
            continue
        combined = combinations(sentence)
        if any(map(held_out, combined)) != (name == "unseen"):
            continue
        side = read_english(sentence)
        if side.text in taken or not 5 <= len(side.leaves) <= longest:
            continue
        derivation = annotate(side, combined)
        if vocabulary is not None and budget > 0 and not vocabulary.issuperset(words(derivation)):
            continue
        taken.add(derivation.english)
        lines.append(derivation)
    return lines


def write_corpus(derivations: dict[str, list[Derivation]], folder: Path) -> None:
    """Write each split into `folder`: `.en`, `.de` and `.derivations.jsonl.gz`."""
    for split, lines in derivations.items():
        write_lines(folder / f"{split}.en", (line.english for line in lines))
        write_lines(folder / f"{split}.de", (line.german for line in lines))
        write_packed_lines(
            folder / f"{split}.derivations.jsonl.gz",
            (json.dumps(line.to_json(), ensure_ascii=False, sort_keys=True) for line in lines),
        )
