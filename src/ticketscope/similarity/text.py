"""Categories of a source text's tokens: frequency bins always, labels where there are any."""

from collections.abc import Mapping, Sequence

import numpy as np

from ticketscope.representations.alignment import AlignmentReport
from ticketscope.representations.layout import EOS
from ticketscope.similarity.categories import frequency_bins
from ticketscope.similarity.labels import LabelledText, Labels, label_positions


def text_categories(
    subword_lines: Sequence[str],
    counts: Mapping[str, int],
    labelled: Mapping[str, LabelledText],
    *,
    edges: Sequence[int],
) -> tuple[dict[str, Labels], dict[str, AlignmentReport]]:
    """The category of every position of a store, by kind of category; EOS has none.

    Args:
        subword_lines: The text's source side, a line of subwords for each sentence.
        counts: Counts of subwords in the training text.
        labelled: Words and labels of the text's sentences, by kind.
        edges: Frequency ranks where bins begin.

    Returns:
        kind -> (positions,) of str, empty where there is no label, `frequency` first; and how
        well each kind's words fit the subwords.

    Raises:
        InputError: the labels have another number of sentences.
    """
    positions = [subword for line in subword_lines for subword in (*line.split(), EOS)]
    bins = frequency_bins(positions, counts, edges)
    categories = {"frequency": np.where(np.array(positions) == EOS, "", bins)}
    reports = {}
    for kind, text in labelled.items():
        categories[kind], reports[kind] = label_positions(text, subword_lines, kind)
    return categories, reports
