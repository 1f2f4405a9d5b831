"""PropBank's skeletons of the English Web Treebank: trees without words, joined with UD EWT's.

A skeleton file has columns divided by blanks: file, sentence (from 0), word (from 0), `[WORD]`,
tag, and the word's piece of the bracketed tree, as `(TOP(S(NP*)`; what follows is not used. The
sentence `answers/00/NAME.xml` 3 is UD's `answers-NAME-0004`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.probing.free import archives
from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks import conllu
from ticketscope.probing.tasks.trees import ancestors, leaves


@dataclass(frozen=True)
class Skeleton:
    """A tree whose leaves are word numbers: `(TOP (S (NP (PRP 0)) (VP (VBZ 1))))`."""

    name: str
    tags: tuple[str, ...]
    tree: str

    @property
    def document(self) -> str:
        """Name of its document, the same as in UD EWT."""
        return self.name.rpartition("-")[0]


def read_skeletons(files: Mapping[str, bytes]) -> Iterator[Skeleton]:
    """All sentences of all files, in their order."""
    for file, data in files.items():
        genre, _, document = file.removesuffix(".gold_skel").removesuffix(".xml").split("/")
        for block in archives.text(data, f"PropBank, {file}").split("\n\n"):
            rows = [line.split() for line in block.split("\n") if line.strip()]
            if not rows:
                continue
            if any(len(row) < 6 or row[5].count("*") != 1 for row in rows):
                raise InputError(f"PropBank, {file}: a line without tag or piece of a tree")
            if [row[2] for row in rows] != [str(i) for i in range(len(rows))]:
                raise InputError(f"PropBank, {file}, sentence {rows[0][1]}: words are not in order")
            tree = "".join(row[5].replace("*", f"({row[4]} {row[2]})") for row in rows)
            name = f"{genre}-{document}-{int(rows[0][1]) + 1:04d}"
            yield Skeleton(name, tuple(row[4] for row in rows), tree.replace("(", " ("))


@dataclass(frozen=True)
class Joined:
    """Tree and words of a sentence, and UD's split of it."""

    split: str
    skeleton: Skeleton
    tokens: tuple[str, ...]


def join(
    skeletons: Iterable[Skeleton], ud: Mapping[str, Path]
) -> tuple[list[Joined], dict[str, str]]:
    """Trees with words, in UD's order, and for each omitted tree the reason.

    A sentence is joined if both have the same number of words and at least half of the tags agree.
    """
    by_name = {skeleton.name: skeleton for skeleton in skeletons}
    joined: list[Joined] = []
    left_out = dict.fromkeys(by_name, "not in UD EWT")
    for split, path in ud.items():
        for sentence in conllu.read_tags(path):
            skeleton = by_name.get(sentence.id)
            if skeleton is None:
                continue
            size = len(sentence.tokens)
            pairs = zip(skeleton.tags, sentence.labels, strict=False)
            agree = sum(penn == ud_tag for penn, ud_tag in pairs)
            if len(skeleton.tags) != size:
                left_out[sentence.id] = f"{len(skeleton.tags)} leaves, {size} words"
            elif 2 * agree < size:
                left_out[sentence.id] = f"{agree} of {size} tags agree"
            else:
                joined.append(Joined(split, skeleton, sentence.tokens))
                del left_out[sentence.id]
    return joined, left_out


def parents(sentence: Joined, ancestor: int) -> Instance:
    """The label `ancestor` levels above each word's tag, by the rule of the reader `trees`.

    A few trees have several children under TOP; each child then counts as a tree.
    """
    name = sentence.skeleton.name
    try:
        tree = leaves(sentence.skeleton.tree, forest=True)
    except ValueError as error:
        raise InputError(f"PropBank, sentence {name}: {error}") from error
    if [leaf for leaf, _ in tree] != [str(i) for i in range(len(sentence.tokens))]:
        raise InputError(f"PropBank, sentence {name}: leaves are not the sentence's words")
    labels = ancestors(tree, ancestor)
    return Instance(name, sentence.tokens, labels, document=sentence.skeleton.document)
