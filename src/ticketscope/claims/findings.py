"""What was found, in at most eight sentences that are made from tables/claims.csv by rules."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from ticketscope.claims.model import claims as all_claims
from ticketscope.stats.seeds import LEAST_SEEDS

MOST = 8
# Seeds beyond which nobody will go.
TOO_MANY = 100
# Claims whose effects are told where there are no verdicts, the first that were measured.
HEADLINES = (
    "bleu-kept", "random-below-magnitude", "degrading-tasks", "improving-tasks",
    "syntax-lower-layers-rise", "layersim-higher-layers", "early-nearer-final", "fewer-components",
    "dec-self-identical",
)  # fmt: skip

_ALONE = "the interval at equal training excludes 0 by itself, but not corrected for all sentences"

# counts: of all sentences. holds: as in the paper and at equal training. training: against LTH0
# only. contradicted: one way or the other. open: at equal training or, where that is not asked, as
# in the paper. described: effects without verdicts.
Kind = Literal["counts", "holds", "training", "contradicted", "open", "described"]


@dataclass(frozen=True)
class Finding:
    """A sentence for the first screen of the page.

    Attributes:
        kind: What it is about.
        text: The sentence.
        ids: Claims that it is about.
    """

    kind: Kind
    text: str
    ids: tuple[str, ...] = ()


def findings(table: pd.DataFrame) -> list[Finding]:
    """What is worth telling of tables/claims.csv, the most telling first in each kind."""
    sentences = table[table["part_of"].isna() | (table["part_of"] == "")]
    claims: list[dict[str, Any]] = [
        {str(key): None if value is None or value != value else value for key, value in row.items()}
        for row in sentences.to_dict("records")
    ]
    measured = [claim for claim in claims if claim["seeds"]]
    if not measured:
        return [Finding("counts", "No claim could be measured.")]
    if max(claim["seeds"] for claim in measured) < LEAST_SEEDS:
        return [_few_seeds(measured), *islice(_described(measured), MOST - 1)]
    listed = [_counts(claims)]
    for kind, most in ((_holds, 2), (_training, 2), (_contradicted, 2), (_open, 3)):
        new = [claim for claim in measured if (claim["id"],) not in {each.ids for each in listed}]
        listed += islice(kind(new), most)
    return listed[:MOST]


def seeds_for(effect: float, half_width: float, seeds: int) -> int:
    """Seeds at which the half-width of the 95 % interval would be at most this effect.

    It takes the error to be the seeds', as that of the sentences does not fall with them.

    Args:
        effect: Larger than 0.
        half_width: With so many seeds.
        seeds: At least two.
    """
    spread = half_width * math.sqrt(seeds) / float(stats.t.ppf(0.975, seeds - 1))
    counts = np.arange(2, TOO_MANY + 2)
    reach = stats.t.ppf(0.975, counts - 1) * spread / np.sqrt(counts)
    enough = counts[reach <= effect]
    return int(enough[0]) if len(enough) else TOO_MANY + 1


def _counts(claims: list[dict[str, Any]]) -> Finding:
    def count(column: str, verdict: str) -> int:
        return sum(claim[column] == verdict for claim in claims)

    both = [claim for claim in claims if _both(claim)]
    asked = sum(bool(claim["verdict_equal_training"]) for claim in claims)
    return Finding(
        "counts",
        f"The paper's {len(claims)} sentences, compared as it does: "
        f"{count('verdict', 'supported')} supported, {count('verdict', 'contradicted')} "
        f"contradicted, {count('verdict', 'negligible')} about effects too small to matter, "
        f"{count('verdict', 'open')} open, {count('verdict', 'not measurable')} not measurable. "
        f"Supported at equal training too: {len(both)} of the {asked} that can be tested there.",
    )


def _few_seeds(claims: list[dict[str, Any]]) -> Finding:
    seeds = max(claim["seeds"] for claim in claims)
    runs = "One seed shows" if seeds == 1 else f"{seeds} seeds show"
    return Finding(
        "counts",
        f"{runs} effects but not how much they vary between trainings. Verdicts need "
        f"{LEAST_SEEDS} seeds.",
    )


def _described(claims: list[dict[str, Any]]) -> Iterator[Finding]:
    by_id = {claim["id"]: claim for claim in claims}
    for name in HEADLINES:
        if name in by_id:
            yield Finding("described", f"{_text(by_id[name])}.", (name,))


def _both(claim: dict[str, Any]) -> bool:
    return claim["verdict"] == claim["verdict_equal_training"] == "supported"


def _holds(claims: list[dict[str, Any]]) -> Iterator[Finding]:
    # An effect says more than that something is kept, which can hold without any spread.
    for claim in sorted(
        filter(_both, claims),
        key=lambda claim: (not _of_an_effect(claim["id"]), claim["p_equal_training"]),
    ):
        yield Finding("holds", f"Both ways: {_text(claim)}.", (claim["id"],))


def _training(claims: list[dict[str, Any]]) -> Iterator[Finding]:
    """Supported against LTH0 and not against the control, the clearest difference first."""
    endings = {
        "contradicted": "at equal training it does not hold",
        "negligible": "at equal training what is left is too small to matter",
        "open": "these seeds cannot tell whether sparsity or further training does it",
    }
    for verdict, ending in endings.items():
        rows = [
            claim
            for claim in claims
            if (claim["verdict"], claim["verdict_equal_training"]) == ("supported", verdict)
        ]
        for claim in sorted(rows, key=lambda claim: claim["p"]):
            # The interval is of one claim, the verdict is corrected for all.
            is_alone = verdict == "open" and claim["low_equal_training"] > 0
            reading = _ALONE if is_alone and _of_an_effect(claim["id"]) else ending
            yield Finding(
                "training", f"Only against LTH0: {_text(claim)}; {reading}.", (claim["id"],)
            )


def _contradicted(claims: list[dict[str, Any]]) -> Iterator[Finding]:
    ways = {"": "as the paper compares", "_equal_training": "at equal training"}
    rows = [
        (claim[f"p{suffix}"], way, claim)
        for claim in claims
        for suffix, way in ways.items()
        if claim[f"verdict{suffix}"] == "contradicted"
    ]
    named: set[str] = set()
    for _, way, claim in sorted(rows, key=lambda row: row[0]):
        if claim["id"] in named:
            continue
        named.add(claim["id"])
        yield Finding("contradicted", f"Contradicted {way}: {_text(claim)}.", (claim["id"],))


def _open(claims: list[dict[str, Any]]) -> Iterator[Finding]:
    """Open claims of an effect that the paper has a number for: what half of it would take."""
    rows = []
    for claim in claims:
        suffix = "_equal_training" if claim["verdict_equal_training"] else ""
        paper, width = _number(claim["paper"]), claim[f"resolvable{suffix}"]
        if claim[f"verdict{suffix}"] == "open" and _of_an_effect(claim["id"]) and paper and width:
            rows.append((width / paper, claim, paper, width))
    for _, claim, paper, width in sorted(rows, key=lambda row: row[0]):
        seeds = seeds_for(paper / 2, width, claim["seeds"])
        reach = f"{claim['seeds']} seeds can see {width:.2g}"
        if seeds <= claim["seeds"]:
            reach += f", less than half of the paper's {paper:.2g}"
        else:
            need = f"more than {TOO_MANY}" if seeds > TOO_MANY else f"about {seeds}"
            reach += f", and half of the paper's {paper:.2g} takes {need}"
        yield Finding("open", f"Open: {_text(claim)}; {reach}.", (claim["id"],))


def _of_an_effect(name: str) -> bool:
    """Whether a claim says that there is an effect, not that there is none."""
    return all(
        claim.within is None and not claim.above for claim in all_claims() if claim.id == name
    )


def _text(claim: dict[str, Any]) -> str:
    """The sentence, with its effects."""
    effects = [_effect(claim, "")]
    if claim["effect_equal_training"] is not None:
        effects.append(f"{_effect(claim, '_equal_training')} at equal training")
    return f"{claim['sentence'].rstrip('.')} ({claim['unit']}: {', '.join(effects)})"


def _effect(claim: dict[str, Any], suffix: str) -> str:
    value, low, high = (claim[f"{name}{suffix}"] for name in ("effect", "low", "high"))
    return f"{value:.2g}" if low is None else f"{value:.2g} [{low:.2g}, {high:.2g}]"


def _number(text: object) -> float:
    """A number, or 0 if there is none."""
    try:
        return float(str(text))
    except ValueError:
        return 0.0
