"""The claims judged where sparsity is the same: a control labelled as magnitude.

    python -m ticketscope.claims.placebo results/mixed reordered2 --control reordered
    python -m ticketscope.claims.placebo results/mixed reordered
    python -m ticketscope.claims.placebo results/study-default

`reordered` and `reordered2` are further controls, each with its own `order_seed`, so that they
differ from one another by chance alone. The control itself goes through LTH0's last epoch in LTH0's
order, as tickets do and those two do not: beside it, the order of the data is judged too. Without a
name the control of another seed is labelled, in many draws of pairs of seeds. At equal training no
claim about sparsity should then be decided more often than its level allows
(docs/results/calibration.md).
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.claims import verdicts
from ticketscope.claims.columns import DECIDED, TESTED
from ticketscope.claims.effects import SeedEffects
from ticketscope.claims.judge import judge, measure
from ticketscope.claims.model import Claim, claims
from ticketscope.claims.tables import (
    COLUMNS,
    CONTROL,
    MAGNITUDE,
    RANDOM,
    Tables,
    file_of,
)
from ticketscope.errors import InputError
from ticketscope.experiment_tables import read_tables
from ticketscope.plan.names import DENSE
from ticketscope.stats.corrections import benjamini_hochberg
from ticketscope.stats.seeds import LEAST_SEEDS, MeanEffect, mean_effect

# Tables of masks: a control has none, and the sparsities that a trend runs over stay magnitude's.
_OF_MASKS = ("sparsity", "module_sparsity")
DRAWS = 500  # of pairs of seeds


def as_magnitude(
    tables: Mapping[str, pd.DataFrame], series: str, control: str = CONTROL
) -> dict[str, pd.DataFrame]:
    """The tables with one control in the place of magnitude, another in the control's, no random.

    Args:
        tables: By name, as in `tables.COLUMNS`.
        series: The control that is called magnitude.
        control: The one that stays a control.

    Raises:
        InputError: no table has one of the two.
    """
    relabelled, known = {}, set()
    for name, table in tables.items():
        if name not in _OF_MASKS and "series" in table:  # contrast_items has items, no tickets
            known |= set(table["series"])
            others = {MAGNITUDE, RANDOM, CONTROL} - {series, control}
            table = table[~table["series"].isin(others)]
            labels = {series: MAGNITUDE, control: CONTROL}
            table = table.assign(series=table["series"].replace(labels))
        relabelled[name] = table
    for each in (series, control):
        if each not in known:
            raise InputError(f"no table has a series {each}: name one of pruning.series")
    return relabelled


def placebo(
    tables: Mapping[str, pd.DataFrame], series: str, control: str = CONTROL
) -> pd.DataFrame:
    """Verdicts at equal training of the sentences about sparsity.

    The arguments and errors are those of `as_magnitude`.
    """
    judged = judged_as_magnitude(tables, series, control)
    sentences = judged[judged["part_of"] == ""]
    columns = ["id", "sentence", "seeds"]
    columns += [f"{name}_equal_training" for name in ("effect", "low", "high", "p", "verdict")]
    return sentences[columns]


def judged_as_magnitude(
    tables: Mapping[str, pd.DataFrame], series: str, control: str = CONTROL
) -> pd.DataFrame:
    """The sentences about sparsity, with their parts, as in tables/claims.csv.

    Claims about masks are left out, and so are those that something does not change, which hold.
    The arguments and errors are those of `as_magnitude`.
    """
    judged, _ = judge(as_magnitude(tables, series, control), _about_sparsity())
    return judged


def exchanged(tables: Mapping[str, pd.DataFrame], draws: int = DRAWS) -> pd.DataFrame:
    """How often claims are decided of the control of one seed beside that of another.

    Seeds are drawn in pairs. Each pair has one effect: the second one's control in the place of
    magnitude, compared with the first one's control. Each set of pairs is tested as an experiment
    of so many seeds. Sets share their chains, so that a share of them is a rough estimate.

    Args:
        tables: By name, as in `tables.COLUMNS`, of at least six seeds.
        draws: Number of sets of pairs.

    Returns:
        Columns id, pairs (of a set), draws, decided (share of sets in which p is at most 5 %) and
        decided_corrected (the same after the correction for all these claims).

    Raises:
        InputError: fewer than six seeds have a control.
    """
    controls = tables["table_a1"].query("series == @CONTROL and k > 0")
    seeds = sorted(map(int, controls["seed"].unique()))
    if len(seeds) < 2 * LEAST_SEEDS:
        raise InputError(f"{len(seeds)} seeds have a control, and pairs of seeds take six")
    # By how far the second seed of a pair is from the first: effects of all first seeds.
    effects: list[dict[str, list[SeedEffects]]] = [{}]
    for distance in range(1, len(seeds)):
        partners = dict(zip(seeds[distance:] + seeds[:distance], seeds, strict=True))
        read = Tables(_with_partners(tables, partners))
        of_claims = {claim.id: measure(claim, read)[0].effects for claim in _about_sparsity()}
        effects.append(
            {
                name: known["equal_training"]
                for name, known in of_claims.items()
                if "equal_training" in known
                and all(effect.seeds == seeds for effect in known["equal_training"])
            }
        )
    asked = [claim for claim in _about_sparsity() if all(claim.id in each for each in effects[1:])]
    p_values = np.empty((len(asked), draws))
    generator = np.random.default_rng(1)
    for draw in range(draws):
        first, second = generator.permutation(len(seeds))[: len(seeds) // 2 * 2].reshape(2, -1)
        pairs = list(zip(first, (second - first) % len(seeds), strict=True))
        for row, claim in enumerate(asked):
            of_pairs = [effects[distance][claim.id] for _, distance in pairs]
            means = [_mean(each, first) for each in zip(*of_pairs, strict=True)]
            p_values[row, draw] = verdicts.test(claim, means).p[0]
    corrected = benjamini_hochberg(p_values)
    return pd.DataFrame(
        {
            "id": [claim.id for claim in asked],
            "pairs": len(seeds) // 2,
            "draws": draws,
            "decided": (p_values <= verdicts.LEVEL).mean(axis=1),
            "decided_corrected": (corrected <= verdicts.LEVEL).mean(axis=1),
        }
    )


def _about_sparsity() -> list[Claim]:
    """Claims that there is an effect, which are asked at equal training."""
    return [
        claim
        for claim in claims()
        if "equal_training" in claim.references and claim.within is None and not claim.above
    ]


def _with_partners(
    tables: Mapping[str, pd.DataFrame], partners: Mapping[int, int]
) -> dict[str, pd.DataFrame]:
    """LTH0s and controls, and as a seed's magnitude tickets the control of its partner.

    Args:
        tables: The experiment's.
        partners: By seed of a control, the seed whose magnitude tickets it becomes.
    """
    made = {}
    for name, table in tables.items():
        if name not in _OF_MASKS and "series" in table:
            if "other_seed" in table:
                table = table[table["seed"] == table["other_seed"]]
            control = table[table["series"] == CONTROL]
            moved = control.assign(series=MAGNITUDE, seed=control["seed"].map(partners))
            if "other_seed" in table:
                moved["other_seed"] = moved["seed"]
            table = pd.concat([table[table["series"].isin([DENSE, CONTROL])], moved])
        made[name] = table
    return made


def _mean(effects: Sequence[SeedEffects], first: NDArray[np.int64]) -> MeanEffect:
    """The mean over pairs, each of which has the place of its first seed in one of `effects`."""
    values = [effect.values[i] for effect, i in zip(effects, first, strict=True)]
    drawn = [
        effect.draws[:, i] for effect, i in zip(effects, first, strict=True)
        if effect.draws is not None
    ]  # fmt: skip
    draws = np.stack(drawn, axis=1)[:, None] if drawn else None
    return mean_effect(np.array([values]), draws)


def main() -> None:
    """Print the verdicts, and how many claims were decided."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("results", type=Path, help="results/<experiment>")
    parser.add_argument(
        "series",
        nargs="?",
        help="the control that is called magnitude. Without it, that of another seed",
    )
    parser.add_argument("--control", default=CONTROL, help="what it is compared with (%(default)s)")
    options = parser.parse_args()
    folder = options.results / "tables"
    paths = {name: sorted(map(str, folder.glob(file_of(name)))) for name in COLUMNS}
    tables = read_tables(paths)
    try:
        made = (
            placebo(tables, options.series, options.control)
            if options.series
            else exchanged(tables)
        )
    except InputError as error:
        sys.exit(f"error: {error}")
    made.to_csv(sys.stdout, index=False, float_format=None if options.series else "%.4g")
    if options.series:
        verdict = made["verdict_equal_training"]
        tested, decided = verdict.isin(TESTED), verdict.isin(DECIDED)
        summary = f"{decided.sum()} of {tested.sum()} claims decided; {(~tested).sum()} not tested"
    else:
        shares = made[["decided", "decided_corrected"]].mean()
        summary = "decided: {:.1%} of all claims and draws, {:.1%} after correction".format(*shares)
    print(summary, file=sys.stderr)


if __name__ == "__main__":
    main()
