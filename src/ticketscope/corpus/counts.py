"""The corpus in numbers: one row for each split and language."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import pandas as pd

from ticketscope.corpus.parallel import TextFile
from ticketscope.corpus.settings import Tokenizer
from ticketscope.corpus.tokenization import join_subwords
from ticketscope.corpus.unknown import commonest, count_unknown, likely_cause, warning
from ticketscope.runtime.files import sha256

# Share of a text's sentences in train above which there is a warning. Short ones recur by chance.
MOST_IN_TRAIN = 0.5


def split_statistics(
    raw: Path,
    bpe: Path,
    *,
    splits: Sequence[str],
    languages: Sequence[str],
    tokenizer: Tokenizer,
    dropped: Mapping[str, int],
    vocabulary: Mapping[str, Set[str]],
    progress: Callable[[str], None] = print,
) -> pd.DataFrame:
    """Count each split in each language.

    Columns: split, language, sentences, dropped (pairs with an empty side), words (tokens),
    types, subwords, subwords_per_word, mean_length, max_length (subwords), oov (share of subwords
    that the vocabulary lacks), unknown (the commonest of them), likely_cause, in_train (share of
    sentences that occur in train too; empty where there is no train text), checksum (SHA-256 of the
    raw text, its first 16 digits).

    Args:
        raw: Folder of the raw text, <split>.<language>.
        bpe: Folder of the same text in subwords.
        splits: Names of the splits.
        languages: Source and target.
        tokenizer: What the subwords are joined to: `words` counts its tokens, or words of text.
        dropped: Pairs dropped in each split.
        vocabulary: Subwords of each language's dictionary.
        progress: Gets a warning for each text with subwords that its dictionary lacks, and for each
            that is mostly in train.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    train: set[str] | None = None
    for language in languages:
        # The train text is large: the other language's goes before this one is read.
        train = None
        train = {*TextFile(raw / f"train.{language}").lines()} if "train" in splits else None
        for split in splits:
            dictionary = vocabulary[language]
            lengths, words = [], 0
            unknown: Counter[str] = Counter()
            types: set[str] = set()
            for line in TextFile(bpe / f"{split}.{language}").lines():
                subwords = line.split()
                tokens = join_subwords(line, tokenizer).split()
                lengths.append(len(subwords))
                words += len(tokens)
                types.update(tokens)
                unknown.update(count_unknown([line], dictionary))
            in_train = None
            if train is not None:
                lines = TextFile(raw / f"{split}.{language}").lines()
                repeated = sum(line in train for line in lines)
                in_train = repeated / len(lengths)
                if split != "train" and in_train > MOST_IN_TRAIN:
                    progress(
                        f"warning: {in_train:.0%} of the sentences of {split}.{language} are in "
                        "train too: scores on them show what was memorised"
                    )
            if unknown:
                name = f"{split}.{language}"
                progress(warning(name, unknown, sum(lengths), dictionary, tokenizer))
            rows[split, language] = {
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
                "oov": unknown.total() / sum(lengths),
                "unknown": commonest(unknown),
                "likely_cause": likely_cause(unknown, dictionary, tokenizer) if unknown else "",
                "in_train": in_train,
                "checksum": f"sha256:{sha256(raw / f'{split}.{language}')[:16]}",
            }
    ordered = [rows[split, language] for split in splits for language in languages]
    return pd.DataFrame(ordered)
