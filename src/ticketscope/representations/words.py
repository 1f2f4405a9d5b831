"""A user's tokenised text as the subwords that a ticket reads (appendix A.1)."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ticketscope.corpus.subwords import load_bpe, tokenize_line


def subword_encoder(codes: Path, language: str) -> Callable[[Sequence[str]], str]:
    """Moses and BPE over a sentence's words, joined by spaces: a line of subwords.

    The words themselves are not changed first; the authors wrote ' for ’ and , for COMMA.

    Args:
        codes: BPE merges that the model was trained with.
        language: For Moses, the model's source language.

    Raises:
        InputError: the codes are missing or are none.
    """
    encoder = load_bpe(codes)

    def encode(words: Sequence[str]) -> str:
        return str(encoder.process_line(tokenize_line(" ".join(words), language)))

    return encode
