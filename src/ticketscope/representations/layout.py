"""The order of everything in a store: sentence after sentence, at their true lengths."""

from typing import Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

# Attention: of the encoder on itself, of the decoder on the encoder, of the decoder on itself.
Kind = Literal["enc_self", "enc_dec", "dec_self"]
KINDS: tuple[Kind, ...] = get_args(Kind)

OfSide = TypeVar("OfSide")

# fairseq's end of sentence, which its decoders also read first.
EOS = "</s>"


def starts(lengths: Integers) -> Integers:
    """Cumulative sum that begins with 0: (n,) -> (n + 1,)."""
    return np.concatenate([[0], np.cumsum(lengths)])


def sides(kind: Kind, encoder: OfSide, decoder: OfSide) -> tuple[OfSide, OfSide]:
    """The side of the queries and the side of the keys in this kind of attention."""
    return (
        encoder if kind == "enc_self" else decoder,
        decoder if kind == "dec_self" else encoder,
    )
