"""Layers to compare: fixed by a seed, of 8 and 5 neurons that have something in common."""

import itertools

import numpy as np


def float32_error(n):
    """Relative error of a sum of n float32 products, whatever the processor's order of adding.

    Roundings are as good as random, so they grow with the root of n.
    """
    return float(np.finfo(np.float32).eps * np.sqrt(n))


def layers(seed=5, n=200):
    generator = np.random.default_rng(seed)
    x = generator.standard_normal((n, 8)) * generator.uniform(0.5, 3, 8) + generator.normal(0, 5, 8)
    y = x[:, :5] @ generator.standard_normal((5, 5)) + 2 * generator.standard_normal((n, 5))
    return x, y


def maps(rows, shapes):
    """Per-sentence attention (heads, query, key) of packed rows (word pairs, heads)."""
    sentences, start = [], 0
    for query, key in shapes:
        sentences.append(rows[start : start + query * key].T.reshape(-1, query, key))
        start += query * key
    return sentences


def distributions(lengths, heads, seed, *, causal=False):
    """Random attention maps whose rows sum to 1; one (heads, query, key) a sentence."""
    generator = np.random.default_rng(seed)
    sentences = []
    for query, key in lengths:
        scores = 3 * generator.standard_normal((heads, query, key))
        if causal:
            scores[:, np.arange(key) > np.arange(query)[:, None]] = -np.inf
        weights = np.exp(scores)
        sentences.append(weights / weights.sum(axis=-1, keepdims=True))
    return sentences


def one_run(offsets):
    """Groups of one run each, between offsets."""
    return [[run] for run in itertools.pairwise(offsets)]
