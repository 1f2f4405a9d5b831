"""One pruning iteration: cut what the criterion ranks lowest (section 3.2)."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.tickets import checkpoints, criteria, statistics
from ticketscope.tickets.cut import cut
from ticketscope.tickets.masks import FloatArray, Mask
from ticketscope.tickets.settings import Series


def prune(
    checkpoint: Path,
    mask: Path,
    *,
    series: Series,
    fraction: float,
    seed: int,
    k: int,
    output: Path,
    needed: Mapping[str, Path] | None = None,
) -> Mask:
    """One pruning iteration: ticket k's mask, from ticket k-1's checkpoint and mask.

    Args:
        checkpoint: Of ticket k-1.
        mask: Of ticket k-1.
        series: Criterion and scope.
        fraction: Share of the entries left that goes.
        seed: Of the experiment.
        k: Iteration.
        output: Where ticket k's mask goes.
        needed: What the criterion needs beside weights, by name: statistics of
            `representations.saliency`, the checkpoint that is rewound to.

    Raises:
        InputError: NaN in the weights, nothing is cut, or mask and checkpoint do not fit each
            other: other parameters, or weights that the mask has cut and that are not zero; or a
            file is missing or damaged.
    """
    before = Mask.load(mask)
    if series.criterion == "none":
        after = before
    else:
        state = checkpoints.load(checkpoint)
        weights = checkpoints.masked_weights(state, before, str(checkpoint))
        checkpoints.check_zero(state, before, str(checkpoint))
        # By name, so that another criterion may be added or edited and this one's masks stay.
        criterion = import_module(f"{criteria.__name__}.{series.criterion}")
        arrays = {name: _read(name, path, before) for name, path in (needed or {}).items()}
        scores = criterion.scores(weights, seed=seed, k=k, **arrays)
        after = cut(before, scores, fraction, series.scope, checkpoints.attention_heads(state))
        if not after.pruned:
            raise InputError(
                f"pruning: a cut of {fraction:g} by {series.criterion}, scope {series.scope}, "
                "removes nothing from a model this small: raise fraction"
            )
    if not after.is_nested_in(before):
        raise AssertionError(f"the mask of iteration {k} revives weights")  # a bug of ours
    after.save(output)
    return after


def _read(name: str, path: Path, mask: Mask) -> Mapping[str, FloatArray]:
    """Arrays of the mask's parameters."""
    if name == criteria.REWOUND:
        return checkpoints.masked_weights(checkpoints.load(path), mask, str(path))
    arrays = statistics.load(path)
    mask.check_fits({name: array.shape for name, array in arrays.items()}, str(path))
    return arrays
