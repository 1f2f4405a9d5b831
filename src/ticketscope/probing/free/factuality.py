"""UDS-It-Happened 2 in the package decomp: annotators' answers about each predicate.

`factuality.json` has for each sentence (ewt-train-12) and predicate (…-pred-4, word 4 from 1) the
annotators' answers, happened or not, and their confidence from 0 to 4. The words are those of the
package's own graphs (UD EWT 1.2). Label, in [-3, 3]: 0.75 x the mean confidence, negative if the
first annotator listed says that it did not happen. No builder was ever published; this rule gives
all 82 labels that Liu et al. (2019) show.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ticketscope.errors import InputError
from ticketscope.probing.free import archives
from ticketscope.probing.instances import Instance

ANSWERS = "decomp/data/2.0/raw/sentence/annotations/factuality.json"
GRAPHS = "decomp/data/2.0/normalized/sentence/uds-ewt-sentences-{}-normalized.json"
_SENTENCE = re.compile(r'"(ewt-\w+-\d+)": (?=\{"directed")')
_DECODER = json.JSONDecoder()


def label(values: Mapping[str, int], confidences: Mapping[str, int]) -> float:
    """One predicate's number from its annotators' answers."""
    sign = 1 if next(iter(values.values())) else -1
    return sign * 0.75 * sum(confidences[name] for name in values) / len(values)


def answers(package: Path) -> dict[str, dict[int, float]]:
    """Sentence -> predicate (word, from 0) -> label, in the order of the words."""
    try:
        data = json.loads(archives.member(package, ANSWERS))["data"]
        return {
            sentence: dict(
                sorted(
                    (int(name.rsplit("-", 1)[1]) - 1, _label(answer))
                    for name, answer in predicates.items()
                )
            )
            for sentence, predicates in data.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{package}: unexpected form of {ANSWERS} ({error!r})") from error


def _label(answer: Mapping[str, Any]) -> float:
    factual = answer["factuality"]["factual"]
    return label(factual["value"], factual["confidence"])


def sentences(package: Path, split: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and words of each sentence of a split.

    The file is one value of 200 MB: the sentences are decoded one after the other.
    """
    graphs = GRAPHS.format(split)
    text = archives.text(archives.member(package, graphs), f"{package}, {graphs}")
    place = 0
    while match := _SENTENCE.search(text, place):
        try:
            graph, place = _DECODER.raw_decode(text, match.end())
            words = {
                node["position"]: node["form"]
                for node in graph["nodes"]
                if node.get("type") == "token" and node.get("domain") == "syntax"
            }
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{package}, {match[1]}: unexpected form ({error!r})") from error
        if sorted(words) != list(range(1, len(words) + 1)):
            raise InputError(f"{package}, {match[1]}: words are not numbered from 1")
        yield match[1], tuple(words[i] for i in sorted(words))


def read(package: Path, split: str) -> Iterator[Instance]:
    """The sentences of a split that have a predicate with answers."""
    labels_of = answers(package)
    for name, tokens in sentences(package, split):
        if labels := labels_of.get(name):
            try:
                yield Instance(name, tokens, tuple(labels.values()), indices=tuple(labels))
            except ValueError as error:
                raise InputError(f"{package}, {name}: {error}") from error
