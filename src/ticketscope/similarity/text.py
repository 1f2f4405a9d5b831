"""Categories of a source text's tokens: frequency bins always, labels where there are any."""

from collections.abc import Mapping, Sequence

import numpy as np

from ticketscope.representations.alignment import AlignmentReport
from ticketscope.representations.layout import EOS
from ticketscope.similarity.categories import frequency_bins
from ticketscope.similarity.labels import Labelled, Labels, label_positions


def text_categories(
    subword_lines: Sequence[str],
    counts: Mapping[str, int],
    labelled: Mapping[str, Labelled],
    *,
    edges: Sequence[int],
) -> tuple[dict[str, Labels], dict[str, AlignmentReport]]:
    """Categories by kind, counted as a store's positions are; the EOS is in none.

    Args:
        subword_lines: The text's source side, a line of subwords a sentence.
        counts: Of the subwords in the training text.
        labelled: Words and labels of the text's sentences, by kind.
        edges: Frequency ranks where bins begin.

    Returns:
        kind -> (positions,) of text, empty where there is no label; `frequency` comes first. And
        how well each kind's words fit the subwords.

    Raises:
        InputError: labels of another number of sentences.
    """
    positions = [subword for line in subword_lines for subword in (*line.split(), EOS)]
    bins = frequency_bins(positions, counts, edges)
    found = {"frequency": np.where(np.array(positions) == EOS, "", bins)}
    reports = {}
    for kind, sentences in labelled.items():
        found[kind], reports[kind] = label_positions(sentences, subword_lines, kind)
    return found, reports
