"""The config's section on what tickets cost."""

from typing import Literal

from pydantic import Field

from ticketscope.settings import Count, Section


class Cost(Section):
    """What a ticket costs to store and to run (docs/steps/cost.md)."""

    length: Count = Field(
        25, description="Subwords of a sentence, for the operations of attention."
    )
    tickets: Literal["all", "last"] | list[Count] = Field(
        "all",
        description="Tickets that are timed beside LTH0, of the series that prune: all, the last "
        "of each, or by k.",
    )
    sentences: Count = Field(
        32,
        description="Sentences in the batch that is timed, evenly spread over `decoding.split`.",
    )
    repeats: Count = Field(
        10, description="Timed passes of each kind, after one that is not timed."
    )
