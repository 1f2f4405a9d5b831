"""Tables of a made-up experiment's behaviour: BLEU is kept, and some contrasts are lost."""

import itertools

import numpy as np
import pandas as pd

from tests.report.probing_tables import SERIES, made_up
from ticketscope.behaviour import contrasts, flips, free_decoding, lengths, probabilities, words
from ticketscope.plan.names import TicketName
from ticketscope.report.figures.behaviour import Tables

# Phenomena, the tasks that they are paired with, and whether their correct form may be the rarer.
PHENOMENA = {
    "pronoun": ("Coref", True),
    "negation": ("EF", False),
    "roles": ("SemPred SemClass", False),
    "gender": ("SynPred SynClass", True),
    "lexical": ("", False),
}
LENGTHS = ((0, 7), (8, 11), (12, None))
BUCKETS = ((0, 0), (1, 9), (10, 99), (100, None))
ITEMS = 30


def tickets(seeds, last):
    """LTH0 and the series of each seed."""
    return [
        TicketName(seed, name, k)
        for seed in seeds
        for name, k in [("dense", 0), *itertools.product(SERIES, range(1, last + 1))]
    ]


def damage(ticket):
    """How far a ticket is along what pruning does, from 0 to 1."""
    pruned = 1 - 0.8**ticket.k if ticket.series in ("magnitude", "random") else 0
    return pruned * (1.5 if ticket.series == "random" else 1)


def behaviour(*, seeds=(1, 2, 3), last=3, phenomena=PHENOMENA, sets=("toy",)) -> Tables:
    """All tables of an experiment."""
    generator = np.random.default_rng(7)
    names = tickets(seeds, last)
    tasks = {task for paired, _ in phenomena.values() for task in paired.split()}
    probing = made_up(tuple(sorted({*tasks, "POS"})), last=last, seeds=seeds)
    known = pd.DataFrame(
        [
            [of, number, phenomenon, number % 3 == 0 if rarer else None, tasks]
            for of in sets
            for number, (phenomenon, (tasks, rarer)) in enumerate(
                pair for pair in phenomena.items() for _ in range(ITEMS)
            )
        ],
        columns=contrasts.ITEM_COLUMNS,
    )
    hard = generator.normal(1.8, 1, len(known))
    costs = known["phenomenon"].map(
        {name: place / len(phenomena) for place, name in enumerate(phenomena)}
    )
    scores = {}
    for ticket in names:
        margin = hard - 2.5 * costs * damage(ticket) + generator.normal(0, 0.3, len(known))
        margin = margin.to_numpy(np.float32)
        scores[ticket] = {
            of: {
                "margin": margin[known["set"] == of],
                "margin_per_token": margin[known["set"] == of] / 9,
                "greedy": hard[known["set"] == of] > 1.5,
            }
            for of in sets
        }
    margins = [
        known[["set", "item"]].assign(
            seed=ticket.seed, series=ticket.series, k=ticket.k, margin=known_margin(scores[ticket])
        )
        for ticket in names
    ]
    right = {
        ("translation", "chrF"): {t: generator.random(100) < 0.7 - 0.1 * damage(t) for t in names},
        ("contrast", "toy/pronoun"): {t: scores[t][sets[0]]["margin"] > 0 for t in names},
        ("contrast", "toy/roles"): {t: scores[t][sets[0]]["margin"] > 1 for t in names},
        ("linear", "POS"): {t: generator.random(80) < 0.9 for t in names},
        ("mlp", "POS"): {t: generator.random(80) < 0.9 for t in names},
    }
    return Tables(
        sparsity=probing.sparsity,
        table_a1=pd.DataFrame(
            t.columns
            | {"bleu": 30.0 + t.seed - 4 * (damage(t) > 0.8)}
            | {"bleu_low": 29.0 + t.seed, "bleu_high": 31.0 + t.seed}
            for t in names
        ),
        words=pd.DataFrame(word_rows(names, generator), columns=words.COLUMNS),
        lengths=pd.DataFrame(length_rows(names), columns=lengths.COLUMNS),
        decoding=pd.DataFrame(
            [
                [*t.columns.values(), 100, 1 - shift, 1 - shift / 2, 1.0, 0.01, 0.02]
                for t in names
                for shift in [(0.2 + 0.4 * damage(t)) * (t.k > 0) + 0.01 * t.seed * (t.k > 0)]
            ],
            columns=free_decoding.COLUMNS,
        ),
        flips=flips.flip_table(right, list(seeds)),
        probabilities=pd.DataFrame(
            probability_rows(names, seeds, generator), columns=probabilities.COLUMNS
        ),
        contrasts=contrasts.contrast_table(scores, known, resamples=100),
        contrast_items=known,
        contrast_margins=pd.concat(margins, ignore_index=True),
        probes=probing.probes,
    )


def known_margin(of_sets):
    """A ticket's margins, set by set."""
    return np.concatenate([arrays["margin"] for arrays in of_sets.values()])


def word_rows(names, generator):
    for t, (bucket, (first, last)) in itertools.product(names, enumerate(BUCKETS)):
        f1 = 0.3 + 0.15 * bucket - 0.1 * damage(t) * (4 - bucket) / 4 + generator.normal(0, 0.005)
        yield [bucket, first, last, *t.columns.values(), 50 * 4**bucket, f1, f1, f1, f1 - 0.02,
               f1 + 0.02]  # fmt: skip


def length_rows(names):
    for t, (bucket, (first, last)) in itertools.product(names, enumerate(LENGTHS)):
        bleu, f1 = 30 - (3 + 5 * damage(t)) * bucket + t.seed, 0.7 - 0.1 * bucket
        yield [bucket, first, last, *t.columns.values(), 40, bleu, bleu - 2, bleu + 2, f1,
               f1 - 0.02, f1 + 0.02, 1.0]  # fmt: skip


def probability_rows(names, seeds, generator):
    for t in names:
        others = [s for s in seeds if s < t.seed] if t.k == 0 else [t.seed]
        for other in others:
            kl = 0.9 if t.k == 0 else 0.1 + 0.3 * damage(t)
            kl += generator.normal(0, 0.01)
            yield [*t.columns.values(), other, "LTH0", 900, kl, kl - 0.02, kl + 0.02, 0.95 - kl / 4,
                   -1.5]  # fmt: skip
