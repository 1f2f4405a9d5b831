"""Damaged files in every format that is read: one line that names the file, or a whole reading.

Each is bounded in time and memory.
"""

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.behaviour import test_contrast_formats as contrasts
from tests.corpus.test_parallel import formats as corpora
from tests.probing.tasks.common import FIXTURES
from tests.probing.tasks.test_formats import FIXTURE_OF
from tests.runtime.bounds import bounded
from tests.runtime.mutations import mutate
from tests.similarity.test_labels import TEXT as LABELS
from ticketscope.behaviour.contrast_formats import read_files
from ticketscope.behaviour.contrast_items import read_contrasts, write_contrasts
from ticketscope.behaviour.settings import ContrastTable, MtGenEvalContext, MuCoW, ParallelRules
from ticketscope.corpus.contrast import Contrast
from ticketscope.corpus.dictionary import read_dictionary
from ticketscope.corpus.parallel import TextFile
from ticketscope.corpus.raw_text import write_parallel
from ticketscope.corpus.selection import ParallelText
from ticketscope.corpus.subwords import load_bpe
from ticketscope.errors import InputError
from ticketscope.probing.instances import read_instances, write_instances
from ticketscope.probing.tasks import formats
from ticketscope.runtime.text import sentences
from ticketscope.similarity.labels import gold

# Reads the files of a folder; raises AssertionError if what it read is not whole.
Reading = Callable[[], None]


def probing(folder: Path, format: str) -> Reading:
    fixture = FIXTURES / FIXTURE_OF.get(format, "deps.conllu")
    path = folder / fixture.name
    path.write_bytes(fixture.read_bytes())
    if format == "instances":
        formats.build({"train": FIXTURES / "ner.conll"}, folder, "conll2003", {})
        path.unlink()
        path = folder / "train.jsonl.gz"

    def read() -> None:
        instances = list(formats.read(format, path, {}))
        again = folder.parent / "again.jsonl.gz"
        if instances:
            write_instances(again, instances)
            assert list(read_instances(again)) == instances

    return read


def corpus(folder: Path, number: int) -> Reading:
    file = corpora(folder)[number]
    for other in folder.iterdir():
        if other != file.path:
            other.unlink()

    def read() -> None:
        sides = [folder.parent / name for name in ("a", "b")]
        counts = write_parallel([ParallelText(file, file)], *sides)
        written = sides[0].read_bytes()
        assert written == sides[1].read_bytes()
        assert written.count(b"\n") == counts["pairs"] == len(list(TextFile(sides[0]).lines()))

    return read


def contrast_files(folder: Path, kind: str):  # type: ignore[no-untyped-def]
    match kind:
        case "lines":
            return contrasts.lines(folder)
        case "lingeval97":
            return contrasts.as_json(folder, [contrasts.ENTRY])
        case "mucow":
            return contrasts.as_json(folder, [contrasts.ENTRY], MuCoW, "mucow")
        case "mt-geneval":
            return contrasts.gender(folder)
        case "mt-geneval-context":
            texts = {"original": "Der Arzt.\n", "flipped": "Die Ärztin.\n", "src": "A. <sep> B.\n"}
            return MtGenEvalContext(format=kind, **contrasts.write(folder, **texts))
        case "mlt":
            return contrasts.mlt(folder)
        case "rules":
            paths = contrasts.write(folder, src="Two red hats.\n", tgt="Zwei rote Hüte.\n")
            return ParallelRules(format=kind, **paths)
    write_contrasts(folder / "set.tsv", [Contrast("A", "Ä", "B", "kind", True, ("EF", "ST"))] * 3)
    return ContrastTable(format="tsv", file=str(folder / "set.tsv"))


def contrast(folder: Path, kind: str) -> Reading:
    files = contrast_files(folder, kind)

    def read() -> None:
        items = read_files(files, lambda line: None)
        again = folder.parent / "again.tsv"
        write_contrasts(again, items)
        assert read_contrasts(again) == items

    return read


def plain(folder: Path, content: str, read: Callable[[Path], object]) -> Reading:
    path = folder / "file.txt"
    path.write_text(content, encoding="utf-8")
    return lambda: json.dumps(repr(read(path))).encode()  # type: ignore[return-value]


MERGES = "#version: 0.2\n" + "".join(f"{a} {b}\n" for a in "abcß" for b in ("x", "y</w>"))
DICTIONARY = "".join(f"{a}@@ {len(a) * 7}\n" for a in ("the", "ß", "a", "madeupword0000"))
WORDS = "Zwei rote  Hüte .\n\nEin Hut .\r\n"

READERS: dict[str, Callable[[Path], Reading]] = {
    **{f"probing {name}": partial(probing, format=name) for name in formats.FORMATS},
    **{
        f"corpus {name}": partial(corpus, number=number)
        for number, name in enumerate(("plain", "gzip", "zip", "zip with columns", "tar.gz"))
    },
    **{
        f"contrasts {kind}": partial(contrast, kind=kind)
        for kind in ("tsv", "lines", "lingeval97", "mucow", "mt-geneval", "mt-geneval-context",
                     "mlt", "rules")
    },
    "labels": partial(plain, content=LABELS, read=gold),
    "text of words": partial(plain, content=WORDS, read=sentences),
    "dictionary": partial(plain, content=DICTIONARY, read=read_dictionary),
    "merges": partial(plain, content=MERGES, read=load_bpe),
}  # fmt: skip

PACKED = ("gzip", "zip", "tar.gz", "instances")

# Else a message names the line; or the sentence of a file in one line; or says what the file lacks.
WITHOUT_LINES = ("merges", "corpus zip", "corpus zip with columns")
PLACE = re.compile(
    r", line \d|after line \d|, (entry|sentence) |does not end$|holds no |misaligned: | empty|"
    r"no contrast|no line has|expected an? (object|list)|should be a JSON|nested too deeply|"
    r"half of a surrogate|key .* twice|4300"
)


def damaged(tmp_path: Path, name: str, rounds: int) -> tuple[int, int]:
    """Read a format so many times, one of its files damaged each time; numbers refused and read."""
    folder = tmp_path / "files"
    folder.mkdir()
    read = READERS[name](folder)
    read()
    whole = {path: path.read_bytes() for path in sorted(folder.iterdir())}
    refused = 0
    for seed in range(rounds):
        random = Random(f"{name} {seed}")
        path = random.choice(list(whole))
        path.write_bytes(mutate(whole[path], random))
        try:
            with bounded():
                read()
        except InputError as error:
            refused += 1
            message = str(error)
            assert str(folder) in message and "\n" not in message, (seed, message)
            assert name in WITHOUT_LINES or PLACE.search(message), (seed, message)
            assert len(message) < 1100, (seed, message[:200])
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error
        path.write_bytes(whole[path])
    return refused, rounds - refused


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_refused_in_one_line_or_read_whole(tmp_path: Path, name: str) -> None:
    refused, read = damaged(tmp_path, name, 40)
    assert refused, "no damage was noticed: the test is void"
    assert read or name.endswith(PACKED)


@pytest.mark.long
@pytest.mark.parametrize("name", READERS)
def test_five_hundred_damages_of_each_format(tmp_path: Path, name: str) -> None:
    refused, read = damaged(tmp_path, name, 500)
    print(f"{name}: {refused} refused, {read} read")
    assert refused


JSON = ("streusle", "it-happened", "lingeval97", "mucow")  # in which line ends are space
LINES = [
    name for name in READERS if not name.endswith((*PACKED, "zip with columns", "merges", *JSON))
]


@pytest.mark.parametrize("name", LINES)
def test_line_ends_of_windows_are_the_same_text_and_of_old_macs_none(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    read = READERS[name](folder)
    whole = {path: path.read_bytes() for path in folder.iterdir()}
    for path, content in whole.items():
        path.write_bytes(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    read()
    path, content = next((path, content) for path, content in whole.items() if b"\n" in content)
    path.write_bytes(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r"))
    with pytest.raises(InputError, match=f"{path.name}, line 1: a carriage return inside"):
        read()
