"""The representations' part of the config."""

from typing import Literal

from pydantic import Field

from ticketscope.settings import Count, Name, Section

Precision = Literal["float16", "float32"]
Pooling = Literal["mean", "first", "last"]


class Representations(Section):
    """States and attention of every layer, taken from every ticket (section 5.1)."""

    split: Literal["valid", "test"] = Field(
        "valid", description="Text on which similarity is taken (section 5.1)."
    )
    precision: Precision = Field(
        "float16", description="Numbers on disk; float32 doubles their size."
    )
    keep: bool = Field(
        False, description="Keep the dumps; else each goes when everything that reads it is done."
    )
    max_tokens: Count = Field(4000, description="Batch size in subwords, padding included.")
    texts: dict[Name, str] = Field(
        {},
        description="Tokenised texts of your own by name, a sentence a line, words separated by "
        "spaces: every ticket's encoder gives a vector for each word (appendix A.1).",
    )
    pooling: Pooling = Field(
        "mean", description="A word's vector from those of its subwords; the authors: mean."
    )
