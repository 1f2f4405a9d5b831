"""OntoGUM: coreference of GUM in the guidelines of OntoNotes, one CoNLL file a document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.probing.free import archives
from ticketscope.probing.free.documents import listed_splits
from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks import conll2012

_ENDS = (".", "!", "?")
_CLOSING = (*_ENDS, '"', "'", "”", "’", ")", "]")
LONGEST = 100  # words of a line

# An empty word, and a mention that ends without beginning; neither is repaired here.
_FAULTY = ("GUM_news_iodine", "GENTLE_poetry_road")


def usable(name: str, text: str) -> bool:
    """Whether a document's words are all there: Reddit's are masked by underscores."""
    words = [line.split("\t")[1] for line in text.split("\n") if line.count("\t") >= 2]
    masked = sum(not word.strip("_") for word in words)
    return name not in _FAULTY and 2 * masked < len(words)


def split_files(documents: Mapping[str, bytes], listing: Path, work: Path) -> dict[str, Path]:
    """Join the documents of each split into a file in `work`, by name, each with its name."""
    splits = listed_splits(listing)
    joined: dict[str, list[str]] = {}
    for member, data in sorted(documents.items()):
        name = member.removesuffix(".conll")
        text = archives.text(data, f"OntoGUM, {member}")
        if name not in splits or not usable(name, text):
            continue
        begin, _, rest = text.partition("\n")
        if not begin.startswith("# begin document"):
            raise InputError(f"OntoGUM, {member}: begins with {begin[:40]!r}")
        joined.setdefault(splits[name], []).append(f"#begin document {name}\n{rest}")
    paths = {}
    for split, texts in joined.items():
        paths[split] = work / f"ontogum.{split}.conll"
        paths[split].write_text("".join(texts), encoding="utf-8")
    return paths


def read(path: Path) -> Iterator[Instance]:
    """The pairs of `conll2012.read`; words are in the second column.

    The files do not say where sentences end; `line_starts` does.
    """
    for instance in conll2012.read(path, word_column=2):
        yield replace(instance, sentences=line_starts(instance.tokens))


def line_starts(tokens: Sequence[str]) -> tuple[int, ...]:
    """Where lines begin that an encoder can read: after . ! ? and quotes, or `LONGEST` words."""
    starts, over = [0], False
    for here, (token, following) in enumerate(pairwise(tokens), start=1):
        over = token in _ENDS or (over and token in _CLOSING)
        if (over and following not in _CLOSING) or here - starts[-1] == LONGEST:
            starts.append(here)
    return tuple(starts)
