"""The representations' part of the config."""

from typing import Literal

from pydantic import Field

from ticketscope.settings import Count, Name, Section

Precision = Literal["float16", "float32"]
Pooling = Literal["mean", "first", "last"]


class Representations(Section):
    """Hidden states and attention of every layer of every ticket (section 5.1)."""

    split: Literal["valid", "test"] = Field(
        "valid", description="Text on which tickets are compared (section 5.1)."
    )
    precision: Precision = Field(
        "float16", description="Precision on disk; float32 takes twice the space."
    )
    keep: bool = Field(
        False, description="Keep representations. Otherwise each is deleted after its last use."
    )
    max_tokens: Count = Field(4000, description="Batch size in subwords, padding included.")
    texts: dict[Name, str] = Field(
        {},
        description="Texts of your own, name: file; one sentence a line, words separated by "
        "spaces (a tab is refused, any other character is part of a word). Every ticket's encoder "
        "gives a vector for each word (appendix A.1).",
    )
    pooling: Pooling = Field(
        "mean", description="How a word's subwords become its vector. The authors: mean."
    )
