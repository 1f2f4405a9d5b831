"""A user's tokenised text as the subwords that a ticket reads (appendix A.1)."""

from collections.abc import Callable, Sequence
from pathlib import Path

from subword_nmt.apply_bpe import BPE

from dissect.corpus.subwords import tokenize_line
from dissect.errors import InputError


def subword_encoder(codes: Path, language: str) -> Callable[[Sequence[str]], str]:
    """Moses and BPE over a sentence's words, joined by spaces: a line of subwords.

    The words themselves are not changed first; the authors wrote ' for ’ and , for COMMA.

    Args:
        codes: BPE merges that the model was trained with.
        language: For Moses, the model's source language.

    Raises:
        InputError: the codes are missing or are none.
    """
    try:
        with codes.open(encoding="utf-8") as stream:
            encoder = BPE(stream)
    except FileNotFoundError:
        raise InputError(f"BPE codes {codes} are missing") from None
    # subword-nmt prints why, and exits the process.
    except (SystemExit, ValueError) as error:
        raise InputError(f"{codes} holds no BPE codes of subword-nmt") from error

    def encode(words: Sequence[str]) -> str:
        return str(encoder.process_line(tokenize_line(" ".join(words), language)))

    return encode
