"""tables/claims.csv and tables/claim_effects.csv from an experiment's tables."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ticketscope.claims import verdicts
from ticketscope.claims.columns import COLUMNS, EFFECT_COLUMNS, REFERENCES, Reference, suffix
from ticketscope.claims.effects import SeedEffects, effects_of, mean_of_parts
from ticketscope.claims.model import Claim, Part, claims, quantity
from ticketscope.claims.tables import CONTROL, RANDOM, NotMeasurable, Tables
from ticketscope.plan.paper_tickets import PAPER_SPARSITIES, stands_for
from ticketscope.stats.corrections import benjamini_hochberg
from ticketscope.stats.seeds import MeanEffect, mean_effect

# How a note begins that names the last ticket for want of one as sparse as the paper's.
NONE_NEAR = "No ticket that was measured is near"


@dataclass
class Row:
    """A sentence, or a part of one, with its effects.

    Attributes:
        claim: The sentence.
        part: Name of the part; empty for the sentence.
        effects: By reference: one for each comparison in which the claim has to hold.
        reasons: Why a reference has none.
        tables: What it was read from, below results/<experiment>.
        missing: Parts of the sentence that this experiment lacks, by reference.
    """

    claim: Claim
    part: str = ""
    effects: dict[Reference, list[SeedEffects]] = field(default_factory=dict)
    reasons: dict[Reference, str] = field(default_factory=dict)
    tables: str = ""
    missing: dict[Reference, list[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The sentence's id, and the part."""
        return f"{self.claim.id}/{self.part}" if self.part else self.claim.id


def judge(
    tables: Mapping[str, pd.DataFrame], chosen: Sequence[Claim] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables claims.csv and claim_effects.csv.

    Verdicts are corrected for the number of sentences that were tested against the same reference;
    those of parts for the parts of their sentence.

    Args:
        tables: The experiment's, by name as in `tables.COLUMNS`; any may be missing or empty.
        chosen: The claims; all if not given.
    """
    read = Tables(tables)
    rows = [row for claim in chosen or claims() for row in measure(claim, read)]
    lines = [_line(row, read) for row in rows]
    seeds: list[pd.DataFrame] = []
    for reference in REFERENCES:
        tests = {
            i: verdicts.test(
                row.claim, [mean_over_seeds(effect) for effect in row.effects[reference]]
            )
            for i, row in enumerate(rows)
            if reference in row.effects
        }
        families: dict[str, list[int]] = {}
        for i in tests:
            families.setdefault(rows[i].claim.id if rows[i].part else "", []).append(i)
        for family in families.values():
            adjusted = benjamini_hochberg(np.concatenate([tests[i].p for i in family]))
            for i, p in zip(family, adjusted, strict=True):
                lines[i] |= _estimate(tests[i], str(tests[i].verdicts(p)[0]), reference)
        seeds += [_by_seed(rows[i], test, reference) for i, test in tests.items()]
    effects = pd.concat(seeds) if seeds else pd.DataFrame(columns=EFFECT_COLUMNS)
    return pd.DataFrame(lines, columns=COLUMNS), effects


def measure(claim: Claim, tables: Tables) -> list[Row]:
    """The sentence's row and, behind it, those of its parts."""
    sentence, parts = Row(claim), [Row(claim, name) for name in claim.parts]
    for reference in claim.references:
        for row in parts or [sentence]:
            tables.start(row.tables)
            try:
                part = claim.parts.get(row.part, Part())
                row.effects[reference] = effects_of(claim, part, tables, reference)
            except NotMeasurable as reason:
                row.reasons[reference] = str(reason)
            row.tables = tables.used
        measured = [row.effects[reference] for row in parts if reference in row.effects]
        sentence.missing[reference] = [row.part for row in parts if reference in row.reasons]
        try:
            if measured and claim.combined == "all":
                sentence.effects[reference] = [effect for effects in measured for effect in effects]
            elif measured:
                sentence.effects[reference] = mean_of_parts(measured)
            elif parts:
                sentence.reasons[reference] = parts[0].reasons[reference]
        except NotMeasurable as reason:
            sentence.reasons[reference] = str(reason)
    if parts:
        sentence.tables = parts[0].tables
    return [sentence, *parts]


def mean_over_seeds(effect: SeedEffects) -> MeanEffect:
    """The mean of an effect, with what seeds and sentences add to its error."""
    draws = None if effect.draws is None else effect.draws[:, None]
    return mean_effect(effect.values[None], draws)


def _line(row: Row, tables: Tables) -> dict[str, Any]:
    """The columns of a row that no test fills."""
    claim, part = row.claim, row.claim.parts.get(row.part, Part())
    effects = row.effects.get("paper", [])
    not_measurable = {f"verdict{suffix(name)}": "not measurable" for name in row.reasons}
    return {
        "id": row.id,
        "section": claim.section,
        "sentence": claim.sentence,
        "part_of": claim.id if row.part else "",
        "part": row.part,
        "paper": part.paper if row.part else claim.paper,
        "statistic": claim.statistic,
        "unit": claim.unit,
        "margin": claim.margin,
        "seeds": min((len(effect.seeds) for effect in effects), default=0),
        "note": _note(row, tables),
        "tables": row.tables,
        **{f"verdict{suffix(name)}": "" for name in REFERENCES},
        **not_measurable,
    }


def _estimate(test: verdicts.Test, verdict: str, reference: Reference) -> dict[str, Any]:
    """The columns of a reference."""
    numbers = {name: float(getattr(test, name)[0]) for name in ("low", "high", "p")}
    columns: dict[str, Any] = {"effect": float(test.value[0]), **numbers, "verdict": verdict}
    line = {f"{name}{suffix(reference)}": value for name, value in columns.items()}
    if reference != "equal_sparsity" and verdict != "described":
        line[f"resolvable{suffix(reference)}"] = (numbers["high"] - numbers["low"]) / 2
    return line


def _note(row: Row, tables: Tables) -> str:
    """Which ticket was looked at, what it was compared with, what the control does, what lacks."""
    claim, effects = row.claim, row.effects.get("paper", [])
    notes = [f"{reason[0].upper()}{reason[1:]}." for reason in dict.fromkeys(row.reasons.values())]
    for reference, names in row.missing.items():
        is_paper = reference == "paper"
        if names and reference in row.effects and (is_paper or names != row.missing["paper"]):
            where = "here" if is_paper else f"at {reference.replace('_', ' ')}"
            notes.append(f"Not measured {where}: {', '.join(names)}.")
    if effects and not row.part:
        if claim.ticket:
            notes.append(_stand_in_note(claim.ticket, effects[0].ticket, tables))
        if claim.against == "LTH0" and claim.statistic != "level" and claim.series != "control":
            notes.append(_control_note(row, tables))
        equally_sparse = [effect.reference for effect in row.effects.get("equal_sparsity", [])]
        for series in dict.fromkeys(equally_sparse):
            if series != RANDOM:
                notes.append(f"At equal sparsity the reference is the {series} series.")
        if not claim.parts:
            notes.append(quantity(claim.of).note(tables))
        if all(effect.draws is None for effect in effects) and claim.of["quantity"] != "sparsity":
            notes.append("The tables do not tell what other sentences would change.")
    return " ".join(note for note in notes if note)


def _stand_in_note(paper_k: int, k: int, tables: Tables) -> str:
    """LTHk is the ticket that was used, of those that were measured."""
    sparsity = tables.sparsities()[k]
    paper = f"the paper's LTH{paper_k} ({PAPER_SPARSITIES[paper_k]:.1%} sparse)"
    if stands_for(paper_k, sparsity):
        return "" if k == paper_k else f"LTH{k} ({sparsity:.1%} sparse) stands for {paper}."
    return f"{NONE_NEAR} {paper}; the last, LTH{k} ({sparsity:.1%}), is used instead."


def _control_note(row: Row, tables: Tables) -> str:
    """What further training explains: the control's effect in the comparison that decides."""
    missing, parts = row.missing["paper"], row.claim.parts
    parts = {name: part for name, part in parts.items() if name not in missing}
    changes = {"series": CONTROL, "references": ["paper"], "parts": parts}
    control = measure(row.claim.model_copy(update=changes), tables)[0].effects.get("paper", [])
    effects = row.effects["paper"]
    if len(control) < len(effects):
        return "No control was measured: sparsity and further training cannot be told apart."
    test = verdicts.test(row.claim, [mean_over_seeds(effect) for effect in effects])
    mean = mean_over_seeds(control[int(test.deciding[0])])
    value, low, high = (float(ends[0]) for ends in (mean.value, *mean.interval()))
    interval = "" if math.isnan(low) else f" [{low:.3g}, {high:.3g}]"
    return f"Further training without pruning has {value:.3g}{interval} in its place."


def _by_seed(row: Row, test: verdicts.Test, reference: Reference) -> pd.DataFrame:
    """Effects by seed, of the comparison that decides."""
    effect = row.effects[reference][int(test.deciding[0])]
    columns = {"id": row.id, "reference": reference, "seed": effect.seeds, "effect": effect.values}
    return pd.DataFrame(columns, columns=EFFECT_COLUMNS)
