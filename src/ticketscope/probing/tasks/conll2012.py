"""CoNLL-2012 coreference (OntoNotes 5, LDC2013T19): earlier words with the same referent."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np

from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.pairs import Pair, pair_instance
from ticketscope.probing.tasks.reading import Line, blank, lines
from ticketscope.settings import Count

_BEGIN = re.compile(r"#\s*begin document\s*(.*)")
_END = re.compile(r"#\s*end document")
_CELL = re.compile(r"(?:\(\d+\)|\(\d+|\d+\)|\|)+")
_MENTION = re.compile(r"(\()?(\d+)(\))?")
_UNESCAPED = {"/.": ".", "/?": "?"}

Span = tuple[int, int]  # first and last token
# Of one document, all in memory at once.
_MOST_PAIRS = 1_000_000


@dataclass
class _Document:
    name: str
    begin: Line
    tokens: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # of sentences
    spans: dict[str, set[Span]] = field(default_factory=dict)  # by the file's cluster number
    opened: dict[str, list[int]] = field(default_factory=dict)

    def add(self, line: Line, word: str, cell: str) -> None:
        """The next token with its coreference column."""
        here = len(self.tokens)
        self.tokens.append(_UNESCAPED.get(word, word))
        if cell in ("-", "_"):
            return
        if not _CELL.fullmatch(cell):
            raise line.error(f"coreference column {cell} is none of -, (1), (1, 1), joined by |")
        for opens, cluster, closes in _MENTION.findall(cell):
            if opens:
                self.opened.setdefault(cluster, []).append(here)
            if closes:
                if not self.opened.get(cluster):
                    raise line.error(f"mention {cluster} ends, but did not begin")
                first = self.opened[cluster].pop()
                self.spans.setdefault(cluster, set()).add((first, here))


def read(path: Path, seed: int = 0, word_column: Count = 4) -> Iterator[Instance]:
    """Documents (parts) between `#begin document` and `#end document`, words in `word_column`.

    The column before the words, if there is one, numbers them from 0 and anew after a blank line.
    The last column holds mentions: (12) for one word, (12 and 12) around several, joined by `|`.
    `/.` and `/?` lose the slash. Only mentions of one word count. Pairs: (mention, earlier mention)
    of one cluster whose strings differ, label "1", each followed by (mention, mention of another
    cluster before it), "0", if there is any. Documents with fewer than two clusters of two strings
    are skipped. Liu et al. drew from a set in the order of Python 3.6; here the candidates stand in
    the order of the document and `Random(seed)`, new for each file, chooses.
    """
    generator = Random(seed)
    for number, document in enumerate(_documents(path, word_column), start=1):
        with document.begin.placed():
            drawn = examples(document.tokens, clusters(document.spans.values()), generator)
        if drawn:
            name = document.name or str(number)
            with document.begin.placed():
                yield pair_instance(name, document.tokens, drawn, document.starts)


def _documents(path: Path, word_column: int) -> Iterator[_Document]:
    document = None
    word = 0  # number of the next in its sentence
    for line in lines(path):
        if begin := _BEGIN.match(line.text):
            if document is not None:
                raise line.error("a document begins inside another")
            document, word = _Document(begin[1], line), 0
        elif _END.match(line.text):
            if document is None:
                raise line.error("a document ends, but none began")
            if unclosed := [cluster for cluster, opened in document.opened.items() if opened]:
                raise line.error(f"mention {unclosed[0]} does not end in its document")
            yield document
            document, word = None, 0
        elif blank(line.text):
            word = 0
        elif line.text.startswith("#"):
            if word:
                raise line.error("a comment inside a sentence; move it before its first word")
        else:
            if document is None:
                raise line.error("a word outside of a document")
            row = line.columns(None, word_column + 1)
            if word_column > 1 and row[word_column - 2] != str(word):
                raise line.error(f"word {row[word_column - 2]}, expected {word}")
            if word == 0:
                document.starts.append(len(document.tokens))
            word += 1
            document.add(line, row[word_column - 1], row[-1])
    if document is not None:
        raise InputError(f"{path}: the last document does not end")


def clusters(groups: Iterable[set[Span]]) -> list[list[int]]:
    """Positions of one-word mentions, a list for each entity, by first mention.

    Groups that share a span are one entity; entities without a one-word mention are left out.
    """
    groups = list(groups)
    above = list(range(len(groups)))  # union-find, of group numbers

    def root(number: int) -> int:
        while above[number] != number:
            above[number] = number = above[above[number]]
        return number

    owners: dict[Span, int] = {}
    for number, group in enumerate(groups):
        for span in group:
            above[root(number)] = root(owners.setdefault(span, number))
    merged: dict[int, list[int]] = defaultdict(list)
    for (first, last), number in owners.items():
        if first == last:
            merged[root(number)].append(first)
    return sorted(map(sorted, merged.values()))


def examples(
    tokens: Sequence[str], entities: Sequence[Sequence[int]], generator: Random
) -> list[tuple[Pair, str]]:
    """All pairs by the rule of `read`; none if the document is skipped.

    Raises:
        ValueError: there are more than fit into memory.
    """
    varied = [positions for positions in entities if len({tokens[i] for i in positions}) > 1]
    if len(varied) < 2:
        return []
    pairs = sum(len(positions) * (len(positions) - 1) // 2 for positions in varied)
    if pairs > _MOST_PAIRS:
        raise ValueError(f"{pairs:,} pairs of mentions, at most {_MOST_PAIRS:,} are read")
    mentions = np.array([i for positions in entities for i in positions])
    drawn: list[tuple[Pair, str]] = []
    for positions in varied:
        foreign = mentions[~np.isin(mentions, positions)]
        for child in positions:
            others = foreign[foreign < child]
            for parent in positions:
                if parent > child or tokens[parent] == tokens[child]:
                    continue
                drawn.append(((child, parent), "1"))
                if len(others):
                    drawn.append(((child, int(generator.choice(others))), "0"))
    return drawn
