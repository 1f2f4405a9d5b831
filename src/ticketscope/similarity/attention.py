"""Attention as rows of word pairs with heads as features: AttentionSim and concentration.

A text's attention of one kind is packed as (word pairs, heads): sentence after sentence, within it
query after query, within that key after key, at true lengths.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.representations.layout import Kind, starts
from ticketscope.similarity.covariance import Array, cross_covariances
from ticketscope.similarity.invariances import invariant_to
from ticketscope.similarity.jackknife import Interval, around, even_groups
from ticketscope.similarity.layers import layer_sim_of

Lengths = Sequence[int] | Sequence[tuple[int, int]] | NDArray[np.integer]


class Layout:
    """Positions of sentences and queries among packed word pairs.

    In dec_self only the pairs that decoding allows are word pairs, key <= query. This mask is
    structural: no pair is left out because its weight happens to be 0.

    Attributes:
        queries: Queries of each sentence, (sentences,).
        keys: Keys of each sentence, (sentences,).
        packed: Rows of the packed array.
        rows: Numbers of the packed rows that are word pairs, (word pairs,); None: all.
        starts: Where each query's distribution begins among the word pairs, (sum of queries,).
        offsets: Where each sentence begins among the word pairs, and the end, (sentences + 1,).
    """

    def __init__(self, lengths: Lengths, kind: Kind) -> None:
        """Lay out a text.

        Args:
            lengths: Of each sentence, in tokens: (sentences,), or (sentences, 2) for queries and
                keys, which differ in enc_dec.
            kind: Kind of attention.

        Raises:
            InputError: no sentence, one without tokens, or dec_self with other keys than queries.
        """
        table = np.asarray(lengths, dtype=np.int64)
        if table.size == 0 or (table < 1).any():
            raise InputError("attention needs sentences of at least one token")
        self.queries, self.keys = np.broadcast_to(table.reshape(len(table), -1), (len(table), 2)).T
        if kind == "dec_self" and (self.queries != self.keys).any():
            raise InputError("dec_self has as many keys as queries")
        first_query = starts(self.queries)
        keys = np.repeat(self.keys, self.queries)  # of each query
        first_row = starts(keys)
        self.packed = int(first_row[-1])
        self.rows: NDArray[np.int64] | None = None
        first_pair = first_row
        if kind == "dec_self":
            place = np.arange(len(keys)) - np.repeat(first_query[:-1], self.queries)
            reachable = place + 1
            first_pair = starts(reachable)
            shift = np.repeat(first_row[:-1] - first_pair[:-1], reachable)
            self.rows = np.arange(first_pair[-1]) + shift
        self.starts = first_pair[:-1]
        self.offsets = first_pair[first_query]

    def take(self, packed: Array) -> NDArray[Any]:
        """The word pairs of a layer's packed attention: (packed, heads) -> (word pairs, heads)."""
        if packed.ndim != 2 or len(packed) != self.packed:
            raise InputError(
                f"packed attention has the shape {tuple(packed.shape)}, these sentences give "
                f"({self.packed}, heads)"
            )
        array = np.asarray(packed)
        return array if self.rows is None else array[self.rows]


def pack(maps: Sequence[Array], layout: Layout) -> NDArray[Any]:
    """Pack the maps of sentences, (heads, query, key) each, into (packed, heads).

    Maps may be padded on the right.
    """
    if len(maps) != len(layout.queries):
        raise InputError(f"{len(maps)} attention maps for {len(layout.queries)} sentences")
    rows = []
    sentences = zip(map(np.asarray, maps), layout.queries, layout.keys, strict=True)
    for number, (weights, query, key) in enumerate(sentences):
        if weights.ndim != 3 or weights.shape[1] < query or weights.shape[2] < key:
            raise InputError(
                f"attention map {number} has the shape {weights.shape}, its sentence needs "
                f"(heads, {query}, {key})"
            )
        rows.append(weights[:, :query, :key].reshape(len(weights), -1).T)
    return np.concatenate(rows)


@invariant_to("orthogonal", "scaling", "translation", "permutation")
def attention_sim(
    a: Sequence[Array], b: Sequence[Array], lengths: Lengths, kind: Kind, *, debiased: bool = False
) -> float:
    """AttentionSim (section 5.1): linear CKA over word pairs, heads as features.

    Each pair of a query and a key of a sentence is an example whose features are the weights of
    the heads. In dec_self, keys after the query are not examples. Symmetric.

    Like CKA, it is invariant to orthogonal maps of the heads, so to their order, and to scale and
    translation. Source: Wu et al. 2020, who leave out word pairs by their weight instead.

    Args:
        a: Attention maps of a layer, (heads, query, key) for each sentence; may be padded on the
            right.
        b: Maps of the same sentences in another layer or model.
        lengths: True lengths, (sentences,) or (sentences, 2).
        kind: Kind of attention.
        debiased: As in `layer_sim`.

    Raises:
        InputError: maps and lengths do not fit.
    """
    layout = Layout(lengths, kind)
    packed = [pack(maps, layout) for maps in (a, b)]
    sums = cross_covariances(packed, [(0, 1)], rows=layout.rows)
    return layer_sim_of(sums, 0, 1, debiased=debiased)


def attention_concentration(
    a: Sequence[Array], lengths: Lengths, kind: Kind, *, threshold: float = 0.95
) -> float:
    """Share of attention distributions with more than `threshold` of their mass on one key.

    A distribution is the weights of a head over the keys of a query (section 5.4.3). All are
    counted, including those over a single key, which are concentrated whatever the model does.

    Args:
        a: Attention maps of a layer, (heads, query, key) for each sentence; may be padded on the
            right.
        lengths: True lengths, (sentences,) or (sentences, 2).
        kind: Kind of attention.
        threshold: Mass, in (0, 1).

    Raises:
        InputError: maps and lengths do not fit.
    """
    layout = Layout(lengths, kind)
    return float(concentration(pack(a, layout), layout, threshold=threshold).mean())


def concentration(packed: Array, layout: Layout, *, threshold: float = 0.95) -> NDArray[np.float64]:
    """`attention_concentration` of each head of a packed layer: (packed, heads) -> (heads,)."""
    return _concentrated(packed, layout, threshold).mean(axis=0)


def concentration_interval(
    packed: Array,
    layout: Layout,
    groups: int,
    texts: Sequence[int] = (),
    *,
    threshold: float = 0.95,
) -> Interval:
    """Jackknife interval of the mean concentration of a layer's heads, by groups of sentences.

    `groups` and `texts` are those of `even_groups`.
    """
    of_queries = _concentrated(packed, layout, threshold).mean(axis=1)
    divided = even_groups(starts(layout.queries), groups, texts)
    runs = sorted((*run, number) for number, group in enumerate(divided) for run in group)
    low, high, of = np.array(runs).T
    sums = np.bincount(of, np.add.reduceat(of_queries, low))
    sizes = np.bincount(of, high - low)
    left_out = (sums.sum() - sums) / (sizes.sum() - sizes)
    return around(float(of_queries.mean()), left_out)


def _concentrated(packed: Array, layout: Layout, threshold: float) -> NDArray[np.bool_]:
    """Whether the distribution of a head over the keys of a query is concentrated (query, head)."""
    highest = np.maximum.reduceat(layout.take(packed), layout.starts, axis=0)
    return np.asarray(highest.astype(np.float64) > threshold)
