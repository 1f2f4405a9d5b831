"""The behaviour's part of the config."""

from typing import Annotated

from pydantic import Field

from ticketscope.settings import Count, Section


class Behaviour(Section):
    """What a ticket's translations show beyond BLEU (docs/steps/behaviour.md)."""

    items: Count = Field(300, description="Items of each phenomenon of the grammar's contrasts.")
    resamples: Annotated[int, Field(ge=100)] = Field(
        1000, description="Bootstrap resamples of contrasts and sentences."
    )
    chrf: Annotated[float, Field(gt=0, lt=100)] = Field(
        70.0, description="A sentence whose chrF reaches this counts as well translated."
    )
    word_edges: list[Count] = Field(
        [1, 10, 100, 1000],
        min_length=1,
        description="Occurrences in train from which a word is in the next bucket of word F1.",
    )
