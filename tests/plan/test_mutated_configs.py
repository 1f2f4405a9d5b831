"""Whatever a config says: it is planned, or one line names the key.

`make test` tries some hundreds, `make test-all` thousands.
"""

import copy
import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from ticketscope.config import Config, complete, load, validate
from ticketscope.config_files import read
from ticketscope.errors import InputError
from ticketscope.joined.parts import resolve
from ticketscope.plan.experiment import Plan

OVERLAYS = [
    text
    for path in sorted((ROOT / "config").glob("*.yaml"))
    # The paper's corpora are not here, which would be all that is ever said.
    if "folder:" not in (text := path.read_text())
]
SCHEMA = Config.model_json_schema()
# In seconds of this process; the largest experiments here are planned in a few tenths.
PATIENCE = 20


def plan_or_one_line(make: Callable[[], Config], given: Iterable[str] = ()) -> str | None:
    """The line that refuses a config; None if it is planned.

    Args:
        make: Validates the config.
        given: Its top-level keys.
    """
    begun = time.process_time()
    try:
        # As the workflow does it.
        config, parts = resolve(make())
        Plan(config, parts[0].tasks if parts else None)
        line = None
    except InputError as error:
        line = str(error)
        assert len(line.splitlines()) == 1 and len(line) < 900, line
        assert line.encode() and not any(unicodedata.category(c) == "Cc" for c in line), line
        assert line.startswith(("config error: ", "/")), line
        keys = (*Config.model_fields, *map(str, given), "key", "is not YAML", "YAML reads")
        assert any(key in line for key in keys), line
    assert time.process_time() - begun < PATIENCE
    return line


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a part of the schema allows, small ones."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if branches := schema.get("anyOf") or schema.get("oneOf"):
        return st.one_of([values(branch) for branch in branches])
    match schema.get("type"):
        case "object" if "properties" in schema:
            required = set(schema.get("required", ()))
            fields = {name: values(field) for name, field in schema["properties"].items()}
            return st.fixed_dictionaries(
                {name: field for name, field in fields.items() if name in required},
                optional={name: field for name, field in fields.items() if name not in required},
            )
        case "object":
            item = schema.get("additionalProperties") or {}
            (pattern,) = schema.get("patternProperties", {"": item})
            inner = values(schema.get("patternProperties", {"": item})[pattern])
            names = st.sampled_from(["magnitude", "POS", "toy", "unseen", "mine", "A1", "b-2", "x"])
            return st.dictionaries(names, inner, max_size=3)
        case "array":
            return st.lists(values(schema.get("items", {})), max_size=4)
        case "integer":
            low = schema.get("minimum", schema.get("exclusiveMinimum", -3))
            return st.integers(low, min(schema.get("maximum", low + 20), low + 20))
        case "number":
            low = schema.get("minimum", schema.get("exclusiveMinimum", -3))
            high = schema.get("maximum", schema.get("exclusiveMaximum", low + 20))
            return st.floats(low, high, allow_nan=False)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    return TEXTS


TEXTS = st.sampled_from(
    ["toy", "multi30k", "newstest2014", "magnitude", "control", "POS", "mine", "", "a b", "../x",
     "{seed}", "*", "$(id)", "; true", "ü" * 30, "x" * 300, "<b>", "2:4", "7e-4", "all", "last",
     "--seed", "\n", "\0", "global", "transformer_tiny", "en", "pyproject.toml"]
)  # fmt: skip
ODD = st.one_of(
    TEXTS,
    st.sampled_from([0, 1, -1, 2, 3, 7, 1000, 10**12, 10**400, 0.5, 1.0, -0.0, 1e-9, 1e300]),
    st.sampled_from([float("inf"), float("nan"), True, False, None, [], {}, [[]], [None], [0]]),
    st.lists(st.integers(-1, 12), max_size=10),
    st.lists(TEXTS, max_size=3),
    st.dictionaries(TEXTS, st.one_of(TEXTS, st.integers(-1, 5), st.just({})), max_size=2),
    st.sampled_from([{1: 2}, {True: 1}, {"criterion": "none"}, {"of": "magnitude"}]),
)


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all values of a config."""
    if isinstance(tree, dict):
        inner = [place for key, item in tree.items() for place in places(item, (*path, key))]
    elif isinstance(tree, list):
        inner = [place for n, item in enumerate(tree) for place in places(item, (*path, n))]
    else:
        inner = []
    return [path, *inner] if path else inner


CONFIGS = [yaml.safe_load(text) for text in OVERLAYS] + [Config().model_dump(mode="json")]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """An experiment of ours with some values replaced, removed or renamed."""
    tree = copy.deepcopy(draw(st.sampled_from(CONFIGS)))
    for _ in range(draw(st.integers(1, 3))):
        if not (all_places := places(tree)):
            break
        *parents, last = draw(st.sampled_from(all_places))
        holder = tree
        for key in parents:
            holder = holder[key]
        change = draw(st.sampled_from(["replace", "replace", "remove", "rename", "wrap"]))
        if change == "replace":
            holder[last] = copy.deepcopy(draw(ODD))  # samples are shared, and changed later
        elif change == "wrap":
            holder[last] = draw(st.sampled_from([[holder[last]], {"a": holder[last]}]))
        elif change == "remove" or isinstance(holder, list):
            del holder[last]
        else:
            name = str(last)  # an odd value may have brought a number as a key
            names = [name.upper(), name[:-1], f"{name}s", name.title(), "x"]
            holder[draw(st.sampled_from(names))] = holder.pop(last)
    return tree


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """The text of one of our config files with some characters or lines changed."""
    text = draw(st.sampled_from(OVERLAYS))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(text)))
        length = draw(st.sampled_from([0, 1, 1, 5, 40]))
        junk = st.sampled_from(
            ["", "\t", ":", ": ", "\n", "  ", "- ", "{", "}", "[", "]", "&a ", "*a", "!!binary ",
             "#", "'", '"', "|", ">", "%", "@", "`", "null", ".inf", ".nan", "1e999", "9" * 5000,
             "2026-01-01", "seeds: [1]\n", "\u2028", "\ufeff", "é", "\x00", "? ", "<<: ", "---\n",
             "yes", "0x10", "1_000", "1:30"]
        )  # fmt: skip
        text = text[:place] + draw(junk) + text[place + length :]
    return text


def check_mutated(tree: dict[str, Any]) -> None:
    plan_or_one_line(lambda: validate(complete(tree)), tree)


def check_damaged(text: str, folder: Path) -> None:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    # Damaged keys included: a line may name one.
    keys = re.findall(r"^(\S.*?):(?:\s|$)", text, re.MULTILINE)
    plan_or_one_line(lambda: load(ROOT / "config.yaml", path), keys)


# Each was a traceback, or passed, before there was this test.
FOUND: list[dict[str, Any]] = [
    {"Seeds": [1]},
    {"seeds": [10**12]},
    {"training": {"extra": {"seed": 7}}},
    {"experiment": "x" * 300},
    {"representations": {"texts": {"mine": "a\nb"}}},
    {"probing": {1: 2}},
    {"corpus": {"train": "\n"}},
]


@pytest.mark.parametrize("tree", FOUND)
def test_what_was_found_before_is_refused(tree):
    assert plan_or_one_line(lambda: validate(complete(tree)))


def test_the_experiments_that_are_mutated_are_planned_as_they_are(tmp_path):
    for text in OVERLAYS:
        (tmp_path / "mine.yaml").write_text(text)
        assert plan_or_one_line(lambda: load(ROOT / "config.yaml", tmp_path / "mine.yaml")) is None
        assert read(tmp_path / "mine.yaml") == (yaml.safe_load(text) or {})


FEW = settings(max_examples=100)
MANY = settings(
    max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)  # fmt: skip


@FEW
@given(mutated())
def test_a_mutated_config(tree):
    check_mutated(tree)


@FEW
@given(values(SCHEMA))
def test_a_config_that_the_schema_allows(tree):
    check_mutated(json.loads(json.dumps(tree)))


@FEW
@given(text=damaged())
@example(text="seeds: [1]\nseeds: [2]\n")
@example(text="imilarity:\n  resamples\u2028100\n")
def test_a_damaged_file(tmp_path_factory, text):
    check_damaged(text, tmp_path_factory.getbasetemp())


@pytest.mark.long
@MANY
@given(mutated())
def test_many_mutated_configs(tree):
    check_mutated(tree)


@pytest.mark.long
@MANY
@given(values(SCHEMA))
def test_many_configs_that_the_schema_allows(tree):
    check_mutated(json.loads(json.dumps(tree)))


@pytest.mark.long
@MANY
@given(text=damaged())
def test_many_damaged_files(tmp_path_factory, text):
    check_damaged(text, tmp_path_factory.getbasetemp())
