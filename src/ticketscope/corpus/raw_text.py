"""One split of the raw corpus: its texts, joined and checked."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from ticketscope.corpus.selection import ParallelText
from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write


class Counts(TypedDict):
    """Numbers of pairs: written, dropped since a side is empty, and written of each text."""

    pairs: int
    dropped: int
    texts: list[int]


def write_parallel(
    texts: Sequence[ParallelText],
    source: Path,
    target: Path,
    *,
    limit: int | None = None,
) -> Counts:
    """Write one split: all pairs of all texts in order, one sentence a line, as UTF-8.

    A pair with an empty side is useless for training and testing: it is dropped and counted.
    Characters that other programs take for line ends (U+2028, form feed, ...) become spaces.

    Args:
        texts: The texts, each with the part of it that the split uses.
        source: Output, source language.
        target: Output, target language.
        limit: Use only the first pairs; None: all.

    Raises:
        InputError: a text is missing, empty, not UTF-8, or its sides differ in length.
    """
    written = dropped = 0
    of_texts = []
    with atomic_write(source) as source_out, atomic_write(target) as target_out:
        with (
            source_out.open("w", encoding="utf-8", newline="\n") as source_stream,
            target_out.open("w", encoding="utf-8", newline="\n") as target_stream,
        ):
            for text in texts:
                empty, before = True, written
                for source_line, target_line in text.pairs():
                    empty = False
                    if limit is not None and written == limit:
                        continue  # read on: misalignment further down is an error too
                    if source_line and target_line:
                        source_stream.write(source_line + "\n")
                        target_stream.write(target_line + "\n")
                        written += 1
                    else:
                        dropped += 1
                if empty:
                    raise InputError(f"{text} are empty")
                of_texts.append(written - before)
        if written == 0:
            raise InputError(f"{texts[0]}: no line has text on both sides")
    return {"pairs": written, "dropped": dropped, "texts": of_texts}
