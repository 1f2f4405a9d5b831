"""How everything in a store is counted: sentences end to end, at their true lengths."""

from typing import Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

# Attention: of the encoder on itself, of the decoder on the encoder, of the decoder on itself.
Kind = Literal["enc_self", "enc_dec", "dec_self"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Anything = TypeVar("Anything")

# fairseq's end of sentence; also what its decoders read first.
EOS = "</s>"


def starts(lengths: Integers) -> Integers:
    """Cumulative sum that begins with 0: (n,) -> (n + 1,)."""
    return np.concatenate([[0], np.cumsum(lengths)])


def sides(kind: Kind, encoder: Anything, decoder: Anything) -> tuple[Anything, Anything]:
    """What of the two asks, and what is looked at, in an attention of this kind."""
    return (
        encoder if kind == "enc_self" else decoder,
        decoder if kind == "dec_self" else encoder,
    )
