"""The text that is encoded for all tasks together, and where each instance's words are in it.

Tasks share sentences, and each is encoded once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ticketscope.errors import InputError
from ticketscope.probing.inputs import Vectors
from ticketscope.probing.instances import Instance
from ticketscope.probing.settings import Context
from ticketscope.representations.layout import Integers, starts

Words = tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """What the encoder reads.

    Attributes:
        sentences: Words of each line.
        subwords: The same as subwords, separated by spaces.
        places: For each key, usually task and split, the first of each instance's words, all
            sentences end to end, and the one after its last (instances, 2).
        divided: Documents that were longer than the model reads at once, by key and id.
    """

    sentences: list[Words]
    subwords: list[str]
    places: dict[str, Integers]
    divided: list[str]


def lay_out(
    tasks: Mapping[str, Sequence[Instance]],
    context: Context,
    encode: Callable[[Words], str],
    longest: int,
) -> Text:
    """Put the words of all instances into one text, equal ones once.

    Args:
        tasks: Instances by key.
        context: Whether a document is one line; one that is too long goes by sentences in any case.
        encode: Subwords of a line, separated by spaces.
        longest: Most subwords of a line, EOS not counted.

    Raises:
        InputError: a sentence is longer; the message names the instance.
    """
    text = Text([], [], {}, [])
    words = 0
    known: dict[tuple[Words, ...], tuple[int, int]] = {}
    for key, instances in tasks.items():
        rows = np.zeros((len(instances), 2), dtype=np.int64)
        for number, instance in enumerate(instances):
            whole = _lines(instance, context)
            if whole not in known:
                known[whole] = words, words + len(instance.tokens)
                words += len(instance.tokens)
                lines, subwords = whole, [encode(line) for line in whole]
                if len(whole) == 1 and instance.sentences and _size(subwords[0]) > longest:
                    lines = _lines(instance, "sentence")
                    subwords = [encode(line) for line in lines]
                    text.divided.append(f"{key}: {instance.id}")
                for size in map(_size, subwords):
                    if size > longest:
                        raise InputError(
                            f"{key}: instance {instance.id} has a line of {size} subwords; the "
                            f"model reads at most {longest}"
                        )
                text.sentences.extend(lines)
                text.subwords.extend(subwords)
            rows[number] = known[whole]
        text.places[key] = rows
    return text


def _size(line: str) -> int:
    return len(line.split())


def _lines(instance: Instance, context: Context) -> tuple[Words, ...]:
    if context == "document" or instance.sentences is None:
        return (instance.tokens,)
    bounds = pairwise((*instance.sentences, len(instance.tokens)))
    return tuple(instance.tokens[first:last] for first, last in bounds)


def own_vectors(vectors: Vectors, rows: Integers) -> tuple[Vectors, Integers]:
    """Only the words of some instances.

    Args:
        vectors: Of the whole text (layers, words, dim); may be a memory map.
        rows: As in `Text.places`.

    Returns:
        (layers, words of the instances, dim), and the rows among those.
    """
    sizes = rows[:, 1] - rows[:, 0]
    bounds = starts(sizes)
    chosen = np.arange(bounds[-1]) + np.repeat(rows[:, 0] - bounds[:-1], sizes)
    return vectors[:, chosen], np.stack([bounds[:-1], bounds[1:]], axis=1)
