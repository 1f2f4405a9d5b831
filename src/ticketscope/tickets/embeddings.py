"""Embeddings that a training begins with: the file of fairseq's options `...-embed-path`."""

from itertools import islice
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.runtime.files import require_file
from ticketscope.runtime.text import readable, stream_lines


def require_embeddings(path: str, dim: int, key: str) -> None:
    """Check that fairseq can read the beginning of a file of embeddings, which may have gigabytes.

    Args:
        path: Text: a line that fairseq skips, then lines of a subword and its numbers.
        dim: Size of an embedding.
        key: What names the file, such as a key of the config, for the error.

    Raises:
        InputError: there is no such file, it is no text, or its first embedding has another size.
    """
    require_file(path, key)
    with readable(Path(path), path), Path(path).open("rb") as stream:
        lines = [line for _, line in islice(stream_lines(stream, f"{key}: {path}"), 2)]
    try:
        numbers = [float(number) for number in lines[-1].rstrip().split(" ")[1:]]
    except (ValueError, IndexError):
        numbers = []
    if len(lines) < 2 or len(numbers) != dim:
        raise InputError(
            f"{key}: {path}, line 2: should be a subword and {dim} numbers, separated by spaces"
        )
