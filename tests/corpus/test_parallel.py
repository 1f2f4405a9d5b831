"""Parallel text from plain files, gzip, zip and tar; whatever is wrong is named."""

import gzip
import io
import tarfile
import zipfile

import pytest

from ticketscope.corpus.parallel import TextFile, read_lines
from ticketscope.corpus.raw_text import write_parallel
from ticketscope.corpus.selection import ParallelText
from ticketscope.errors import InputError

EN = ["A dog runs.", "Two cats.", "She sleeps."]
DE = ["Ein Hund läuft.", "Zwei Katzen.", "Sie schläft."]


def text(lines, end="\n"):
    return "".join(line + end for line in lines).encode()


def write(folder, **files):
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else text(content))
    return [TextFile(folder / name) for name in files]


def written(folder, pairs, **options):
    texts = [ParallelText(source, target) for source, target in pairs]
    counts = write_parallel(texts, folder / "out.en", folder / "out.de", **options)
    return counts, read_lines(folder / "out.en"), read_lines(folder / "out.de")


def formats(folder):
    """The same German text in each format that is read."""
    content = text(DE)
    (folder / "plain.de").write_bytes(content)
    (folder / "zipped.de.gz").write_bytes(gzip.compress(content))
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("data/x.de", content)
        archive.writestr(
            "both.tsv", "".join(f"{e}\t{d}\n" for e, d in zip(EN, DE, strict=True)).encode()
        )
    with tarfile.open(folder / "a.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("./x.de")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return [
        TextFile(folder / "plain.de"),
        TextFile(folder / "zipped.de.gz"),
        TextFile(folder / "a.zip", member="data/x.de"),
        TextFile(folder / "a.zip", member="both.tsv", column=1),
        TextFile(folder / "a.tar.gz", member="x.de"),
    ]


def test_every_format_gives_the_same_lines(tmp_path):
    for file in formats(tmp_path):
        assert list(file.lines()) == DE, str(file)


def test_only_newlines_end_a_line_and_a_byte_order_mark_is_not_text(tmp_path):
    odd = "\ufeffone\u2028two\x0cthree\r\nfour\tfive"
    (file,) = write(tmp_path, odd=odd.encode())
    assert list(file.lines()) == ["one\u2028two\x0cthree", "four\tfive"]
    _, source, _ = written(tmp_path, [(file, file)])
    assert source == ["one two three", "four five"]


def test_texts_are_joined_in_order_and_cut_to_the_limit(tmp_path):
    en, de, en2, de2 = write(tmp_path, en=EN, de=DE, en2=["Hi."], de2=["Hallo."])
    counts, source, target = written(tmp_path, [(en, de), (en2, de2)])
    assert (source, target) == ([*EN, "Hi."], [*DE, "Hallo."])
    assert counts == {"pairs": 4, "dropped": 0, "texts": [3, 1]}
    counts, source, target = written(tmp_path, [(en, de), (en2, de2)], limit=2)
    assert (source, target) == (EN[:2], DE[:2])
    assert counts["pairs"] == 2 and counts["texts"] == [2, 0]


def test_pairs_with_an_empty_side_are_dropped_and_counted(tmp_path):
    en, de = write(tmp_path, en=["a", "", "c", " "], de=["x", "y", "", "z"])
    for limit in (None, 2):
        counts, source, target = written(tmp_path, [(en, de)], limit=limit)
        assert (counts, source, target) == ({"pairs": 1, "dropped": 3, "texts": [1]}, ["a"], ["x"])


@pytest.mark.parametrize(("english", "german"), [(EN, DE[:2]), (EN[:1], DE)])
def test_misaligned_files_name_both_lengths_and_leave_what_was_there(tmp_path, english, german):
    en, de = write(tmp_path, en=english, de=german)
    (tmp_path / "out.en").write_text("earlier\n")
    with pytest.raises(InputError, match=rf"misaligned: .*en has {len(english)} lines, .*de has"):
        written(tmp_path, [(en, de)])
    with pytest.raises(InputError, match=f" has {len(german)}$"):
        written(tmp_path, [(en, de)], limit=1)
    assert (tmp_path / "out.en").read_text() == "earlier\n"
    assert {entry.name for entry in tmp_path.iterdir()} == {"en", "de", "out.en"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"good\nb\xe4d\n", r"bad, line 2: not UTF-8 \(byte 0xe4\); convert the file to UTF-8"),
        (b"", "are empty"),
        (b"\n\n", "no line has text on both sides"),
    ],
)
def test_bad_text_is_named(tmp_path, content, message):
    (file,) = write(tmp_path, bad=content)
    with pytest.raises(InputError, match=message):
        written(tmp_path, [(file, file)])


def test_broken_and_missing_archives_are_named(tmp_path):
    gz = formats(tmp_path)[1].path
    gz.write_bytes(gz.read_bytes()[:-12])
    (tmp_path / "no.zip").write_bytes(b"not a zip")
    for file, message in [
        (TextFile(gz), "cannot read .*zipped.de.gz: "),
        (TextFile(tmp_path / "no.zip", member="x"), "cannot read .*no.zip:x: "),
        (TextFile(tmp_path / "a.zip", member="y"), "a.zip holds no file y"),
        (TextFile(tmp_path / "a.tar.gz", member="y"), "a.tar.gz holds no file y"),
        (TextFile(tmp_path / "a.zip", member="both.tsv", column=2), "line 1: has no column 2"),
        (TextFile(tmp_path / "gone.de"), "gone.de does not exist"),
    ]:
        with pytest.raises(InputError, match=message):
            list(file.lines())
