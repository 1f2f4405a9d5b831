"""Level and power of every claim: `python -m ticketscope.claims.calibration` simulates experiments.

It writes <folder>/calibration-level.csv, the share of wrong verdicts where nothing depends on
sparsity, and <folder>/calibration-power.csv, the share of claims supported where the paper's effect
is there. docs/results/calibration.md explains both. Levels are those of a claim by itself at 5 %;
what the correction for many claims leaves of them stands beside.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.claims import verdicts
from ticketscope.claims.columns import REFERENCES, Reference
from ticketscope.claims.effects import SeedEffects
from ticketscope.claims.judge import measure
from ticketscope.claims.model import Claim, claims, extensions
from ticketscope.claims.simulation import Simulation
from ticketscope.claims.tables import Tables
from ticketscope.stats.corrections import benjamini_hochberg
from ticketscope.stats.seeds import MeanEffect, mean_effect

SEEDS = (3, 5, 10)
EXPERIMENTS = 100  # of ten seeds, which make three of three and two of five
CHUNK = 25  # experiments whose tables are in memory at a time
# Where the paper gives no number: so many times the effect that does not matter.
CLEAR = 5
NULLS = {"random walk": True, "no drift": False}  # name: whether tickets drift
MARGIN = "at the margin"

LEVEL_COLUMNS = [
    "id", "reference", "null", "seeds", "experiments", "wrong", "wrong_corrected", "error",
]  # fmt: skip
POWER_COLUMNS = ["id", "reference", "seeds", "experiments", "effect", "supported", "half_width"]

# Effects of a claim against a reference: one for each comparison, of all simulated seeds.
Effects = dict[tuple[str, Reference], list[SeedEffects]]
# What stands for `verdicts.test`; a test of the calibration gives a bad one.
Rule = Callable[[Claim, Sequence[MeanEffect]], verdicts.Test]


class Tally(NamedTuple):
    """One claim, reference, scenario and number of seeds in the experiments of a chunk."""

    key: tuple[str, Reference, str, int]
    alone: NDArray[np.bool_]
    corrected: NDArray[np.bool_]
    half_width: NDArray[np.float64]


def calibrate(
    experiments: int = EXPERIMENTS,
    seed: int = 1,
    rule: Rule = verdicts.test,
    progress: Callable[[str], object] = lambda text: None,
    *,
    extension: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables calibration-level.csv and calibration-power.csv.

    Args:
        experiments: Number of simulated experiments of ten seeds, for each null.
        seed: Of all chance.
        rule: Decides.
        progress: Is told what is done.
        extension: Of the extension's claims, which are corrected apart from the paper's.
    """
    generator = np.random.default_rng(seed)
    tallies: dict[tuple[str, Reference, str, int], list[Tally]] = {}
    for null, drift in NULLS.items():
        for start in range(0, experiments, CHUNK):
            count = min(CHUNK, experiments - start)
            simulation = Simulation(count, max(SEEDS), generator, drift=drift)
            effects = _effects(simulation, extension)
            measured = list(_null(effects, null, count, rule))
            if drift:
                measured += [*_margin(effects, count, rule), *_power(effects, count, rule)]
            for tally in measured:
                tallies.setdefault(tally.key, []).append(tally)
            progress(f"{null}: {start + count} of {experiments} experiments")
    level, power = [], []
    for (name, reference, scenario, seeds), parts in tallies.items():
        alone, corrected = (
            np.concatenate([getattr(part, column) for part in parts])
            for column in ("alone", "corrected")
        )
        n = len(alone)
        if scenario == "power":
            width = float(np.median(np.concatenate([part.half_width for part in parts])))
            planted = _planted(_claim(name))
            power.append([name, reference, seeds, n, planted, corrected.mean(), width])
        else:
            error = math.sqrt(0.05 * 0.95 / n)
            row = [name, reference, scenario, seeds, n, alone.mean(), corrected.mean(), error]
            level.append(row)
    return pd.DataFrame(level, columns=LEVEL_COLUMNS), pd.DataFrame(power, columns=POWER_COLUMNS)


def is_null(claim: Claim, reference: Reference) -> bool:
    """Whether an experiment without effect has none for this claim.

    Models drift away from LTH0 by training alone: that similarity with it falls, or that items
    flip, is no error as the paper compares.
    """
    drifts = claim.of["quantity"] in ("kept", "neurons") and not claim.minus
    drifts &= not _of_a_shape(claim)
    drifts |= claim.of["quantity"] in ("churn", "moved")
    return not (reference == "paper" and drifts)


def _of_a_shape(claim: Claim) -> bool:
    """Whether a claim is about the shape of a distribution, which the simulation sets.

    Its effect has some size where nothing depends on sparsity, and it is corrected apart.
    """
    return claim.of.get("summary") == "bimodality"


def _effects(simulation: Simulation, extension: bool) -> Effects:
    tables = Tables(simulation.extension_tables() if extension else simulation.tables())
    effects: Effects = {}
    for claim in extensions() if extension else claims():
        sentence = measure(claim, tables)[0]
        for reference, comparisons in sentence.effects.items():
            effects[claim.id, reference] = comparisons
    return effects


def _null(effects: Effects, null: str, experiments: int, rule: Rule) -> Iterator[Tally]:
    """A claim that is true without an effect is wrong if contradicted; else any decision is."""

    def wrong(claim: Claim, test: verdicts.Test) -> NDArray[np.bool_]:
        holds = claim.within is not None or claim.above < 0
        return ~test.supports if holds else np.ones_like(test.supports)

    kept = {key: value for key, value in effects.items() if is_null(_claim(key[0]), key[1])}
    return _tallies(kept, null, experiments, rule, wrong)


def _margin(effects: Effects, experiments: int, rule: Rule) -> Iterator[Tally]:
    """A claim with a margin whose effect lies just on it is wrong if supported."""
    shifted: Effects = {}
    for (name, reference), comparisons in effects.items():
        claim = _claim(name)
        if is_null(claim, reference) and (claim.within or claim.above):
            edge = claim.within or claim.above
            if _of_a_shape(claim):
                edge -= float(comparisons[0].values.mean())
            shifted[name, reference] = [_shift(comparisons[0], edge), *comparisons[1:]]
    return _tallies(shifted, MARGIN, experiments, rule, lambda claim, test: test.supports)


def _power(effects: Effects, experiments: int, rule: Rule) -> Iterator[Tally]:
    """Every claim has its planted effect."""
    planted = {
        key: [_shift(comparison, _planted(_claim(key[0]))) for comparison in comparisons]
        for key, comparisons in effects.items()
        if is_null(_claim(key[0]), key[1])
    }
    return _tallies(planted, "power", experiments, rule, lambda claim, test: test.supports)


def _planted(claim: Claim) -> float:
    """The paper's effect, or one that is clear; none where the claim is that there is none."""
    if claim.within is not None or claim.above:
        return 0.0
    return float(claim.paper) if claim.paper else CLEAR * (claim.negligible or 0)


def _tallies(
    effects: Effects,
    scenario: str,
    experiments: int,
    rule: Rule,
    counts: Callable[[Claim, verdicts.Test], NDArray[np.bool_]],
) -> Iterator[Tally]:
    """Tests of all claims of each column, and which of their decisions count."""
    for seeds in SEEDS:
        groups = _groups(experiments, seeds)
        for reference in REFERENCES:
            tests = {
                name: rule(_claim(name), [_mean(each, groups) for each in comparisons])
                for (name, column), comparisons in effects.items()
                if column == reference
            }
            if not tests:
                continue
            adjusted = np.array([test.p for test in tests.values()])
            together = [not _of_a_shape(_claim(name)) for name in tests]
            adjusted[together] = benjamini_hochberg(adjusted[together])
            for (name, test), p in zip(tests.items(), adjusted, strict=True):
                counted = counts(_claim(name), test)
                yield Tally(
                    (name, reference, scenario, seeds),
                    (test.p <= verdicts.LEVEL) & counted,
                    (p <= verdicts.LEVEL) & counted,
                    (test.high - test.low) / 2,
                )


def _groups(experiments: int, seeds: int) -> NDArray[np.int64]:
    """Places of seeds that make one experiment: (experiments, seeds)."""
    most = max(SEEDS)
    starts = [g * most + part * seeds for g in range(experiments) for part in range(most // seeds)]
    return np.asarray(starts)[:, None] + np.arange(seeds)


def _mean(effect: SeedEffects, groups: NDArray[np.int64]) -> MeanEffect:
    draws = None if effect.draws is None else effect.draws[:, groups]
    return mean_effect(effect.values[groups], draws)


def _shift(effect: SeedEffects, by: float) -> SeedEffects:
    return replace(effect, values=effect.values + by)


_BY_ID = {claim.id: claim for claim in (*claims(), *extensions())}


def _claim(name: str) -> Claim:
    return _BY_ID[name]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m ticketscope.claims.calibration")
    parser.add_argument("--experiments", type=int, default=EXPERIMENTS, help="for each null")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--extension", action="store_true", help="the claims that are ours")
    parser.add_argument("--folder", type=Path, default=Path("docs/results"))
    options = parser.parse_args(arguments)
    level, power = calibrate(
        options.experiments,
        options.seed,
        progress=lambda text: print(text, file=sys.stderr),
        extension=options.extension,
    )
    options.folder.mkdir(parents=True, exist_ok=True)
    prefix = "calibration-extension" if options.extension else "calibration"
    for name, table in (("level", level), ("power", power)):
        path = options.folder / f"{prefix}-{name}.csv"
        table.to_csv(path, index=False, float_format="%.4g")
        print(path)
    for seeds, rows in level.groupby("seeds"):
        bad = rows[rows["wrong"] > verdicts.LEVEL + 3 * rows["error"]]
        print(
            f"{seeds} seeds: largest share of wrong verdicts {rows['wrong'].max():.3f}, after "
            f"correction {rows['wrong_corrected'].max():.3f}; too high: {sorted(set(bad['id']))}"
        )


if __name__ == "__main__":
    main()
