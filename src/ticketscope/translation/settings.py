"""The translation's part of the config: decoding and scoring."""

from typing import Annotated, Literal

from pydantic import Field

from ticketscope.settings import Count, Number, Section


class Decoding(Section):
    """Translation of the test text (section 3.1)."""

    split: Literal["test", "valid", "unseen"] = Field(
        "test", description="Text to translate; only the toy has unseen."
    )
    beam: Count = Field(4, description="Hypotheses in the beam.")
    lenpen: Number = Field(0.6, description="Length penalty: the exponent of the length.")
    max_tokens: Count = Field(8000, description="Batch size in source subwords.")


class Scoring(Section):
    """BLEU, chrF and their intervals."""

    resamples: Annotated[int, Field(ge=100)] = Field(
        1000, description="Bootstrap resamples of the test sentences."
    )
