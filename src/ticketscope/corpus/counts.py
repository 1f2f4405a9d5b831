"""A table of the corpus: what each split holds, in each language."""

from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import pandas as pd

from ticketscope.corpus.subwords import join_subwords


def split_statistics(
    raw: Path,
    bpe: Path,
    *,
    splits: Sequence[str],
    languages: Sequence[str],
    dropped: Mapping[str, int],
    vocabulary: Mapping[str, Set[str]] | None = None,
) -> pd.DataFrame:
    """One row a split and language.

    Columns: split, language, sentences, dropped (pairs with an empty side), words (Moses tokens),
    types, subwords, subwords_per_word, mean_length, max_length (subwords), oov (share of subwords
    that the vocabulary lacks), in_train (share of sentences that occur in train too; empty where
    there is no train text).

    Args:
        raw: Folder of the raw text, a file a split and language.
        bpe: The same as subwords.
        splits: Their names.
        languages: Source and target.
        dropped: Pairs dropped in each split.
        vocabulary: Known subwords of each language; None: those of train, of both together.
    """
    if vocabulary is None:
        seen = {
            subword
            for language in languages
            for line in _lines(bpe / f"train.{language}")
            for subword in line.split()
        }
        vocabulary = dict.fromkeys(languages, seen)
    rows: list[dict[str, Any]] = []
    for split in splits:
        for language in languages:
            known = vocabulary[language]
            train = set(_lines(raw / f"train.{language}")) if "train" in splits else None
            lengths, words, unknown = [], 0, 0
            types: set[str] = set()
            for line in _lines(bpe / f"{split}.{language}"):
                subwords = line.split()
                tokens = join_subwords(line).split()
                lengths.append(len(subwords))
                words += len(tokens)
                types.update(tokens)
                unknown += sum(subword not in known for subword in subwords)
            in_train = None
            if train is not None:
                repeated = sum(line in train for line in _lines(raw / f"{split}.{language}"))
                in_train = repeated / len(lengths)
            rows.append(
                {
                    "split": split,
                    "language": language,
                    "sentences": len(lengths),
                    "dropped": dropped.get(split, 0),
                    "words": words,
                    "types": len(types),
                    "subwords": sum(lengths),
                    "subwords_per_word": sum(lengths) / words,
                    "mean_length": sum(lengths) / len(lengths),
                    "max_length": max(lengths),
                    "oov": unknown / sum(lengths),
                    "in_train": in_train,
                }
            )
    return pd.DataFrame(rows)


def _lines(path: Path) -> Any:
    with path.open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            yield line.rstrip("\n")
