r"""What a line and a word is, for every text that is read, packed or not.

A line ends with \n or \r\n and with nothing else: U+2028, NEL or a form feed is a character of it.
Words are separated by spaces and nothing else: a no-break space is a character of a word.
"""

import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from ticketscope.errors import InputError

# Bytes. A longer line is no sentence, and a packed file can hold gigabytes in a few kilobytes.
LONGEST_LINE = 64 << 20
# Of a packed text. What is that large is unpacked by its owner, who sees its size.
LARGEST_UNPACKED = 2 << 30

_CHUNK = 1 << 20

# What the readers of archives raise when bytes are not as they should be.
DAMAGE = (
    OSError, EOFError, ValueError, KeyError, OverflowError, zlib.error, lzma.LZMAError,
    struct.error, zipfile.BadZipFile, tarfile.TarError,
)  # fmt: skip


def numbered_lines(path: Path, member: str | None = None) -> Iterator[tuple[int, str]]:
    r"""The lines of a UTF-8 text with their numbers from 1, without their ends.

    A byte-order mark is no part of the first line. Checksums of archives are read to the end, so
    the last line comes from a file whose damage would have been noticed.

    Args:
        path: Plain file, .gz, or an archive (.zip, .tar, .tar.gz, .tgz).
        member: File inside the archive.

    Raises:
        InputError: the file is missing, damaged or not UTF-8, has other line ends than \n and
            \r\n, or is packed and holds more than `LARGEST_UNPACKED`; names file and line.
    """
    place = f"{path}:{member}" if member else str(path)
    is_packed = path.suffix in (".zip", ".gz", ".tgz")
    number = size = 0
    with readable(path, place, lambda: number), opened(path, member) as stream:
        for number, text in stream_lines(stream, place):
            # In characters, which are at most its bytes, and one for the end.
            size += len(text) + 1
            if is_packed and size > LARGEST_UNPACKED:
                raise InputError(
                    f"{place}: holds more than {LARGEST_UNPACKED >> 30} GiB: unpack it first"
                )
            yield number, text


def stream_lines(stream: IO[bytes], place: str) -> Iterator[tuple[int, str]]:
    """`numbered_lines` of what is open already; `place` names it in errors."""
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        yield number, _text(raw, f"{place}, line {number}", first=number == 1)


def _text(raw: bytes, place: str, *, first: bool) -> str:
    if len(raw) > LONGEST_LINE:
        raise InputError(f"{place}: is longer than {LONGEST_LINE >> 20} MiB, so it is not text")
    try:
        end = 2 if raw.endswith(b"\r\n") else raw.endswith(b"\n")
        text = raw[: len(raw) - end].decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{place}: not UTF-8 (byte {error.object[error.start]:#04x}); convert the file to UTF-8"
        ) from error
    if "\r" in text:
        raise InputError(
            f"{place}: a carriage return inside the line; lines must end with \\n or \\r\\n: "
            "convert the file's line ends"
        )
    if "\0" in text:
        raise InputError(f"{place}: a NUL character; convert the file to UTF-8 if it is UTF-16")
    return text.removeprefix("\ufeff") if first else text


def sentences(path: Path) -> list[list[str]]:
    """The words of each line: what its spaces separate. An empty line has none.

    This is the rule of texts of words. Subwords are read as fairseq does, which divides them at all
    kinds of white space.

    Raises:
        InputError: as `numbered_lines`; or a line has a tab, which some programs take for a space
            and others for a part of the word.
    """
    split = []
    for number, line in numbered_lines(path):
        if "\t" in line:
            raise InputError(
                f"{path}, line {number}: a tab; words are separated by spaces, and the file has no "
                "columns"
            )
        split.append([word for word in line.split(" ") if word])
    return split


@contextmanager
def opened(path: Path, member: str | None = None) -> Iterator[IO[bytes]]:
    """Open a plain file, a gzip file or a member of an archive, by the ending of its name.

    Nothing of an archive reaches the disk: members are streamed, and only plain files are.

    Raises:
        InputError: the archive has no such member, or several: programs read different ones.
    """
    name = path.name
    with ExitStack() as stack:
        if name.endswith(".zip"):
            archive = stack.enter_context(zipfile.ZipFile(path))
            if (copies := archive.namelist().count(member or "")) != 1:
                raise _not_one(path, member, copies)
            yield stack.enter_context(archive.open(member or ""))
        elif name.endswith((".tar.gz", ".tgz")):
            packed = cast(IO[bytes], stack.enter_context(gzip.open(path)))
            with _tar_member(path, member, packed) as content:
                yield content
            while packed.read(_CHUNK):  # the checksum stands at the end
                pass
        elif name.endswith(".tar"):
            plain = stack.enter_context(path.open("rb"))
            yield stack.enter_context(_tar_member(path, member, plain))
        elif name.endswith(".gz"):
            yield cast(IO[bytes], stack.enter_context(gzip.open(path)))
        else:
            yield stack.enter_context(path.open("rb"))


@contextmanager
def _tar_member(path: Path, member: str | None, stream: IO[bytes]) -> Iterator[IO[bytes]]:
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        entries = (
            entry for entry in archive if entry.isfile() and entry.name.removeprefix("./") == member
        )
        if (entry := next(entries, None)) is None:
            raise _not_one(path, member, 0)
        content = archive.extractfile(entry)
        assert content is not None  # a plain file
        with content:
            yield content
        if others := len(list(entries)):
            raise _not_one(path, member, 1 + others)


def _not_one(path: Path, member: str | None, copies: int) -> InputError:
    if copies:
        return InputError(f"{path} holds {copies} files {member}: pack it again with one of them")
    return InputError(f"{path} holds no file {member}")


@contextmanager
def readable(path: Path, place: str, line: Callable[[], int] | None = None) -> Iterator[None]:
    """Turn what a missing, damaged or odd file raises while it is read into one line.

    Args:
        path: The file.
        place: Its name in the message, with that of a member.
        line: Returns the number of the last whole line; None: the file has none.

    Raises:
        InputError: with the reason.
    """
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder, not a file") from None
    except (RuntimeError, NotImplementedError) as error:  # of zip: encrypted, or unknown packing
        raise InputError(f"cannot read {place}: {error}") from error
    except DAMAGE as error:
        if isinstance(error, OSError) and error.strerror:
            raise InputError(f"cannot read {place}: {error.strerror}") from error
        after = "" if line is None else f" after line {line()}"
        raise InputError(f"cannot read {place}: truncated or damaged{after} ({error})") from error
