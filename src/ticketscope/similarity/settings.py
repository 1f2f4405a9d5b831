"""The similarity's part of the config."""

from typing import Annotated

from pydantic import AfterValidator, Field

from ticketscope.rising import rising
from ticketscope.settings import Count, Fraction, Name, Section


class Similarity(Section):
    """How representations and attention are compared (section 5)."""

    block: Annotated[int, Field(ge=256)] = Field(
        8192, description="Tokens of each layer that are in memory at a time."
    )
    groups: Annotated[int, Field(ge=3, le=1000)] = Field(
        10,
        description="Groups of sentences that the jackknife leaves out in turn, for intervals. "
        "Each has a part of every text of the split.",
    )
    frequency_edges: Annotated[list[Count], AfterValidator(rising)] = Field(
        [5, 100, 500, 2500],
        min_length=1,
        description="Frequency ranks at which one bin of subwords ends (section 5.3).",
    )
    least: Annotated[int, Field(ge=4)] = Field(
        100, description="Size of the smallest category that is compared, in tokens (section 5.3)."
    )
    resamples: Annotated[int, Field(ge=100)] = Field(
        1000, description="Bootstrap resamples of a category's sentences (section 5.3)."
    )
    threshold: Fraction = Field(
        0.95, description="Attention with more mass than this on one key is concentrated (5.4.3)."
    )

    labels: dict[Name, str | list[str]] = Field(
        {},
        description="Labels of the source text's tokens, name: file of `word<TAB>label` lines, or "
        "the command of a tagger, as a list (section 5.3). The toy has pos and semtag.",
    )
