"""The files of FSMTTokenizer: Moses and BPE, from subword-nmt's merges and fairseq's dictionaries.

Both write byte-pair encoding of words; fairseq marks subwords that go on (`Hau@@ s`), FSMT those
that end a word (`Hau s</w>`).
"""

from collections.abc import Iterable
from pathlib import Path

from ticketscope.corpus.dictionary import SPECIAL, read_dictionary
from ticketscope.corpus.parallel import read_lines
from ticketscope.errors import InputError

SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")  # rows 0 to 3 of fairseq's embeddings
_CONTINUES, _ENDS = "@@", "</w>"
_VERSION = "#version: 0.2"


def fsmt_token(subword: str) -> str:
    """A subword as FSMT writes it."""
    if subword.endswith(_CONTINUES):
        return subword.removesuffix(_CONTINUES)
    return f"{subword}{_ENDS}"


def vocabulary(dictionary: Path, rows: int) -> dict[str, int]:
    """FSMT's tokens and the embedding's rows.

    Args:
        dictionary: fairseq's.
        rows: Of the embedding.

    Raises:
        InputError: the dictionary is missing, damaged, or of another model.
    """
    tokens = [*SPECIALS, *map(fsmt_token, read_dictionary(dictionary))]
    if len(tokens) != rows:
        raise InputError(
            f"{dictionary} has {len(tokens) - SPECIAL} subwords, the model's embedding "
            f"{rows - SPECIAL}: they are of different experiments"
        )
    return {token: row for row, token in enumerate(tokens)}


def merges(codes: Path) -> Iterable[str]:
    """Lines of merges.txt: pairs of symbols, the most frequent first.

    Raises:
        InputError: the file is missing, SentencePiece's model, or of the first version of
            subword-nmt, which ended words otherwise.
    """
    try:
        version, *pairs = read_lines(codes) or [""]
    except InputError as error:
        raise InputError(
            f"{codes} cannot be FSMT's merges; neither can a SentencePiece model: {error}"
        ) from None
    if version.strip() != _VERSION:
        raise InputError(f"{codes} cannot be FSMT's merges: its first line is not {_VERSION}")
    return pairs
