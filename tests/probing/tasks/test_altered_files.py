"""Files of which an editor, a script or a disk lost, doubled or moved a line: refused, or the same.

A file's words are read in any case; only their numbers tell that one is missing.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.probing.tasks.common import FIXTURES
from tests.probing.tasks.test_formats import FIXTURE_OF
from ticketscope.errors import InputError
from ticketscope.probing.tasks import formats

ALTERATIONS = ("lost", "doubled", "swapped", "made a comment", "cut by a blank line", "renumbered")


def altered(lines: list[str], alteration: str) -> Iterator[tuple[int, list[str]]]:
    """The file with each of its words and blank lines altered in turn, and the line's index."""
    for i, line in enumerate(lines):
        before, after = lines[:i], lines[i + 1 :]
        if line.startswith("#"):
            continue
        match alteration:
            case "lost":
                yield i, before + after
            case "doubled":
                yield i, [*before, line, line, *after]
            case "swapped" if after:
                yield i, [*before, after[0], line, *after[1:]]
            case "made a comment" if line.strip():
                yield i, [*before, "#" + line[1:], *after]
            case "cut by a blank line":
                yield i, [*before, "\n", line, *after]
            case "renumbered" if line.strip():
                columns = line.split()
                number = columns[2] if columns[0] == "made/up" else columns[0]
                yield i, [*before, line.replace(number, str(int(number) ^ 1), 1), *after]


def content(format: str, path: Path) -> list[object]:
    """All that is probed; what a comment calls a sentence is no part of it."""
    return [
        (instance.tokens, instance.labels, instance.pairs, instance.sentences)
        for instance in formats.read(format, path, {})
    ]


@pytest.mark.parametrize("alteration", ALTERATIONS)
@pytest.mark.parametrize("format", ["sdp-arcs", "sdp-relations", "conll2012"])
def test_an_altered_file_is_refused_or_read_as_it_was(
    tmp_path: Path, format: str, alteration: str
) -> None:
    fixture = FIXTURES / FIXTURE_OF[format]
    whole, lines = content(format, fixture), fixture.read_text().splitlines(keepends=True)
    path = tmp_path / fixture.name
    refused, unnoticed = 0, []
    for i, text in altered(lines, alteration):
        path.write_text("".join(text))
        try:
            if content(format, path) != whole:
                unnoticed.append(i)
        except InputError as error:
            assert str(error).startswith(f"{path}, line ")
            refused += 1
    assert refused
    if (format, alteration) == ("conll2012", "lost"):
        # The last word of a sentence: no number follows that would tell.
        unnoticed = [i for i in unnoticed if lines[i + 1].strip()]
    assert not unnoticed
