"""Archives that mean harm, that are damaged, and that come in another packing."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from ticketscope.errors import InputError
from ticketscope.probing.free import archives, coreference, factuality, wescience
from ticketscope.probing.free.skeletons import read_skeletons
from ticketscope.probing.free.sources import FreeFile

FILE = FreeFile(url="https://x", path="x.tar.gz", pattern=r"(?:^|/)texts/(\w+\.txt)$")


def packed(path: Path, entries: dict[str, bytes | None], kind: bytes = tarfile.REGTYPE) -> Path:
    """A tar archive; an entry without content is of that kind, a link by default to /etc/passwd."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            if content is None:
                entry.type, entry.linkname = kind, "/etc/passwd"
                archive.addfile(entry)
            else:
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return path


def test_a_folder_alone_and_a_whole_repository_give_the_same(tmp_path):
    alone = packed(tmp_path / "a.tgz", {"texts/b.txt": b"2", "texts/a.txt": b"1"})
    whole = packed(
        tmp_path / "b.tgz",
        {"repo-12ab/README": b"-", "repo-12ab/data/texts/a.txt": b"1",
         "repo-12ab/data/texts/b.txt": b"2", "repo-12ab/other/a.txt": b"3"},
    )  # fmt: skip
    expected = {"a.txt": b"1", "b.txt": b"2"}
    known = FILE.model_copy(update={"contents": archives.digest(expected)})
    for path in (alone, whole):
        found = archives.members(path, known)
        assert found == expected and list(found) == ["a.txt", "b.txt"]


def test_other_contents_are_a_checksum_mismatch(tmp_path):
    path = packed(tmp_path / "a.tgz", {"texts/a.txt": b"1"})
    known = FILE.model_copy(update={"contents": archives.digest({"a.txt": b"2"})})
    with pytest.raises(InputError, match=r"checksum mismatch: contents of .*a\.tgz.*expected"):
        archives.members(path, known)


@pytest.mark.parametrize("name", ["/texts/a.txt", "../texts/a.txt", "x/../../texts/a.txt"])
def test_members_that_would_leave_the_folder_are_refused(tmp_path, name):
    path = packed(tmp_path / "a.tgz", {name: b"1"})
    with pytest.raises(InputError, match="would lie outside of the archive"):
        archives.members(path, FILE)
    with pytest.raises(InputError, match="would lie outside of the archive"):
        archives.member(path, name)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(tmp_path, kind):
    path = packed(tmp_path / "a.tgz", {"texts/a.txt": None}, kind)
    with pytest.raises(InputError, match=r"member texts/a\.txt is no plain file"):
        archives.members(path, FILE)


def test_what_is_too_large_twice_there_or_missing_is_said(tmp_path, monkeypatch):
    path = packed(tmp_path / "a.tgz", {"texts/a.txt": b"12345", "x/texts/a.txt": b"6"})
    with pytest.raises(InputError, match=r"member a\.txt is there twice"):
        archives.members(path, FILE)
    with pytest.raises(InputError, match="no member nothing"):
        archives.members(path, FILE.model_copy(update={"pattern": "nothing"}))
    monkeypatch.setattr(archives, "_MAX_BYTES", 4)
    with pytest.raises(InputError, match=r"member texts/a\.txt is too large"):
        archives.members(path, FILE)


def test_damaged_and_absent_archives_are_named(tmp_path):
    whole = packed(tmp_path / "a.tgz", {"texts/a.txt": bytes(range(256)) * 99}).read_bytes()
    (tmp_path / "cut.tgz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "no.tgz").write_bytes(b"no archive at all")
    for name in ("cut.tgz", "no.tgz"):
        with pytest.raises(InputError, match=rf"{name}: truncated or damaged"):
            archives.members(tmp_path / name, FILE)
        with pytest.raises(InputError, match=rf"{name}: truncated or damaged"):
            archives.member(tmp_path / name, "a.txt")
    with pytest.raises(InputError, match="does not exist"):
        archives.members(tmp_path / "absent", FILE)


def test_a_member_of_a_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("folder/a.txt", b"1")
    assert archives.member(tmp_path / "a.zip", "folder/a.txt") == b"1"
    with pytest.raises(InputError, match=r"a\.zip has no member a\.txt"):
        archives.member(tmp_path / "a.zip", "a.txt")


LATIN_1 = "one\ntw\xf6\n".encode("latin-1")


@pytest.mark.parametrize(
    ("read", "named"),
    [
        (lambda work: list(read_skeletons({"a/xml/b.gold_skel": LATIN_1})), "PropBank, a/xml/b"),
        (
            lambda work: list(
                wescience.sentences(
                    {f"ws1/{name}.gz": gzip.compress(LATIN_1) for name in ("parse", "result")}, {}
                )
            ),
            "WeScience, ws1/parse.gz",
        ),
        (
            lambda work: coreference.split_files({"x.conll": LATIN_1}, work / "splits", work),
            "OntoGUM, x.conll",
        ),
        (lambda work: list(factuality.sentences(work / "x.zip", "dev")), "x.zip, "),
    ],
    ids=["skeletons", "wescience", "coreference", "factuality"],
)
def test_a_member_that_is_not_utf_8_is_named_with_its_line(tmp_path, read, named):
    lists = [f"## {split}\n* {split}\n" for split in ("train", "dev", "test")]
    (tmp_path / "splits").write_text("".join(lists))
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(factuality.GRAPHS.format("dev"), LATIN_1)
    with pytest.raises(InputError, match=r", line 2: not UTF-8; download") as error:
        read(tmp_path)
    assert named in str(error.value)
