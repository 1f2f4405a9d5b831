"""How far a ticket's predictions are from LTH0's, on the prefixes of the reference translations.

At every position of a reference, both models read the same words before it; their distributions
over the next subword are compared. So no decoding hides, or blows up, a small change.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ticketscope.upstream.quick_fairseq  # noqa: F401  # isort: skip - before fairseq
import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from ticketscope.behaviour.force_decoding import (
    ADVICE,
    Intervention,
    encode_source,
    gold,
    predict,
)
from ticketscope.plan.names import TicketName
from ticketscope.representations.batches import Text, batches
from ticketscope.representations.layout import Integers, starts
from ticketscope.representations.model import LoadedModel
from ticketscope.representations.progress import Pace
from ticketscope.runtime.devices import full_memory
from ticketscope.stats.resampling import interval, resample

COLUMNS = [
    "seed", "series", "ticket", "k", "other_seed", "other_ticket", "positions", "kl", "kl_low",
    "kl_high", "agreement", "log_probability",
]  # fmt: skip


@dataclass(frozen=True)
class Divergence:
    """A model beside another one, summed over the positions of each sentence: (sentences,).

    Attributes:
        kl: Kullback-Leibler divergence KL(other || model), in nats.
        agreement: Positions at which both have the same first choice.
        log_probability: Of the reference under the model, in nats.
        positions: Subwords of the reference, its end included.
    """

    kl: NDArray[np.float64]
    agreement: NDArray[np.float64]
    log_probability: NDArray[np.float64]
    positions: Integers


def diverge(
    model: LoadedModel,
    other: LoadedModel,
    source: Text,
    target: Text,
    *,
    max_tokens: int,
    intervention: Intervention | None = None,
    progress: Callable[[str], None] = print,
) -> Divergence:
    """Compare two models of one vocabulary.

    Args:
        model: A ticket.
        other: What it is compared with, such as LTH0.
        source: The sentences.
        target: Their references.
        max_tokens: Batch size in subwords, padding included.
        intervention: Changes what `model`'s encoder makes of subwords; None: none.
        progress: Gets a line every few seconds.
    """
    sums = np.zeros((3, len(source.ids)))
    lengths = np.maximum(source.lengths, target.lengths)
    pace = Pace(int(lengths.sum()), "subwords", progress)
    with torch.inference_mode(), full_memory(ADVICE):
        for sentences in batches(lengths, max_tokens):
            p = predict(other, target, sentences, encode_source(other, source, sentences))
            encoded = encode_source(model, source, sentences, intervention)
            q = predict(model, target, sentences, encoded)
            sums[:, sentences] = compare(p, q, target, sentences)
            pace.advance(int(lengths[sentences].sum()))
    return Divergence(sums[0], sums[1], sums[2], target.lengths)


def compare(
    p: torch.Tensor, q: torch.Tensor, target: Text, sentences: Integers
) -> NDArray[np.float64]:
    """KL(p || q), agreement and log-probability of some sentences, summed over their positions.

    Args:
        p: What `predict` returned of the other model.
        q: The same of the model.
        target: The references.
        sentences: Numbers of the sentences.

    Returns:
        (3, sentences).
    """
    wanted = gold(target, sentences).to(q.device)
    values = torch.stack(
        [
            (p.exp() * (p - q)).sum(1),
            (p.argmax(1) == q.argmax(1)).float(),
            q.gather(1, wanted[:, None])[:, 0],
        ]
    )
    begins = starts(target.lengths[sentences])[:-1]
    return np.add.reduceat(values.double().cpu().numpy(), begins, axis=1)


def probability_table(
    ticket: TicketName, divergences: Mapping[TicketName, Divergence], *, resamples: int
) -> pd.DataFrame:
    """A row of `COLUMNS` for each ticket that a ticket was compared with.

    Means are over all positions of the text; the interval of the divergence is that of a bootstrap
    over sentences.

    Args:
        ticket: The ticket.
        divergences: By the other ticket.
        resamples: Number of resamples, the same for all tickets and seeds.
    """
    rows = []
    for other, divergence in divergences.items():
        rows.append(
            ticket.columns
            | {"other_seed": other.seed, "other_ticket": other.label}
            | means(divergence, resamples=resamples)
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def means(divergence: Divergence, *, resamples: int) -> dict[str, float]:
    """The columns that are means over all positions, and their number."""
    positions = int(divergence.positions.sum())
    counts = resample(len(divergence.kl), resamples)
    low, high = interval(counts @ divergence.kl / (counts @ divergence.positions))
    return {
        "positions": positions,
        "kl": divergence.kl.sum() / positions,
        "kl_low": low,
        "kl_high": high,
        "agreement": divergence.agreement.sum() / positions,
        "log_probability": divergence.log_probability.sum() / positions,
    }
