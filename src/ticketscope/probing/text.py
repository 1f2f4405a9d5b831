"""The text that is encoded for all tasks, and the positions of each instance's words in it.

Tasks share sentences, and each sentence is encoded once.
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
    """The encoder's input for all tasks.

    Attributes:
        sentences: Words of each line.
        subwords: Subwords of each line, separated by spaces.
        places: For each key, usually task and split, the position of each instance's first word in
            the concatenated sentences, and the position after its last word (instances, 2).
        divided: Documents that were longer than the model's input limit, by key and id.
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
    """Lay out the words of all instances as one text, without repetitions.

    Args:
        tasks: Instances by key.
        context: Whether a document is one line. Documents that are too long are always divided into
            sentences.
        encode: Returns the subwords of a line, separated by spaces.
        longest: Largest number of subwords in a line, without EOS.

    Raises:
        InputError: a sentence is longer; the message names the instance.
    """
    text = Text([], [], {}, [])
    words = 0
    positions: dict[tuple[Words, ...], tuple[int, int]] = {}
    for key, instances in tasks.items():
        rows = np.zeros((len(instances), 2), dtype=np.int64)
        for number, instance in enumerate(instances):
            unit = _lines(instance, context)
            if unit not in positions:
                positions[unit] = words, words + len(instance.tokens)
                words += len(instance.tokens)
                lines, subwords = unit, [encode(line) for line in unit]
                if len(unit) == 1 and instance.sentences and _size(subwords[0]) > longest:
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
            rows[number] = positions[unit]
        text.places[key] = rows
    return text


def _size(line: str) -> int:
    return len(line.split())


def _lines(instance: Instance, context: Context) -> tuple[Words, ...]:
    if context == "document" or instance.sentences is None:
        return (instance.tokens,)
    bounds = pairwise((*instance.sentences, len(instance.tokens)))
    return tuple(instance.tokens[first:last] for first, last in bounds)


def instance_vectors(vectors: Vectors, rows: Integers) -> tuple[Vectors, Integers]:
    """Select the word vectors of some instances.

    Args:
        vectors: Word vectors of the text (layers, words, dim); may be a memory map.
        rows: As in `Text.places`.

    Returns:
        Vectors (layers, words of the instances, dim), and each instance's rows in them.
    """
    sizes = rows[:, 1] - rows[:, 0]
    bounds = starts(sizes)
    chosen = np.arange(bounds[-1]) + np.repeat(rows[:, 0] - bounds[:-1], sizes)
    return vectors[:, chosen], np.stack([bounds[:-1], bounds[1:]], axis=1)
