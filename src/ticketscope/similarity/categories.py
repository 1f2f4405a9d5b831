"""LayerSim within categories of tokens: frequency, part of speech, semantic tag (section 5.3).

CKA grows as the number of tokens falls, so categories of different sizes can only be compared by
the debiased value or by the value at equal size. Both are computed, beside n.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.runtime.devices import full_memory
from ticketscope.similarity.covariance import (
    BLOCK,
    Array,
    Covariances,
    Floats,
    Rows,
    as_tensor,
    cross_covariances,
)
from ticketscope.similarity.invariances import invariant_to
from ticketscope.similarity.layers import layer_sim_of

EDGES = (5, 100, 500, 2500)
DRAWS = 10  # subsamples averaged into the value at equal size
# Columns of tables/categories.csv; without any ticket beside LTH0 it has no rows.
COLUMNS = (
    "seed", "series", "ticket", "k", "kind", "category", "n", "value", "debiased", "equal_n",
    "equal_size", "low", "high", "n_per_d",
)  # fmt: skip


@dataclass(frozen=True)
class CategorySim:
    """Similarity of two layers on the tokens of a category.

    Attributes:
        label: The category.
        n: Number of its tokens.
        value: LayerSim, biased by n. Like all values below, NaN if the category is too small.
        debiased: Debiased LayerSim.
        equal_n: LayerSim (biased) on as many tokens as the smallest category has.
        equal_size: That number of tokens; 0 if the category is too small.
        low: Lower end of the 95 % interval of the debiased value.
        high: Its upper end.
    """

    label: str
    n: int
    value: float = math.nan
    debiased: float = math.nan
    equal_n: float = math.nan
    equal_size: int = 0
    low: float = math.nan
    high: float = math.nan


@invariant_to("orthogonal", "scaling", "translation", "permutation")
@full_memory("lower similarity.block")
def category_sim(
    x: Array,
    y: Array,
    labels: Sequence[str] | NDArray[np.str_],
    *,
    sentences: Rows | None = None,
    least: int = 100,
    resamples: int = 1000,
    seed: int = 0,
    block: int = BLOCK,
    device: str | None = None,
) -> list[CategorySim]:
    """LayerSim of the tokens of each category, in the order of the labels.

    Intervals are percentiles of a linear bootstrap: tokens, or whole sentences, are drawn with
    replacement and the debiased value moves by the sum of the influences of those drawn,
    2 s_xy / h_xy - s_xx / h_xx - s_yy / h_yy times the value, where s is a token's share of the
    unbiased HSIC h. Drawing tokens and computing CKA anew would be wrong here, not only slow: a
    token drawn twice is its own perfect neighbour in both layers, which raises the debiased value
    of even independent layers far above 0. First order: too narrow where the value is near 0.

    Invariant as `layer_sim` is. Source: Kornblith et al. 2019; Song et al. 2007; linear bootstrap:
    Efron & Tibshirani 1993, chapter 22, Davison & Hinkley 1997, section 2.7.

    Args:
        x: (tokens, dim).
        y: (tokens, another dim), the same tokens.
        labels: Category of each token; '' for none.
        sentences: Number of each token's sentence; if given, sentences are resampled.
        least: Smallest category to compare, in tokens, at least 4; of smaller ones only n is
            given.
        resamples: Bootstrap resamples.
        seed: Seed of the resamples and then of the subsamples of equal size: another number of
            resamples draws other subsamples, too.
        block: Tokens at a time.
        device: Where to compute, as torch names it; None: a GPU if there is one.

    Raises:
        InputError: labels and tokens differ in number, or `least` is below 4.
    """
    categories = np.asarray(labels, dtype=np.str_)
    if categories.shape != (len(x),):
        raise InputError(f"{categories.size} labels for {len(x)} tokens")
    if least < 4:
        raise InputError(f"the smallest category must have at least 4 tokens, given {least}")
    members = {
        str(label): np.flatnonzero(categories == label) for label in np.unique(categories) if label
    }
    size = min((len(rows) for rows in members.values() if len(rows) >= least), default=0)
    clusters = np.arange(len(x)) if sentences is None else np.asarray(sentences)

    def sums_over(rows: Rows) -> Covariances:
        return cross_covariances([x, y], [(0, 1)], rows=rows, block=block, device=device)

    similarities = []
    for label, rows in members.items():
        n = len(rows)
        if n < least:
            similarities.append(CategorySim(label, n))
            continue
        generator = np.random.default_rng(seed)
        sums = sums_over(rows)
        debiased = layer_sim_of(sums, 0, 1, debiased=True)
        influence = np.bincount(
            np.unique(clusters[rows], return_inverse=True)[1],
            weights=_influence(sums, [x, y], rows, debiased, block),
        )
        shifts = [generator.choice(influence, len(influence)).sum() for _ in range(resamples)]
        low, high = np.quantile(debiased + np.array(shifts), [0.025, 0.975])
        subsets = [np.sort(generator.choice(rows, size, replace=False)) for _ in range(DRAWS)]
        equal = [layer_sim_of(sums if n == size else sums_over(s), 0, 1) for s in subsets]
        similarities.append(
            CategorySim(
                label, n, layer_sim_of(sums, 0, 1), debiased,
                float(np.mean(equal)), size, float(low), float(min(high, 1)),
            )
        )  # fmt: skip
    return similarities


def _influence(
    sums: Covariances, networks: Sequence[Array], rows: Rows, value: float, block: int
) -> Floats:
    """Influence of each token on debiased CKA, (n,); their sum is 0.

    A token's share of n (n - 3) HSIC is s = x^T C y - ab + (a sum b + b sum a) / (2 (n-1)(n-2))
    - 2 ab / (n-2), with C = X^T Y, a = |x|^2, b = |y|^2, all centred. Doubling a token's weight
    changes HSIC by 2 s to first order.
    """
    n = sums.n
    crosses = {pair: sums.cross(*pair) for pair in ((0, 1), (0, 0), (1, 1))}
    device, dtype = crosses[0, 1].device, sums.precision
    means = [torch.from_numpy(sums.mean(i)).to(device) for i in (0, 1)]
    traces = [sums.trace(i) for i in (0, 1)]
    shares: dict[tuple[int, int], list[torch.Tensor]] = {pair: [] for pair in crosses}
    for start in range(0, n, block):
        chosen = rows[start : start + block]
        centred = [
            (as_tensor(network[chosen]).to(device, torch.float64) - mean).to(dtype)
            for network, mean in zip(networks, means, strict=True)
        ]
        norms = [piece.square().sum(1).double() for piece in centred]
        for (i, j), cross in crosses.items():
            inner = ((centred[i] @ cross.to(dtype)) * centred[j]).sum(1).double()
            products = norms[i] * norms[j]
            halves = (norms[i] * traces[j] + norms[j] * traces[i]) / 2
            diagonal = products * (1 + 2 / (n - 2)) - halves / ((n - 1) * (n - 2))
            shares[i, j].append(inner - diagonal)
    xy, xx, yy = (torch.cat(shares[pair]).cpu().numpy() for pair in crosses)
    hx, hy = xx.sum(), yy.sum()
    if hx <= 0 or hy <= 0:
        return np.zeros(n)
    return np.asarray(2 * xy / math.sqrt(hx * hy) - value * (xx / hx + yy / hy))


def frequency_bins(
    subwords: Sequence[str], counts: Mapping[str, int], edges: Sequence[int] = EDGES
) -> NDArray[np.str_]:
    """The bin of each token by its subword's frequency rank: '0-5', '5-100', ..., '2500+'.

    Rank 0 is the most frequent subword; a bin includes its lower edge and excludes its upper edge.
    Equal counts keep the order of `counts`. A subword without a count is in the last bin. The
    paper reports ranks 0-5, 100-500 and 2500+ (section 5.3).

    Args:
        subwords: The tokens.
        counts: Counts of subwords in the training text.
        edges: Ranks where bins begin, rising, above 0.

    Returns:
        (tokens,) of str.

    Raises:
        InputError: the edges do not rise from above 0.
    """
    bounds = [0, *edges]
    if any(a >= b for a, b in itertools.pairwise(bounds)):
        raise InputError(f"frequency edges must rise from above 0: {list(edges)}")
    names = [f"{low}-{high}" for low, high in itertools.pairwise(bounds)]
    names.append(f"{bounds[-1]}+")
    ranked = sorted(counts, key=lambda subword: -counts[subword])  # stable
    ranks = {subword: rank for rank, subword in enumerate(ranked)}
    places = np.searchsorted(edges, [ranks.get(word, edges[-1]) for word in subwords], side="right")
    return np.array(names)[places]
