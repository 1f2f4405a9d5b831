"""The canonical file: round trip, equal bytes, and one clear line for whatever is wrong."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance, read_instances, write_instances

TOKENS = st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=9)
LABEL = st.text(st.characters(exclude_categories=("Cs", "Z", "Cc")), min_size=1, max_size=5)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    name, tokens = draw(st.text(st.characters(exclude_categories=("Cs",)))), draw(TOKENS)
    tokens = [token.encode("utf-8", "replace").decode() for token in tokens]
    index = st.integers(0, len(tokens) - 1)
    kind = draw(st.sampled_from(["tokens", "selected", "regression", "pairs"]))
    if kind == "tokens":
        size = len(tokens)
        labels = draw(st.lists(LABEL, min_size=size, max_size=size))
        return Instance(name, tuple(tokens), tuple(labels))
    if kind == "pairs":
        pairs = draw(st.lists(st.tuples(index, index), min_size=1))
        labels = draw(st.lists(LABEL, min_size=len(pairs), max_size=len(pairs)))
        starts = (
            (0, *sorted(draw(st.sets(st.integers(1, len(tokens) - 1))))) if tokens[1:] else (0,)
        )
        return Instance(name, tuple(tokens), tuple(labels), pairs=tuple(pairs), sentences=starts)
    indices = draw(st.lists(index, min_size=1))
    label = NUMBER if kind == "regression" else LABEL
    found = draw(st.lists(label, min_size=len(indices), max_size=len(indices)))
    return Instance(name, tuple(tokens), tuple(found), indices=tuple(indices))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instances") / "train.jsonl.gz"


@given(instances())
def test_round_trip(file: Path, instance: Instance) -> None:
    assert write_instances(file, [instance, instance]) == 2
    assert list(read_instances(file)) == [instance, instance]


def test_the_file_has_the_documented_form_and_equal_bytes(tmp_path: Path) -> None:
    instance = Instance("1", ("Ja", "ß"), ("UH", "NN"))
    write_instances(tmp_path / "a.jsonl.gz", iter([instance]))
    write_instances(tmp_path / "b.jsonl.gz", [instance])
    data = (tmp_path / "a.jsonl.gz").read_bytes()
    assert data == (tmp_path / "b.jsonl.gz").read_bytes()
    assert data[3:8] == bytes(5)  # no name, no time
    text = '{"id": "1", "tokens": ["Ja", "ß"], "labels": ["UH", "NN"]}\n'
    assert gzip.decompress(data).decode() == text
    pair = Instance("2", ("a", "b"), ("1",), pairs=((0, 1),))
    assert json.dumps(pair.to_json()) == (
        '{"id": "2", "tokens": ["a", "b"], "labels": ["1"], "pairs": [[0, 1]]}'
    )


def test_kinds() -> None:
    assert Instance("1", ("a",), ("X",)).kind == "tokens"
    assert Instance("1", ("a",), ("X",), indices=(0,)).kind == "selected"
    assert Instance("1", ("a",), (1.5,), indices=(0,)).kind == "regression"
    assert Instance("1", ("a",), ("1",), pairs=((0, 0),)).kind == "pairs"


def test_a_failing_source_leaves_no_file(tmp_path: Path) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield Instance("1", ("a",), ("X",))
        raise InputError("source broke")

    with pytest.raises(InputError):
        write_instances(tmp_path / "train.jsonl.gz", broken())
    assert list(tmp_path.iterdir()) == []


GOOD = '{"id": "1", "tokens": ["a", "b"], "labels": ["X", "Y"]}'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"id": "2", "tokens": ["a"]}', "has no labels"),
        ('{"id": 2, "tokens": ["a"], "labels": ["X"]}', "id is not text"),
        ('{"id": "2", "tokens": ["\\ud800"], "labels": ["X"]}', "half of a surrogate pair"),
        (GOOD.replace("X", "\\udFff"), "half of a surrogate pair"),
        (GOOD.replace('"X"', "9" * 5000), "4300"),
        ('{"id": "2", "tokens": ["a"], "labels": [%s], "indices": [0]}' % ("9" * 400), "too large"),
        (GOOD.replace('"id": "1"', '"id": "1", "id": "2"'), "key id is there twice"),
        ("[" * 100_000, "nested too deeply"),
        ('{"id": "2", "tokens": "a", "labels": ["X"]}', "tokens is not a list"),
        ('{"id": "2", "tokens": ["a"], "labels": ["X", "Y"]}', "2 labels for 1 tokens"),
        ('{"id": "2", "tokens": ["a", " "], "labels": ["X", "Y"]}', "a token is empty"),
        ('{"id": "2", "tokens": ["a"], "labels": [""]}', "a label is empty"),
        ('{"id": "2", "tokens": ["a"], "labels": ["X "]}', "label 'X ' begins or ends"),
        ('{"id": "2", "tokens": [], "labels": []}', "nothing to predict"),
        ('{"id": "2", "tokens": ["a"], "labels": [1.5]}', "numbers as labels need indices"),
        ('{"id": "2", "tokens": ["a"], "labels": ["X"], "index": [0]}', "unknown key index"),
        ('{"id": "2", "tokens": ["a"], "labels": ["X"], "indices": [1]}', "token 1 of 1"),
        ('{"id": "2", "tokens": ["a"], "labels": ["X"], "indices": [true]}', "not whole numbers"),
        ('{"id": "2", "tokens": ["a"], "labels": [NaN], "indices": [0]}', "not a finite number"),
        ('{"id": "2", "tokens": ["a"], "labels": ["X"], "pairs": [[0]]}', "lists of two"),
        ('{"id": "2", "tokens": ["a"], "labels": ["X"], "pairs": [[0, -1]]}', "token -1 of 1"),
        ('{"id": "2", "tokens": ["a"], "labels": ["X"], "indices": [0]}', "kind selected, before"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "dev.jsonl.gz"
    path.write_bytes(gzip.compress(f"{GOOD}\n{line}\n".encode()))
    with pytest.raises(InputError, match=f"dev.jsonl.gz, line 2: .*{message}") as error:
        list(read_instances(path))
    assert "\n" not in str(error.value)


def test_damaged_and_empty_files(tmp_path: Path) -> None:
    path = tmp_path / "test.jsonl.gz"
    with pytest.raises(InputError, match="does not exist"):
        list(read_instances(path))
    packed = gzip.compress("".join(f"{GOOD}\n" for _ in range(2000)).encode())
    path.write_bytes(packed[:-20])
    with pytest.raises(InputError, match=r"truncated or damaged after line \d+"):
        list(read_instances(path))
    path.write_text(GOOD)
    with pytest.raises(InputError, match="cannot read"):
        list(read_instances(path))
    path.write_bytes(gzip.compress(b'{"id": "\xff"}\n'))
    with pytest.raises(InputError, match="line 1: not UTF-8"):
        list(read_instances(path))
    path.write_bytes(gzip.compress(b""))
    with pytest.raises(InputError, match="holds no instance"):
        list(read_instances(path))
