"""A config file that is damaged, hostile or ambiguous gets one line that names file and line."""

import os

import pytest

from ticketscope.config import load, validate
from ticketscope.config_files import DEEPEST, read
from ticketscope.errors import InputError


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"training:\n  lr: 0.1\nseeds: [1]\ntraining:\n  lr: 0.2\n",
            "line 4: the key 'training' is given twice, first in line 1",
        ),
        (
            b"pruning:\n  series:\n    A: {criterion: random}\n    A: {criterion: magnitude}\n",
            "line 4: the key 'A' is given twice, first in line 3",
        ),
        (b'{"seeds": [1], "seeds": [2]}', "the key 'seeds' is given twice"),
        ("experiment: mine\n# für\n".encode("latin-1"), "line 2: is not UTF-8"),
        ("experiment: mine\n".encode("utf-16"), "line 1: is not UTF-8"),
        (b"a: " * 3000, "is not YAML"),
        (b"seeds: " + b"[" * 3000 + b"]" * 3000, "nested more than"),
        (b'{"a":' * 3000 + b"1" + b"}" * 3000, "nested more than"),
        (b"seeds:\n" + b"".join(b" " * i + b"a:\n" for i in range(1, 40)), "nested more than"),
        (b"seeds: &a [*a]\n", "line 1: the anchor refers to itself"),
        (b"a: &a {b: *a}\n", "line 1: the anchor refers to itself"),
        (
            b"a0: &a0 {x: 1}\n"
            + b"".join(
                b"a%d: &a%d {%s}\n"
                % (i, i, b", ".join(b"k%d: *a%d" % (j, i - 1) for j in range(9)))
                for i in range(1, 10)
            ),
            "stands for more than 100,000 values",
        ),
        (b"seeds: [" + b"9" * 5000 + b"]\n", "is not YAML"),
        (b"experiment: 2026-13-45\n", "is not YAML"),
        (b"experiment: \x00\n", "is not YAML"),
        (b"experiment: !!python/object/apply:os.system [id]\n", "is not YAML"),
        (b"--- {}\n--- {}\n", "is not YAML"),
        (b"#" * 2_000_000, "is no config: it has 2,000,000 bytes"),
        (b"3", "expected keys and values, found int"),
        (b"pruning: {biases: !!bool maybe}\n", "a value is not what its tag says (!!...)"),
        (b'seeds: [!!int ""]\n', "a value is not what its tag says"),
        (b"experiment: !!timestamp x\n", "a value is not what its tag says"),
        (b"seeds: [!!int [1]]\n", "is not YAML"),
        (b"seeds:\n- 010\n", "line 2: YAML reads '010' as a number to base 8 or 60"),
        (b"corpus: {toy: {train: 10:00}}\n", "line 1: YAML reads '10:00' as a number to base 8"),
        (b"training: {lr: 1:30.5}\n", "YAML reads '1:30.5' as a number to base 8 or 60: write it"),
        (b"training: {lr: 1" + b":59" * 180 + b".5}\n", "as a number to base 8 or 60"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_meant(tmp_path, content, message):
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load(path)
    line = str(caught.value)
    assert line.startswith(f"{path}")
    assert message in line
    assert "\n" not in line
    assert len(line) < 600


def test_what_is_no_regular_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/zero", tmp_path / "pipe", tmp_path):
        with pytest.raises(InputError, match=f"^{path} is no config: it is no regular file$"):
            load(path)


def test_numbers_that_only_look_odd_are_read(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("a: [0, 0.5, 0x10, -0, 1_000, '010', \"1:30\", 08]\n")
    assert read(path) == {"a": [0, 0.5, 16, 0, 1000, "010", "1:30", "08"]}


def test_aliases_and_json_are_read(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "corpus:\n  train: &text {src: a.en, tgt: a.de}\n  valid: *text\n  test: *text\n"
    )
    (tmp_path / "b.json").write_text('{"seeds": [4, 5], "experiment": "Übung1"}'.replace("Ü", "U"))
    config = load(tmp_path / "a.yaml", tmp_path / "b.json")
    assert config.corpus.valid == config.corpus.train
    assert config.seeds == [4, 5]
    (tmp_path / "empty.yaml").write_text("# nothing\n")
    assert load(tmp_path / "empty.yaml") == load()


def nested(depth: int) -> object:
    return {"a": nested(depth - 1)} if depth else 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"training": {"lr": float("inf")}}, "training.lr: given inf, should be a finite number"),
        ({"decoding": {"lenpen": float("nan")}}, "decoding.lenpen: given nan, should be a finite"),
        (
            {"training": {"max_tokens": 10**12}},
            "training.max_tokens: given 1000000000000, should be",
        ),
        ({"seeds": [10**5000]}, "seeds.0: given a number of 5001 digits, should be at most"),
        ({"corpus": {"toy": {"exponent": 1e300}}}, "corpus.toy.exponent: given 1e+300, should be"),
        ({"pruning": {"iterations": 10_000}}, "pruning.iterations: given 10000, should be less"),
        ({"experiment": "e" * 200}, "experiment: given 'eeee"),
        ({"mirror": "/x/" + "m" * 300}, "mirror: has 300 bytes without a slash"),
        ({"contrasts": {"c" * 300: "toy"}}, "the key has 300 characters, at most 100"),
        ({"corpus": {"train": "t" * 4096}}, "corpus.train: has 4096 characters"),
        ({"corpus": {"train": "a\0b"}}, r"corpus.train: given 'a\x00b', which has a character"),
        ({"mirror": "\ud800"}, r"mirror: given '\ud800', which has a character"),
        ({True: 1}, "True: YAML reads this key as bool: put it in quotes"),
        ({"experiment": nested(DEEPEST + 1)}, "is nested more than 20 levels deep"),
        ({"Beam": 5}, "unknown key Beam; did you mean decoding.beam?"),
        ({"\nzz": 5}, r"unknown key '\nzz'; allowed here: experiment, seeds"),
        ({"": 5}, "unknown key ''; allowed here: experiment, seeds"),
        ({"probing": {"by_task": {"POS": {"zzz": 3}}}}, "POS.zzz; allowed here: limit, batch_size"),
        ({"corpus": {"train": {"src": "a", "tgt": "b", "zz": 1}}}, "zz; allowed here: src, tgt"),
        ({"probing": {"tickets": [0]}}, "probing.tickets.0: given 0, should be greater than or"),
        ({"probing": {"tickets": "some"}}, "given 'some', should be 'all' or a list"),
        ({"pruning": {"fraction": [0.2, 2]}}, "pruning.fraction.1: given 2, should be less than 1"),
        ({"corpus": {"train": [{"src": "a.en"}]}}, "corpus.train.0.tgt: is missing"),
        ({"model": 3}, "model: given 3, should be keys and values"),
        (
            {"external_tickets": {"tickets": [{"series": "dense", "k": 0}] * 50}},
            "external_tickets.tickets.0.checkpoint: is missing",
        ),
        ({"similarity": {"labels": {"a/b": "x"}}}, "labels.a/b: given 'a/b', should match pattern"),
    ],
)
def test_a_value_that_cannot_be_meant(given, message):
    with pytest.raises(InputError) as caught:
        validate(given)
    line = str(caught.value)
    assert message in line
    assert "\n" not in line
    assert len(line) < 600
