"""Damage of files as disks, editors, other tools and malice do it, drawn from a seed."""

from collections.abc import Callable
from random import Random

# What breaks parsers: control characters, white space of Unicode, half an encoding, long numbers.
_PIECES = [
    b"\0", b"\r", b"\r\r\n", b"\n", b"\t", b" ", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\xed\xa0\x80",
    "\u2028".encode(), "\u0085".encode(), "\u00a0".encode(), b"\\ud800", b"9" * 5000, b"1e999",
    b"NaN", b"-1", b"true", b"null", b"{", b"}", b"[", b"]", b"(", b")", b"<", b">", b'"', b"|",
    b"_", b"#", b"<script>alert(1)</script>", b"../../x", b"(" * 3000, b"[" * 3000,
]  # fmt: skip


def mutate(content: bytes, random: Random) -> bytes:
    """The content with one to three damages."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        content = random.choice(_DAMAGES)(content, random)
    return content


def _truncate(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _flip(content: bytes, random: Random) -> bytes:
    flipped = bytearray(content)
    if flipped:
        flipped[random.randrange(len(flipped))] ^= 1 << random.randrange(8)
    return bytes(flipped)


def _run(content: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(content) + 1)
    return start, min(len(content), start + random.choice((1, 1, 2, 5, 40)))


def _drop(content: bytes, random: Random) -> bytes:
    start, end = _run(content, random)
    return content[:start] + content[end:]


def _duplicate(content: bytes, random: Random) -> bytes:
    start, end = _run(content, random)
    return content[:end] + content[start:]


def _insert(content: bytes, random: Random) -> bytes:
    start, _ = _run(content, random)
    piece = random.choice((random.choice(_PIECES), random.randbytes(random.randrange(1, 20))))
    return content[:start] + piece + content[start:]


def _overwrite(content: bytes, random: Random) -> bytes:
    start, end = _run(content, random)
    return content[:start] + random.choice(_PIECES) + content[end:]


def _lines(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    place = random.randrange(len(lines))
    match random.randrange(4):
        case 0:
            del lines[place]
        case 1:
            lines.insert(place, lines[random.randrange(len(lines))])
        case 2:
            lines.insert(place, random.choice(_PIECES) + b"\n")
        case _:
            fields = lines[place].split(b"\t")
            fields[random.randrange(len(fields))] = random.choice((b"", *_PIECES))
            lines[place] = b"\t".join(fields)
    return b"".join(lines)


def _recode(content: bytes, random: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    match random.randrange(6):
        case 0:
            return text.encode("latin-1", "replace")
        case 1:
            return text.encode("utf-16")
        case 2:
            return text.encode("utf-16-le")
        case 3:
            return text.encode("utf-8-sig")
        case 4:
            return content.replace(b"\n", b"\r")
        case _:
            return content.replace(b"\n", b"\r\n")


_DAMAGES: list[Callable[[bytes, Random], bytes]] = [
    _truncate, _flip, _flip, _drop, _duplicate, _insert, _insert, _overwrite, _lines, _lines,
    _recode,
]  # fmt: skip
