"""Lines and words of every text: one rule, one line for what breaks it, bounded memory."""

import gzip
import io
import subprocess
import sys
import tarfile
import zipfile

import pytest

from ticketscope.errors import InputError
from ticketscope.runtime.text import numbered_lines, sentences


def lines(path, member=None):
    return [text for _, text in numbered_lines(path, member)]


def refusal(path, member=None):
    with pytest.raises(InputError) as error:
        lines(path, member)
    assert "\n" not in str(error.value)
    return str(error.value).replace(f"{path.parent}/", "")


# White space of Unicode that neither ends a line nor divides words.
ODD = "\u00a0\u2028\u2029\u0085\x0b\x0c\x1c\u3000\u200b"


def test_spaces_alone_divide_words_and_newlines_alone_end_lines(file):
    joined = "".join(f"a{odd}b c\n" for odd in ODD) + "\r\n  d   e \nf"
    expected = [[f"a{odd}b", "c"] for odd in ODD] + [[], ["d", "e"], ["f"]]
    assert sentences(file(joined)) == expected


def test_a_tab_between_words_is_refused(file):
    with pytest.raises(InputError, match="text, line 2: a tab; words are separated by spaces"):
        sentences(file("a b\nc\td\n"))


def test_other_line_ends_and_other_encodings_are_refused_by_line(file):
    assert refusal(file("a\rb\r")).startswith("text, line 1: a carriage return inside the line")
    assert refusal(file("a\r\nb\rc\n")).startswith("text, line 2: a carriage return")
    assert refusal(file("a\r\nb\r")).startswith("text, line 2: a carriage return")
    assert refusal(file("a\r\r\n")).startswith("text, line 1: a carriage return")
    assert refusal(file("a\nb".encode("utf-16-le"))).startswith("text, line 1: a NUL character")
    assert refusal(file("a\nß".encode("utf-16"))).startswith("text, line 1: not UTF-8")
    assert refusal(file("a\nß".encode("latin-1"))).startswith("text, line 2: not UTF-8")


def test_a_folder_is_called_one_and_what_is_missing_is_said_to_be(tmp_path):
    assert refusal(tmp_path / "none") == "none does not exist"
    for name in ("text", "text.gz", "text.zip", "text.tar.gz", "text.tar"):
        (tmp_path / name).mkdir()
        assert refusal(tmp_path / name, "x") == f"{name} is a folder, not a file"


TEXT = "".join(f"Line {number} of a text that is packed.\n" for number in range(100)).encode()


def packed(name):
    """The text in an archive as member `x`, with another member after it; or as a gzip file."""
    stream = io.BytesIO()
    if name.endswith(".zip"):
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x", TEXT)
    elif ".tar" in name:
        mode = "w:gz" if name.endswith("gz") else "w"
        with tarfile.open(fileobj=stream, mode=mode) as archive:
            for member in ("x", "y"):
                entry = tarfile.TarInfo(member)
                entry.size = len(TEXT)
                archive.addfile(entry, io.BytesIO(TEXT))
    else:
        stream.write(gzip.compress(TEXT))
    return stream.getvalue()


@pytest.mark.parametrize("name", ["a.gz", "a.tar.gz", "a.zip"])
def test_a_flipped_bit_is_never_another_text(file, name):
    """Every byte once: gzip's own header (time, name, system) is all that may change unnoticed."""
    whole = packed(name)
    expected = TEXT.decode().splitlines()
    noticed = 0
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        path = file(bytes(flipped), name)
        try:
            assert lines(path, "x") == expected
        except InputError as error:
            assert "\n" not in str(error)
            noticed += 1
    assert noticed > len(whole) / 2


@pytest.mark.parametrize("name", ["a.gz", "a.tar.gz", "a.zip"])
def test_a_truncated_archive_is_refused_wherever_it_ends(file, name):
    whole = packed(name)
    for end in range(1, len(whole), 7):
        assert refusal(file(whole[:end], name), "x").startswith(("cannot read a", "a."))


def test_encrypted_and_oddly_packed_zips_are_refused(file):
    encrypted = bytearray(packed("a.zip"))
    directory = encrypted.index(b"PK\x01\x02")
    encrypted[6] |= 1
    encrypted[directory + 8] |= 1
    assert "is encrypted" in refusal(file(bytes(encrypted), "a.zip"), "x")
    odd = bytearray(packed("a.zip"))
    odd[8] = odd[directory + 10] = 99
    message = refusal(file(bytes(odd), "a.zip"), "x")
    assert message == "cannot read a.zip:x: That compression method is not supported"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_link_in_an_archive_is_no_text(tmp_path, kind):
    (tmp_path / "secret").write_text("secret\n")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("x")
        entry.type, entry.linkname = kind, str(tmp_path / "secret")
        archive.addfile(entry)
    assert refusal(tmp_path / "a.tar.gz", "x") == "a.tar.gz holds no file x"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_two_files_of_one_name_is_refused(tmp_path):
    """Some programs read the first, others the last."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for text in ("first\n", "last\n"):
            archive.writestr("x", text)
    for name, mode in (("a.tar", "w"), ("a.tar.gz", "w:gz")):
        with tarfile.open(tmp_path / name, mode) as archive:
            for member, text in (("x", b"first\n"), ("y", b"other\n"), ("./x", b"last\n")):
                entry = tarfile.TarInfo(member)
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text))
    for name in ("a.zip", "a.tar", "a.tar.gz"):
        assert (
            refusal(tmp_path / name, "x")
            == f"{name} holds 2 files x: pack it again with one of them"
        )


def test_names_that_lead_out_of_an_archive_write_nothing(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    names = ["../out", str(tmp_path / "out"), "x"]
    with tarfile.open(inner / "a.tar.gz", "w:gz") as archive:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = 2
            archive.addfile(entry, io.BytesIO(b"a\n"))
    with zipfile.ZipFile(inner / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "a\n")
    before = sorted(tmp_path.rglob("*"))
    for name in ("a.tar.gz", "a.zip"):
        assert lines(inner / name, "x") == lines(inner / name, "../out") == ["a"]
    assert sorted(tmp_path.rglob("*")) == before


BOMB = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
from ticketscope.errors import InputError
from ticketscope.runtime.text import numbered_lines
from pathlib import Path
try:
    for _ in numbered_lines(Path(sys.argv[1])):
        pass
except InputError as error:
    print(error)
"""


def test_a_bomb_is_refused_in_bounded_memory(tmp_path):
    """Two gigabytes in one line, of which a process may hold a fraction."""
    path = tmp_path / "bomb.jsonl.gz"
    block = gzip.compress(b"a" * (16 << 20), 9)
    path.write_bytes(block * 128)
    assert path.stat().st_size < 3 << 20
    done = subprocess.run(
        [sys.executable, "-c", BOMB, str(path), str(600 << 20)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == f"{path}, line 1: is longer than 64 MiB, so it is not text\n", done.stderr


@pytest.mark.parametrize("name", ["a.gz", "a.tar.gz", "a.zip"])
def test_a_packed_text_has_a_largest_size_and_a_plain_one_has_none(file, name, monkeypatch):
    """A bomb of many short lines."""
    path = file(packed(name), name)
    monkeypatch.setattr("ticketscope.runtime.text.LARGEST_UNPACKED", len(TEXT))
    whole = lines(path, "x")
    monkeypatch.setattr("ticketscope.runtime.text.LARGEST_UNPACKED", len(TEXT) - 1)
    assert refusal(path, "x") == f"{name}:x: holds more than 0 GiB: unpack it first"
    assert lines(file(TEXT, "a.txt")) == whole
