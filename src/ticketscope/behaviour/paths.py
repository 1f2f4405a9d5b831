"""The straight line between two tickets: loss and BLEU along it, and the barrier between them.

Two trainings that ended in one basin have no barrier between them (Frankle et al. 2020, Linear Mode
Connectivity and the Lottery Ticket Hypothesis). A point of the segment is

    (1 - alpha) other + alpha ticket

in every parameter: projections, biases, layer norms, embeddings (tied ones stay tied). It is a
model of its own and no ticket: between a pruned ticket and its control nothing is zero.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import ticketscope.upstream.quick_fairseq  # noqa: F401  # isort: skip - before fairseq
import numpy as np
import pandas as pd
import torch

from ticketscope.behaviour.spot_check import SpotCheck
from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.representations.progress import Pace

PAIR = [
    "kind", "seed", "series", "ticket", "k", "other_seed", "other_series", "other_ticket",
    "other_k",
]  # fmt: skip
COLUMNS = [*PAIR, "alpha", "loss", "bleu"]
BARRIER_COLUMNS = [
    *PAIR, "other_loss", "loss", "highest", "barrier", "instability", "other_bleu", "bleu",
    "bleu_drop",
]  # fmt: skip

# Parameters by name, as `checkpoints.parameters` returns them.
Weights = Mapping[str, torch.Tensor]


class Pair(NamedTuple):
    """The ends of a segment.

    Attributes:
        kind: Why they are compared: previous, control, seeds or orders.
        ticket: Where the segment ends.
        other: Where it begins.
    """

    kind: str
    ticket: TicketName
    other: TicketName

    @property
    def columns(self) -> dict[str, str | int]:
        """The columns `PAIR`."""
        other = {f"other_{name}": value for name, value in self.other.columns.items()}
        return {"kind": self.kind} | self.ticket.columns | other


class Measured(NamedTuple):
    """Loss and BLEU at one point; no BLEU where nothing is translated."""

    loss: float
    bleu: float | None


def place(model: torch.nn.Module, start: Weights, end: Weights, alpha: float) -> None:
    """Overwrite a model's parameters with a point of a segment; exact at both ends.

    Args:
        model: Of the architecture of both.
        start: Parameters at alpha 0.
        end: Parameters at alpha 1.
        alpha: Where.

    Raises:
        InputError: the two are of different architectures.
    """
    parameters = model.state_dict()
    if {name: tensor.shape for name, tensor in start.items()} != {
        name: tensor.shape for name, tensor in end.items()
    }:
        raise InputError(
            "two tickets on a segment have different architectures: leave the kind of pair out of "
            "behaviour.paths.kinds"
        )
    with torch.no_grad():
        for name, tensor in start.items():
            parameters[name].copy_(torch.lerp(tensor.float(), end[name].float(), alpha))


def walk(
    check: SpotCheck,
    weights: Mapping[TicketName, Weights],
    pairs: Sequence[Pair],
    *,
    points: int,
    translated: int,
    progress: Callable[[str], None] = print,
) -> pd.DataFrame:
    """Loss and BLEU along segments.

    Args:
        check: Asks the model whose parameters are overwritten, with those of the last point when
            all is done.
        weights: Parameters of all tickets.
        pairs: The ends of the segments.
        points: Points of each segment, ends included, at equal distances.
        translated: Points that are also translated, ends included, at equal distances; 0: none.
        progress: Gets a line every few seconds.

    Returns:
        A row of `COLUMNS` for each point; `bleu` is empty where nothing was translated.

    Raises:
        InputError: as `place`.
    """
    model = check.loaded.model
    ends: dict[TicketName, Measured] = {}
    tickets = list(dict.fromkeys(name for pair in pairs for name in (pair.other, pair.ticket)))
    pace = Pace(len(tickets) + len(pairs) * (points - 2), "points", progress)
    for name in tickets:
        place(model, weights[name], weights[name], 0)
        ends[name] = Measured(check.loss(), check.bleu() if translated else None)
        pace.advance(1)
    step = (points - 1) // (translated - 1) if translated else points
    rows = []
    for pair in pairs:
        for point in range(points):
            if point in (0, points - 1):
                here = ends[pair.ticket if point else pair.other]
            else:
                alpha = point / (points - 1)
                place(model, weights[pair.other], weights[pair.ticket], alpha)
                spoken = translated and point % step == 0
                here = Measured(check.loss(), check.bleu() if spoken else None)
                pace.advance(1)
            rows.append(pair.columns | {"alpha": point / (points - 1)} | here._asdict())
    return pd.DataFrame(rows, columns=COLUMNS).astype({"bleu": float})


def barriers(segments: pd.DataFrame) -> pd.DataFrame:
    """How high the loss rises between the ends of each segment.

    `barrier` is the largest difference between the loss and the straight line from one end's loss
    to the other's (Entezari et al. 2022, The Role of Permutation Invariance), 0 if it is nowhere
    above. `instability` is the highest loss of the segment, ends included, less the mean of its
    ends (Frankle et al. 2020, for two copies of one network, whose ends are equally good). Between
    ends of different loss the second is above 0 where the loss falls straight from one to the
    other; the first is not. `bleu_drop` is, likewise, the straight line less BLEU where it is
    largest, or 0; empty without a point between the ends that was translated.

    Args:
        segments: Rows of `COLUMNS`.

    Returns:
        A row of `BARRIER_COLUMNS` for each segment, in the table's order.
    """
    rows = []
    for pair, points in segments.groupby(PAIR, sort=False):
        points = points.sort_values("alpha")
        alpha, loss = points["alpha"].to_numpy(), points["loss"].to_numpy()
        bleu = points["bleu"].to_numpy()
        spoken = ~np.isnan(bleu)
        inner = spoken[1:-1].any()
        drop = (_line(alpha, bleu) - bleu)[spoken].max() if inner else np.nan
        row = {
            "other_loss": loss[0],
            "loss": loss[-1],
            "highest": loss.max(),
            "barrier": (loss - _line(alpha, loss)).max(),
            "instability": loss.max() - (loss[0] + loss[-1]) / 2,
            "other_bleu": bleu[0],
            "bleu": bleu[-1],
            "bleu_drop": drop,
        }
        rows.append(dict(zip(PAIR, pair, strict=True)) | row)
    return pd.DataFrame(rows, columns=BARRIER_COLUMNS)


def _line(alpha: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The straight line between the first and the last of some values, exact at both."""
    line: np.ndarray = (1 - alpha) * values[0] + alpha * values[-1]
    return line
