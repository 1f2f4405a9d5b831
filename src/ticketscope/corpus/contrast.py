"""The item of a contrast set."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Contrast:
    """A source with a correct and an incorrect translation; texts are raw, as the corpus's are.

    Attributes:
        source: Source sentence.
        correct: A correct translation.
        incorrect: The same with one error.
        phenomenon: What the error is about.
        minority: Whether the correct form is the rarer one of those that the source's word may
            have, such as a feminine pronoun for `it`; None: not told.
        tasks: Probing tasks that read the same knowledge off the encoder, by id.
    """

    source: str
    correct: str
    incorrect: str
    phenomenon: str
    minority: bool | None = None
    tasks: tuple[str, ...] = ()
