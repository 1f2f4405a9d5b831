"""A claim of the paper as data: a sentence, what it is about, and when it holds."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from ticketscope.claims.behaviour import BehaviourQuantity
from ticketscope.claims.columns import REFERENCES, Reference
from ticketscope.claims.quantities import Quantity
from ticketscope.claims.quantity import Base

# How one number a seed is made of a quantity y and its reference:
# trend: slope of y_k - reference_k on sparsity over LTH1 to LTHK, times the last one's sparsity
# change: y_k - reference_k at the ticket that stands for the paper's LTH<ticket>
# step: the same difference at LTH<ticket>, minus that at LTH<ticket - 1>
# mean: mean of y_k - reference_k over the tickets from LTH<ticket>, LTH1 if not given
# level: mean of y over all tickets, LTH0 included; there is no reference
# last: y_k - reference_k at the last ticket. No claim has it: it is what a trend's end measures.
Statistic = Literal["trend", "change", "step", "mean", "level", "last"]

_QUANTITY: TypeAdapter[Base] = TypeAdapter(
    Annotated[Quantity | BehaviourQuantity, Field(discriminator="quantity")]
)


class Strict(BaseModel):
    """A part of claims.yaml, in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(Strict):
    """A task, a side or a category of a sentence that names several.

    Attributes:
        of: Keys of the quantity that are this part's own.
        minus: The same of what is subtracted.
        paper: The paper's number.
    """

    of: dict[str, Any] = {}
    minus: dict[str, Any] = {}
    paper: float | str = ""


class Claim(Strict):
    """A sentence of the paper that may be true or false of another model.

    Its effect has the sign with which the sentence reads "effect > `above`", or
    "|effect| < `within`".

    Attributes:
        id: Its name.
        section: Where the paper says it, with the figure or table that shows it.
        sentence: What it says, in plain words.
        paper: The paper's number, in `unit`, with the effect's sign; empty if it gives none.
        unit: Of the effect.
        statistic: See `Statistic`.
        ticket: The paper's ticket that the statistic looks at.
        of: The quantity.
        minus: Quantities to subtract, as changes of `of`. Of several each is a rival, and the claim
            has to hold against all of them. `layer: each later` stands for that many layers.
        relative: Whether y / reference - 1 takes the place of y - reference.
        sign: -1 if the sentence says that something falls or is lower.
        series: Which tickets it is about.
        against: The reference in the paper: LTH0, no reference, or a series.
        references: How it is estimated.
        above: The effect is larger than this; with `within` unset.
        within: The effect is nearer to 0 than this.
        negligible: An effect nearer to 0 than this does not matter.
        reason: Why `above`, `within` and `negligible` are what they are.
        parts: By name.
        combined: Whether the sentence is about the parts' mean or about all of them.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    section: str
    sentence: str
    paper: float | str = ""
    unit: str
    statistic: Statistic
    ticket: int | None = None
    of: dict[str, Any]
    minus: list[dict[str, Any]] = []
    relative: bool = False
    sign: Literal[1, -1] = 1
    series: str = "magnitude"
    against: Literal["LTH0", "nothing", "random", "shuffled"] = "LTH0"
    references: list[Reference] = list(REFERENCES)
    above: float = 0.0
    within: float | None = None
    negligible: float | None = None
    reason: str = ""
    parts: dict[str, Part] = {}
    combined: Literal["mean", "all"] = "mean"

    @model_validator(mode="after")
    def _complete(self) -> "Claim":
        if (self.above or self.within or self.negligible) and not self.reason:
            raise ValueError(f"{self.id}: a margin needs its reason")
        if self.within and (self.above or self.negligible):
            raise ValueError(f"{self.id}: within leaves no room for above or negligible")
        if self.statistic in ("change", "step") and self.ticket is None:
            raise ValueError(f"{self.id}: {self.statistic} needs a ticket")
        for part in (self.parts or {"": Part()}).values():
            for rival in ({}, *self.minus):
                fields = self.of | part.of | rival | (part.minus if rival else {})
                if not str(fields.get("layer", "")).startswith("each "):
                    _QUANTITY.validate_python(fields)
        return self

    @property
    def margin(self) -> float | None:
        """The number that an effect is compared with beside 0."""
        return self.within or self.negligible or self.above or None


@cache
def claims() -> tuple[Claim, ...]:
    """The claims of claims.yaml, in the order of the paper."""
    return _read("claims.yaml")


@cache
def extensions() -> tuple[Claim, ...]:
    """The claims of extensions.yaml: sentences that are ours, never counted with the paper's."""
    return _read("extensions.yaml")


def _read(name: str) -> tuple[Claim, ...]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return TypeAdapter(tuple[Claim, ...]).validate_python(yaml.safe_load(text))


def quantity(fields: dict[str, Any]) -> Base:
    """The quantity of these keys."""
    return _QUANTITY.validate_python(fields)
