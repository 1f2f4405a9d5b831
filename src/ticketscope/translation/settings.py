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
    lenpen: Annotated[Number, Field(ge=-10, le=10)] = Field(
        0.6, description="Length penalty: the exponent of the length."
    )
    # Every text has longer sentences.
    max_tokens: Annotated[int, Field(ge=8)] = Field(
        8000, description="Batch size in subwords of the longer side, padding included."
    )


class Comet(Section):
    """COMET, by the command of the package unbabel-comet in an environment of its own."""

    model: str = Field(description="A model's checkpoint (.ckpt); nothing is downloaded.")
    command: str = Field("comet-score", description="Name on PATH, or path, of `comet-score`.")


class Scoring(Section):
    """BLEU, chrF and their intervals; COMET if a model is given."""

    resamples: Annotated[int, Field(ge=100)] = Field(
        1000, description="Bootstrap resamples of the test sentences."
    )
    comet: Comet | None = Field(
        None,
        description="COMET: `model` is the path of a checkpoint, `command` the program, by default "
        "comet-score (docs/steps/translation.md); null: not computed.",
    )
