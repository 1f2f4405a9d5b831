"""An experiment's tables as one file, and back: what is joined is the same."""

import io
import lzma
import subprocess
import sys
import tarfile

import numpy as np
import pytest

from tests.joined.experiments import write
from tests.joined.test_parts import RECIPE, join, refusal
from ticketscope.errors import InputError
from ticketscope.joined.archive import pack
from ticketscope.joined.parts import find_part
from ticketscope.runtime import recorded


def finished(folder, seed):
    return write(folder / f"seed{seed}", [seed], **RECIPE)


def archive_of(members, path):
    with lzma.open(path, "wb") as stream, tarfile.open(fileobj=stream, mode="w") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_archives_are_joined_as_their_folders_are(folder):
    results = [finished(folder, seed) for seed in (1, 2)]
    archives = [folder / f"study/{part.name}.tar.xz" for part in results]
    for part, archive in zip(results, archives, strict=True):
        pack(part, archive)
    config, parts = join(*archives)
    by_folder, expected = join(*results)
    assert config.model_copy(update={"joined": by_folder.joined}) == by_folder
    for part, other in zip(parts, expected, strict=True):
        assert part.tables == other.tables
        for name in part.tables:
            here, there = part.folder / "tables" / name, other.folder / "tables" / name
            if name.endswith(".npz"):
                with np.load(here) as arrays, np.load(there) as others:
                    assert arrays.files == others.files
                    for array in arrays.files:
                        assert arrays[array].tobytes() == others[array].tobytes()
            else:
                assert here.read_bytes() == there.read_bytes()
        recorded.verify(part.folder / "tables", part.record, part.tables)


def test_the_same_results_give_the_same_bytes_and_are_unpacked_once(folder):
    results = finished(folder, 1)
    first, second = folder / "a/seed1.tar.xz", folder / "b/seed1.tar.xz"
    pack(results, first)
    pack(results, second)
    assert first.read_bytes() == second.read_bytes()
    assert find_part(first).folder.stat().st_mode & 0o777 == 0o755
    (find_part(first).folder / "mark").touch()
    assert (find_part(first).folder / "mark").exists()
    assert not (find_part(second).folder / "mark").exists()
    write(folder / "other/seed1", [3], **RECIPE)
    pack(folder / "other/seed1", first)
    assert find_part(first).seeds == [3], "another archive of the same name"


def test_a_table_that_was_changed_is_not_packed_and_not_joined(folder):
    results = finished(folder, 1)
    pack(results, folder / "seed1.tar.xz")
    table = find_part(folder / "seed1.tar.xz").folder / "tables/answers.npz"
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    part = find_part(folder / "seed1.tar.xz")
    with pytest.raises(InputError, match=r"answers\.npz: changed or damaged"):
        recorded.verify(part.folder / "tables", part.record, part.tables)
    (results / "tables/words.csv").write_text("seed\n1\n")
    done = subprocess.run(
        [sys.executable, "-m", "ticketscope.joined.archive", results, folder / "new.tar.xz"],
        capture_output=True,
        text=True,
    )
    (line,) = done.stderr.splitlines()
    assert done.returncode == 1 and line.startswith("error: ") and "words.csv: changed" in line
    assert not (folder / "new.tar.xz").exists()
    with pytest.raises(InputError, match=r"tables\.zip: an archive of results ends in \.tar\.xz"):
        pack(results, folder / "tables.zip")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../outside", tarfile.REGTYPE),
        ("/outside", tarfile.REGTYPE),
        ("tables/../../outside", tarfile.REGTYPE),
        ("tables/link", tarfile.SYMTYPE),
        ("tables/device", tarfile.CHRTYPE),
        ("report.html", tarfile.REGTYPE),
    ],
)
def test_what_no_archive_of_results_has_is_refused(folder, name, kind):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    path = archive_of([(member, b"")], folder / "seed1.tar.xz")
    assert f"seed1.tar.xz: has a member {name!r}" in refusal(path)
    assert sorted(folder.rglob("*outside*")) == []
    assert list((folder / "resources/joined").iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_text(path.read_text().replace('"lr": 0.004', '"lr": 0.001')),
        lambda path: (path.parent / "tables/words.csv").unlink(),
        lambda path: path.unlink(),
    ],
)
def test_what_was_changed_after_unpacking_is_unpacked_again(folder, damage):
    pack(finished(folder, 1), folder / "seed1.tar.xz")
    whole = find_part(folder / "seed1.tar.xz")
    damage(whole.folder / "provenance.json")
    part = find_part(folder / "seed1.tar.xz")
    assert (part.folder, part.record) == (whole.folder, whole.record)
    recorded.verify(part.folder / "tables", part.record, part.tables)
    assert list((folder / "resources/joined").iterdir()) == [part.folder.absolute()]


def members_of(results):
    for path in [results / "provenance.json", *sorted(results.rglob("tables/**/*.*"))]:
        yield tarfile.TarInfo(str(path.relative_to(results))), path.read_bytes()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda members: members[1:], "provenance.json does not exist"),
        (lambda members: members[:-1], "tables/words.csv does not exist"),
        (lambda members: [*members, members[3]], "which no archive of results has twice"),
        (
            lambda members: [*members, *((tarfile.TarInfo(f"tables/{n}"), b"") for n in range(20))],
            "has more than 50 members",
        ),
        (
            lambda members: [*members, (tarfile.TarInfo("tables/large"), bytes(2 << 20))],
            "has more than 0 GiB in its members",
        ),
    ],
)
def test_an_archive_that_is_refused_is_named_and_leaves_nothing(folder, monkeypatch, change, said):
    members = list(members_of(finished(folder, 1)))
    monkeypatch.setattr("ticketscope.joined.unpacking._MAX_MEMBERS", 50)
    monkeypatch.setattr("ticketscope.joined.unpacking._MAX_BYTES", 1 << 20)
    assert find_part(archive_of(members, folder / "whole.tar.xz")).seeds == [1]
    line = refusal(archive_of(change(members), folder / "bad.tar.xz"))
    assert line.startswith(f"config error: joined: {folder}/bad.tar.xz: ") and said in line
    assert "resources" not in line
    assert len(list((folder / "resources/joined").iterdir())) == 1


@pytest.mark.parametrize("end", [0, 3, 400, -7])
def test_a_damaged_archive_is_one_line(folder, end):
    pack(finished(folder, 1), folder / "seed1.tar.xz")
    data = (folder / "seed1.tar.xz").read_bytes()
    (folder / "cut.tar.xz").write_bytes(data[:end])
    assert "cut.tar.xz" in refusal(folder / "cut.tar.xz")
    assert list((folder / "resources/joined").iterdir()) == []
    (folder / "flipped.tar.xz").write_bytes(data[:500] + bytes([data[500] ^ 16]) + data[501:])
    assert "flipped.tar.xz" in refusal(folder / "flipped.tar.xz")
