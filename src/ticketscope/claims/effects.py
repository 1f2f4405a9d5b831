"""One number a seed for each claim, reference and part."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ticketscope.claims.columns import Reference
from ticketscope.claims.model import Claim, Part, quantity
from ticketscope.claims.quantities import Sparsity
from ticketscope.claims.quantity import Base, layers_at
from ticketscope.claims.tables import CONTROL, RANDOM, SHUFFLED, NotMeasurable, Tables
from ticketscope.stats.seeds import slope_weights

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SeedEffects:
    """An effect in each seed.

    Attributes:
        seeds: Which.
        values: (seeds,), with the claim's sign.
        draws: The same when the sentences are resampled, less a constant: (resamples, seeds).
            None: no sentences, or the tables do not tell.
        reference: The series that all tickets were compared with; empty where that is LTH0 or none.
        ticket: The first that counts: the one that stands for the paper's, if the claim names one.
    """

    seeds: list[int]
    values: Floats
    draws: Floats | None
    reference: str = ""
    ticket: int = 0


def effects_of(claim: Claim, part: Part, tables: Tables, reference: Reference) -> list[SeedEffects]:
    """The effects of a part: one for each rival that is subtracted, one without rivals.

    Raises:
        NotMeasurable: the tables do not have it.
    """
    subject = quantity(claim.of | part.of)
    if not claim.minus:
        return [_effect(claim, tables, reference, [(subject, 1)])]
    rivals = [
        rival
        for minus in claim.minus
        for rival in _rivals(claim.of | part.of | minus | part.minus, subject, tables)
    ]
    return [_effect(claim, tables, reference, [(subject, 1), (rival, -1)]) for rival in rivals]


def mean_of_parts(parts: Sequence[Sequence[SeedEffects]]) -> list[SeedEffects]:
    """The mean over parts, rival by rival, of the seeds that all parts have.

    Raises:
        NotMeasurable: there is no such seed.
    """
    means = []
    for effects in zip(*parts, strict=True):
        seeds = sorted(set.intersection(*(set(effect.seeds) for effect in effects)))
        if not seeds:
            raise NotMeasurable("no seed has all parts")
        places = [[effect.seeds.index(seed) for seed in seeds] for effect in effects]
        values = [effect.values[at] for effect, at in zip(effects, places, strict=True)]
        draws = [
            effect.draws[:, at]
            for effect, at in zip(effects, places, strict=True)
            if effect.draws is not None
        ]
        summed = (
            sum(draw[: min(map(len, draws))] for draw in draws) / len(effects) if draws else None
        )
        reference = " or ".join(dict.fromkeys(effect.reference for effect in effects))
        means.append(
            SeedEffects(seeds, np.mean(values, axis=0), summed, reference, effects[0].ticket)
        )
    return means


def _rivals(fields: dict[str, object], subject: Base, tables: Tables) -> list[Base]:
    position = str(fields.get("layer", ""))
    if not position.startswith("each "):
        return [quantity(fields)]
    count = subject.count(tables)
    layers = layers_at(position.removeprefix("each "), count)  # type: ignore[arg-type]
    return [quantity(fields | {"layer": layer}) for layer in layers]


def _effect(
    claim: Claim, tables: Tables, reference: Reference, terms: Sequence[tuple[Base, int]]
) -> SeedEffects:
    """The statistic of a sum of quantities with these signs, each relative to the reference."""
    grids = [term.grid(tables, claim.series) for term, _ in terms]
    series = _reference(claim, reference, [term for term, _ in terms], tables)
    references = [term.grid(tables, series) if series else None for term, _ in terms]
    present = [grid for grid in (*grids, *references) if grid is not None]
    seeds = sorted(set.intersection(*(set(grid.values.columns) for grid in present)))
    is_constant = _constant(claim, reference)
    ks = sorted(set.intersection(*(set(grid.values.index) for grid in present)))
    if is_constant and 0 not in ks:
        raise NotMeasurable("LTH0 was not measured")
    if claim.statistic != "level":
        ks = [k for k in ks if k > 0]
    weights, ks = _weights(claim, tables, ks)
    total: Floats = np.zeros(len(seeds))
    draws: Floats | None = None
    for (_, sign), grid, other in zip(terms, grids, references, strict=True):
        values, own_draws = grid.aligned(ks, seeds)
        base, base_draws = (None, None)
        if other is not None:
            base_ks = [0] * len(ks) if is_constant else ks
            base, base_draws = other.aligned(base_ks, seeds)
        values, own_draws = _against(values, own_draws, base, base_draws, claim.relative)
        total = total + sign * weights @ values
        if own_draws is not None:
            term_draws = sign * np.einsum("k,rks->rs", weights, own_draws)
            size = len(term_draws) if draws is None else min(len(draws), len(term_draws))
            draws = term_draws if draws is None else draws[:size] + term_draws[:size]
    complete = np.isfinite(total)
    if not complete.any():
        raise NotMeasurable("no seed has all tickets that this needs")
    return SeedEffects(
        [int(seed) for seed, whole in zip(seeds, complete, strict=True) if whole],
        claim.sign * total[complete],
        None if draws is None else claim.sign * draws[:, complete],
        "" if is_constant else series,
        ks[0],
    )


def _against(
    values: Floats,
    draws: Floats | None,
    base: Floats | None,
    base_draws: Floats | None,
    relative: bool,
) -> tuple[Floats, Floats | None]:
    """Values (k, seed) and draws (resamples, k, seed) less the reference's, or as a share of it."""
    if base is None:
        return values, draws
    if relative:
        if (base == 0).any():
            raise NotMeasurable("a reference is 0, so that nothing can be kept of it")
        ratio = values / base
        draws = None if draws is None else draws / base
        base_draws = None if base_draws is None else base_draws * ratio / base
        values, base = ratio, np.ones_like(ratio)
    if draws is None:
        draws, base_draws = base_draws, None
        draws = None if draws is None else -draws
    elif base_draws is not None:
        draws = draws - base_draws
    return values - base, draws


def _constant(claim: Claim, reference: Reference) -> bool:
    """Whether the reference is LTH0, for tickets of all iterations."""
    return reference == "paper" and claim.against == "LTH0" and claim.statistic != "level"


def _reference(claim: Claim, reference: Reference, terms: Sequence[Base], tables: Tables) -> str:
    """The series that the tickets are compared with; empty: with nothing."""
    if reference == "equal_training":
        return CONTROL
    if reference == "equal_sparsity":
        return _equally_sparse(terms, tables)
    if claim.against not in ("LTH0", "nothing"):
        return claim.against
    return claim.series if _constant(claim, reference) else ""


def _equally_sparse(terms: Sequence[Base], tables: Tables) -> str:
    """The shuffled series, which has each tensor's sparsity too, else the random one.

    How many weights are cut where is the same in magnitude's mask and in the shuffled one by
    construction, so that of sparsities the random series alone can tell anything.
    """
    if not any(isinstance(term, Sparsity) for term in terms):
        with suppress(NotMeasurable):
            for term in terms:
                term.grid(tables, SHUFFLED)
            return SHUFFLED
    return RANDOM


def _weights(claim: Claim, tables: Tables, ks: list[int]) -> tuple[Floats, list[int]]:
    """Weights of the tickets that the statistic is a sum of, and those tickets."""
    if not ks:
        raise NotMeasurable("no ticket was measured in both series")
    if claim.statistic == "trend":
        if len(ks) < 2:
            raise NotMeasurable("a trend needs two pruned tickets")
        sparsities = tables.sparsities()
        x = np.array([sparsities.get(k, np.nan) for k in ks])
        if np.isnan(x).any() or np.ptp(x) == 0:
            raise NotMeasurable("the tickets' sparsities are unknown or all the same")
        return slope_weights(x) * x.max(), ks
    if claim.statistic == "last":
        return np.ones(1), [ks[-1]]
    if claim.statistic == "change":
        return np.ones(1), [tables.stand_in(claim.ticket or 0, ks)]
    if claim.statistic == "step":
        ticket = claim.ticket or 0
        after, before = tables.stand_in(ticket, ks), tables.stand_in(ticket - 1, ks)
        if after == before:
            raise NotMeasurable(
                f"LTH{after} is the nearest to the paper's LTH{ticket - 1} and LTH{ticket}"
            )
        return np.array([1.0, -1.0]), [after, before]
    if claim.ticket:
        start = tables.stand_in(claim.ticket, ks)
        ks = [k for k in ks if k >= start]
    return np.full(len(ks), 1 / len(ks)), ks
