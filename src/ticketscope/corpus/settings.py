"""The corpus's part of the config."""

from typing import Annotated

from pydantic import Field

from ticketscope.settings import Count, Positive, Section


class PlainFiles(Section):
    """A parallel text of your own: two UTF-8 files, one sentence a line; lines are pairs."""

    src: str = Field(description="File in the source language (.gz is read too).")
    tgt: str = Field(description="File in the target language, as many lines.")


Source = str | PlainFiles
Sources = Source | list[Source]


class Toy(Section):
    """The embedded grammar (docs/steps/toy-grammar.md). Sizes in sentence pairs."""

    seed: int = Field(1, ge=0, description="Seed of the sentences; the model's seeds are `seeds`.")
    train: Count = Field(11000, description="Training pairs.")
    valid: Count = Field(500, description="Validation pairs.")
    test: Count = Field(1000, description="Test pairs, none of them in train.")
    unseen: Count = Field(500, description="Pairs of words that never met in train.")
    longest: Annotated[int, Field(ge=8)] = Field(
        12, description="Most words of an English line, punctuation included."
    )
    exponent: Positive = Field(
        2.0, description="Of Zipf's law for nouns, adjectives and verbs; larger: fewer in use."
    )


class Corpus(Section):
    """Where the text comes from: `toy`, a name of the registry, your own files, or a list."""

    train: Sources = Field(
        "toy",
        description="Training text. A list is joined in its order; with external_tickets it may be "
        "empty: [].",
    )
    valid: Sources = Field("toy", description="Validation text; representations are taken on it.")
    test: Sources = Field("toy", description="Test text; BLEU is measured on it (section 3.1).")
    limit: Count | None = Field(None, description="Use only the first pairs of train; unset: all.")
    toy: Toy = Field(default_factory=Toy, description="Size of the embedded text.")

    def texts(self, split: str) -> list[Source]:
        """The texts that a split is joined from; `unseen` is always the embedded grammar's."""
        texts: Sources = "toy" if split == "unseen" else getattr(self, split)
        return texts if isinstance(texts, list) else [texts]


class Subwords(Section):
    """Byte-pair encoding, learned jointly on both sides of train (appendix A.1)."""

    size: Count = Field(4000, description="Merge operations. The paper's text: 32000.")
    dictionary: Count | None = Field(
        None, description="Largest joined dictionary, in types; unset: all. The paper's: 32768."
    )
