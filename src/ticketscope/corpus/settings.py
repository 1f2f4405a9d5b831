"""The corpus's part of the config."""

from typing import Annotated, Literal

from pydantic import Field

from ticketscope.settings import Count, Name, Positive, Section


class PlainFiles(Section):
    """A parallel text of your own: two UTF-8 files, one sentence a line; equal lines are pairs."""

    src: str = Field(description="File in the source language, plain or .gz.")
    tgt: str = Field(description="File in the target language, with as many lines.")


Source = str | PlainFiles

Sources = Source | list[Source]

Tokenizer = Literal["moses", "moses-no-dash-splits", "space", "sentencepiece"]


class Toy(Section):
    """The embedded grammar (docs/steps/toy-grammar.md). Sizes in sentence pairs."""

    seed: int = Field(
        1, ge=0, description="Seed of the sentences; `seeds` are those of the models."
    )
    train: Count = Field(6000, description="Training pairs.")
    valid: Annotated[int, Field(ge=2)] = Field(
        500, description="Validation text; tickets are compared on it (section 5.1)."
    )
    test: Count = Field(600, description="Test pairs; none of them is in train.")
    unseen: Count = Field(
        500, description="Further test pairs, with combinations of words that are not in train."
    )
    longest: Annotated[int, Field(ge=8)] = Field(
        12, description="Longest English sentence in words, punctuation included."
    )
    exponent: Positive = Field(
        3.0,
        description="Exponent of Zipf's law for content words; larger: fewer of them are common.",
    )


class Corpus(Section):
    """The text: `toy` (the grammar), a name in the registry, files of your own, or a list."""

    train: Sources = Field(
        "toy",
        description="Training text. A list is joined in its order; with external_tickets it may "
        "be empty ([]).",
    )
    valid: Sources = Field(
        "toy", description="Validation text; by default, tickets are compared on it (section 5.1)."
    )
    test: Sources = Field("toy", description="Test text; BLEU is measured on it (section 3.1).")
    tests: dict[Name, Sources] = Field(
        {},
        description="Further test texts, by name, each translated and scored separately; of a "
        "public text, the test split is used. `unseen: toy` is the grammar's second test text.",
    )
    pairs: dict[str, Count] = Field(
        {},
        description="Largest number of pairs that a split takes from a public text, by the text's "
        "name. They are drawn by sentence hashes, so a larger sample contains the smaller ones.",
    )
    limit: Count | None = Field(
        None, description="Number of training pairs to use, from the beginning; unset: all."
    )
    toy: Toy = Field(default_factory=Toy, description="Size of the embedded text.")

    def texts(self, split: str) -> list[Source]:
        """The texts that a split is joined from; `unseen` is always the embedded grammar's."""
        further = {"unseen": "toy"} | self.tests
        texts: Sources = further[split] if split in further else getattr(self, split)
        return texts if isinstance(texts, list) else [texts]


class Subwords(Section):
    """How text becomes subwords: by default Moses, and BPE learned on both sides of train (A.1)."""

    tokenizer: Tokenizer = Field(
        "moses",
        description="`moses` splits words at dashes, as fairseq does (--aggressive-dash-splits); "
        "`moses-no-dash-splits` does not; `space`: the text is already tokenised; `sentencepiece`: "
        "pieces of the model in `codes` instead of tokens and BPE.",
    )
    codes: str | None = Field(
        None,
        description="File of BPE merges, or SentencePiece's model, to use; unset: BPE is learned. "
        "Tickets trained elsewhere have theirs under external_tickets.",
    )
    size: Count = Field(4000, description="Merge operations to learn. The paper's text: 32000.")
    dictionary: Count | None = Field(
        None, description="Largest joined dictionary, in types; unset: all. The paper's: 32768."
    )
