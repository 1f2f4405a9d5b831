"""Attention as rows of word pairs with heads as features: AttentionSim and concentration.

A text's attention of one kind is packed as (word pairs, heads): sentence after sentence, in it
query after query, in it key after key, at true lengths.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.similarity.covariance import Array, cross_covariances
from ticketscope.similarity.invariances import invariant_to
from ticketscope.similarity.layers import layer_sim_of

Kind = Literal["enc_self", "enc_dec", "dec_self"]
Lengths = Sequence[int] | Sequence[tuple[int, int]] | NDArray[np.integer]


class Layout:
    """Where sentences, queries and keys lie among packed word pairs."""

    def __init__(self, lengths: Lengths, kind: Kind) -> None:
        """Lay out a text.

        Args:
            lengths: Of each sentence, in tokens: (sentences,), or (sentences, 2) for queries and
                keys, which differ in enc_dec.
            kind: dec_self counts only the pairs that decoding allows, key <= query. The mask is
                structural: no pair is left out for a weight that happens to be 0.
        """
        table = np.asarray(lengths, dtype=np.int64)
        if table.size == 0 or (table < 1).any():
            raise InputError("attention needs sentences of at least one token")
        self.queries, self.keys = np.broadcast_to(table.reshape(len(table), -1), (len(table), 2)).T
        self.kind = kind
        if kind == "dec_self" and (self.queries != self.keys).any():
            raise InputError("dec_self has as many keys as queries")

    @property
    def packed(self) -> int:
        """Rows of the packed array."""
        return int((self.queries * self.keys).sum())

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """Which packed rows are word pairs that attention can reach; (packed,)."""
        if self.kind != "dec_self":
            return np.ones(self.packed, dtype=np.bool_)
        query = np.repeat(self._query, self._row_keys)
        first = np.repeat(np.cumsum(self._row_keys) - self._row_keys, self._row_keys)
        return np.arange(self.packed) - first <= query

    @property
    def rows(self) -> NDArray[np.intp] | None:
        """Those rows' numbers, as a pass takes them; None for all."""
        return np.flatnonzero(self.mask) if self.kind == "dec_self" else None

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each attention distribution starts among those rows; (sum of queries,)."""
        sizes = self._query + 1 if self.kind == "dec_self" else self._row_keys
        return np.cumsum(sizes) - sizes

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Where each sentence starts among those rows, and the end; (sentences + 1,)."""
        sizes = self.queries * self.keys
        if self.kind == "dec_self":
            sizes = self.queries * (self.queries + 1) // 2
        return np.concatenate([[0], np.cumsum(sizes)])

    def take(self, packed: Array) -> NDArray[Any]:
        """The rows that count, of one layer's packed attention (packed, heads)."""
        if packed.ndim != 2 or len(packed) != self.packed:
            raise InputError(
                f"packed attention has the shape {tuple(packed.shape)}, these sentences give "
                f"({self.packed}, heads)"
            )
        array = np.asarray(packed)
        return array if self.rows is None else array[self.rows]

    @property
    def _row_keys(self) -> NDArray[np.int64]:
        return np.repeat(self.keys, self.queries)

    @property
    def _query(self) -> NDArray[np.int64]:
        """Place of each query in its sentence."""
        starts = np.cumsum(self.queries) - self.queries
        return np.arange(self.queries.sum()) - np.repeat(starts, self.queries)


def pack(maps: Sequence[Array], layout: Layout) -> NDArray[Any]:
    """(packed, heads) of maps (heads, query, key), one a sentence, padded on the right or not."""
    if len(maps) != len(layout.queries):
        raise InputError(f"{len(maps)} attention maps for {len(layout.queries)} sentences")
    rows = []
    for number, (one, query, key) in enumerate(zip(maps, layout.queries, layout.keys, strict=True)):
        array = np.asarray(one)
        if array.ndim != 3 or array.shape[1] < query or array.shape[2] < key:
            raise InputError(
                f"attention map {number} has the shape {array.shape}, its sentence needs "
                f"(heads, {query}, {key})"
            )
        rows.append(array[:, :query, :key].reshape(len(array), -1).T)
    return np.concatenate(rows)


@invariant_to("orthogonal", "scaling", "translation", "permutation")
def attention_sim(
    a: Sequence[Array], b: Sequence[Array], lengths: Lengths, kind: Kind, *, debiased: bool = False
) -> float:
    """AttentionSim (section 5.1): linear CKA over word pairs, heads as features.

    Each pair of a query and a key of a sentence is an example whose features are the heads'
    weights. For dec_self, keys after the query are no examples. Symmetric.

    Invariant, as CKA is, to orthogonal maps of the heads, so to their order, and to scale and
    translation. Source: Wu et al. 2020, who leave out word pairs by their weight instead.

    Args:
        a: One map (heads, query, key) a sentence, padded on the right or not.
        b: The same sentences' maps of another layer or model.
        lengths: True lengths, (sentences,) or (sentences, 2).
        kind: Of attention.
        debiased: As in `layer_sim`.
    """
    layout = Layout(lengths, kind)
    packed = [pack(maps, layout) for maps in (a, b)]
    sums = cross_covariances(packed, [(0, 1)], rows=layout.rows)
    return layer_sim_of(sums, 0, 1, debiased=debiased)


def attention_concentration(
    a: Sequence[Array], lengths: Lengths, kind: Kind, *, threshold: float = 0.95
) -> float:
    """Share of attention distributions with more than `threshold` of their mass on one key.

    A distribution is a head's weights over the keys of one query (section 5.4.3). All count, those
    over a single key too, which are concentrated whatever the model does.

    Args:
        a: One map (heads, query, key) a sentence, padded on the right or not.
        lengths: True lengths, (sentences,) or (sentences, 2).
        kind: Of attention.
        threshold: Mass, in (0, 1).
    """
    layout = Layout(lengths, kind)
    return float(concentration(pack(a, layout), layout, threshold=threshold).mean())


def concentration(packed: Array, layout: Layout, *, threshold: float = 0.95) -> NDArray[np.float64]:
    """The same of a packed layer, by head: (heads,)."""
    highest = np.maximum.reduceat(layout.take(packed), layout.starts, axis=0)
    return np.asarray((highest.astype(np.float64) > threshold).mean(axis=0))
