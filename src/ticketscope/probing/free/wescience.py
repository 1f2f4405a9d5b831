"""WeScience: analyses of the English Resource Grammar as arcs between words, in the manner of DM.

A gold profile has items, parses (`p-input`: the words with their places in the text) and results
(`mrs`: Minimal Recursion Semantics), one record a line, fields divided by `@`. PyDelphin reads the
MRS and turns it into Elementary Dependency Structures, `bilexical` makes arcs of them. The profile
decides on the split: ws212 is dev, ws213 test, as is usual with WeScience; no article is divided.
"""

import gzip
import re
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from ticketscope.errors import InputError
from ticketscope.probing.free import archives
from ticketscope.probing.free.bilexical import Node, arcs_between
from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.pairs import Pair, arc_instance, relation_instance

_SPLITS = {"ws212": "dev", "ws213": "test"}
_WORD = re.compile(r'\((\d+), (\d+), (\d+), <(\d+):(\d+)>, \d+, "((?:[^"\\]|\\.)*)"')
_MARK = re.compile(r"⌊(?:[^\w⌊⌋]|[δλ])?|(?:[^\w⌊⌋]|[δλ])?⌋")
_FIELDS = {"parse": (0, 4), "result": (0, 13)}  # key, and p-input or mrs


@dataclass(frozen=True)
class Sentence:
    """Words and arcs (argument, predicate) -> label."""

    name: str
    split: str
    tokens: tuple[str, ...]
    arcs: dict[Pair, str]


def sentences(profiles: Mapping[str, bytes], left_out: dict[str, str]) -> Iterator[Sentence]:
    """The sentences that have an arc, by name; the others go into `left_out` with the reason."""
    for name in sorted({member.split("/")[0] for member in profiles}):
        inputs = dict(_records(profiles, name, "parse"))
        for item, mrs in _records(profiles, name, "result"):
            places, tokens = words(inputs.get(item, ""))
            identifier = f"{name}/{item}"
            try:
                nodes = _nodes(mrs)
            except ValueError as error:
                left_out[identifier] = str(error)
                continue
            if sentence_arcs := arcs_between(nodes, places, tokens):
                yield Sentence(identifier, _SPLITS.get(name, "train"), tokens, sentence_arcs)


def _records(profiles: Mapping[str, bytes], name: str, relation: str) -> Iterator[tuple[str, str]]:
    member = f"{name}/{relation}.gz"
    key, field = _FIELDS[relation]
    try:
        data = gzip.decompress(profiles[member])
    except KeyError:
        raise InputError(f"WeScience: no {member}") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"WeScience: {member} is damaged ({error})") from error
    text = archives.text(data, f"WeScience, {member}")
    for number, line in enumerate(text.rstrip("\n").split("\n"), start=1):
        columns = line.split("@")
        if len(columns) <= field:
            raise InputError(f"WeScience, {member}, line {number}: {len(columns)} fields")
        yield columns[key], _unescape(columns[field])


def _unescape(text: str) -> str:
    r"""tsdb's escapes: \s for @, \n for a new line, \\ for a backslash."""
    return re.sub(r"\\([sn\\])", lambda match: {"s": "@", "n": "\n", "\\": "\\"}[match[1]], text)


def words(text: str) -> tuple[list[tuple[int, int]], tuple[str, ...]]:
    """Places in the text, and forms, of the parser's input.

    Marks of Wikipedia's layout, as in `⌊/italics/⌋`, are taken off; what is nothing else goes.
    """
    places, forms = [], []
    for *_, first, after, escaped in _WORD.findall(text):
        form = "".join(_MARK.sub("", re.sub(r"\\(.)", r"\1", escaped)).split())
        if form:
            places.append((int(first), int(after)))
            forms.append(form)
    return places, tuple(forms)


def _nodes(mrs: str) -> list[Node]:
    """The nodes of the EDS; ValueError if PyDelphin cannot make it."""
    # Imported here: only the two tasks of this corpus need PyDelphin.
    try:
        from delphin.codecs import simplemrs
        from delphin.eds import from_mrs
        from delphin.exceptions import PyDelphinException
    except ImportError:
        raise InputError("SemPred and SemClass need PyDelphin, which is not installed") from None

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # handles that nothing in the MRS bears
        try:
            graph = from_mrs(simplemrs.decode(mrs), predicate_modifiers=True)
        except (PyDelphinException, StopIteration) as error:  # the latter at a sudden end
            raise ValueError("PyDelphin cannot read it") from error
    return [
        Node(node.id, node.predicate, node.cfrom, node.cto, dict(node.edges))
        for node in graph.nodes
    ]


def arcs(sentences: Iterable[Sentence], seed: int = 0) -> Iterator[Instance]:
    """Pairs (argument, predicate), "1", each followed by a random one that is no arc, "0"."""
    generator = Random(seed)
    for sentence in sentences:
        yield arc_instance(sentence.name, sentence.tokens, sentence.arcs, generator)


def relations(sentences: Iterable[Sentence]) -> Iterator[Instance]:
    """Pairs (argument, predicate) with the arc's label; no negatives."""
    for sentence in sentences:
        yield relation_instance(sentence.name, sentence.tokens, sentence.arcs)
