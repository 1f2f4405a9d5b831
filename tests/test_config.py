"""The config: defaults, overlays, pages made from it, and one clear line for each mistake."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from ticketscope.config import Config, complete, load, merge, validate
from ticketscope.config_errors import all_keys
from ticketscope.config_pages import PAGES
from ticketscope.errors import InputError

OVERLAYS = sorted((ROOT / "config").glob("*.yaml"))


def test_config_yaml_is_the_models_defaults():
    assert load(ROOT / "config.yaml") == Config()


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_what_the_model_says(page):
    assert (ROOT / page).read_text(encoding="utf-8") == PAGES[page](), (
        "run `python -m ticketscope.config_pages`"
    )


def test_every_key_is_commented_and_documented():
    reference = (ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8")
    for key in all_keys(Config):
        assert f"`{key}`" in reference


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.stem)
def test_an_overlay_changes_just_what_it_names(overlay):
    named = set(leaves(yaml.safe_load(overlay.read_text())))
    before = dict(_items(Config().model_dump(mode="json")))
    after = dict(_items(load(ROOT / "config.yaml", overlay).model_dump(mode="json")))
    changed = {key for key in before | after if before.get(key) != after.get(key)}
    assert changed, "an overlay that changes nothing"
    # A series that the overlay adds has defaults that it does not name.
    added = {key.rpartition(".")[0] for key in after if _within(key, "pruning.series")}
    added -= {key.rpartition(".")[0] for key in before}
    unnamed = {key for key in changed if not _is_named(key, named)}
    assert {key for key in unnamed if key.rpartition(".")[0] not in added} == set()


def test_the_papers_experiment_pins_every_key():
    """A changed default elsewhere must not change the paper's experiment."""
    named = set(leaves(yaml.safe_load((ROOT / "config/wmt16.yaml").read_text())))
    irrelevant = {"joined", "mirror", "corpus.toy"}
    for key, value in _items(Config().model_dump(mode="json")):
        # What a task or a series does not say for itself: null.
        unsaid = value is None and (
            _within(key, "probing.by_task") or _within(key, "pruning.series")
        )
        if not unsaid and not any(_within(key, name) for name in irrelevant):
            assert _is_named(key, named), key


def test_merge_replaces_lists_and_merges_mappings():
    base = {"a": {"x": 1, "y": [1, 2]}, "b": 3}
    assert merge(base, {"a": {"y": [9]}}) == {"a": {"x": 1, "y": [9]}, "b": 3}
    assert base == {"a": {"x": 1, "y": [1, 2]}, "b": 3}


trees = st.recursive(
    st.integers() | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, min_size=1, max_size=3),
    max_leaves=8,
)
mappings = st.dictionaries(st.sampled_from("abc"), trees, max_size=3)


@given(mappings, mappings)
def test_merge_agrees_with_snakemake(base, overlay):
    """What `--configfile` does in the workflow is what `load` does in a notebook."""
    from copy import deepcopy

    from snakemake.utils import update_config

    theirs = deepcopy(base)
    update_config(theirs, deepcopy(overlay))
    assert merge(base, overlay) == theirs


def test_null_means_not_given():
    config = validate(
        {"pruning": {"series": {"random": None, "magnitude": {"criterion": "magnitude"}}}}
    )
    assert list(config.pruning.series) == ["magnitude"]
    assert validate({"training": {"lr": None}}).training.lr == Config().training.lr


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.stem)
def test_a_module_gets_the_same_config_from_an_overlay_alone(overlay):
    given = yaml.safe_load(overlay.read_text())
    assert validate(complete(given)) == load(ROOT / "config.yaml", overlay)


def test_a_module_drops_one_series_and_keeps_the_others():
    config = validate(complete({"pruning": {"series": {"random": None}}}))
    assert list(config.pruning.series) == ["magnitude", "control"]


def test_yaml_1_1_reads_7e_4_as_text_we_as_a_number():
    assert isinstance(yaml.safe_load("7e-4"), str)
    assert validate({"training": {"lr": yaml.safe_load("7e-4")}}).training.lr == 7e-4


@pytest.mark.parametrize(
    "options",
    [{"training": {"extra": {"max-source-positions": 40}}},
     {"model": {"overrides": {"max-source-positions": 40}}}],
)  # fmt: skip
def test_the_encoders_positions_are_an_option_of_either_section(options):
    assert validate(options).source_positions == 40
    assert Config().source_positions == 1024


def test_rewind_epochs_and_epochs_seen():
    config = validate(
        {
            "training": {"max_epoch": 60},
            "rewinding": {"point": [0.5] * 6 + [0.2] * 3},
        }
    )
    assert config.rewind_epochs == [12, 30]
    assert config.epochs_seen("magnitude", 0) == 60
    assert config.epochs_seen("magnitude", 6) == 60 + 6 * 30
    assert config.epochs_seen("control", 9) == 60 + 6 * 30 + 3 * 48


@pytest.mark.parametrize(
    ("max_epoch", "point", "epoch"), [(5, 0.5, 3), (10, 0.58, 6), (10, 0.01, 1), (10, 0.96, 9)]
)
def test_a_rewind_point_is_the_nearest_epoch_but_neither_end(max_epoch, point, epoch):
    config = validate({"training": {"max_epoch": max_epoch}, "rewinding": {"point": point}})
    assert config.rewind_epochs == [epoch]


def test_a_series_has_its_own_recipe_over_the_experiments():
    config = validate(
        {
            "training": {"max_epoch": 60},
            "rewinding": {"point": 0.5},
            "pruning": {
                "iterations": 4,
                "series": {
                    "magnitude": {"criterion": "magnitude"},
                    "lottery": {"criterion": "magnitude", "kind": "weights", "point": 0},
                    "gentle": {"criterion": "magnitude", "fraction": 0.1, "iterations": 20},
                    "permuted": {"criterion": "shuffled", "of": "gentle"},
                    "reinit": {"of": "magnitude", "kind": "redrawn", "iterations": 2},
                    "pattern": {"criterion": "wanda", "scope": "1:4"},
                },
            },
        }
    )
    recipes = {name: config.recipe(name) for name in config.pruning.series}
    assert recipes["magnitude"].epochs == [30] * 4
    assert (recipes["lottery"].kind, recipes["lottery"].epochs) == ("weights", [0] * 4)
    assert recipes["gentle"].fractions == [0.1] * 20
    assert recipes["permuted"].iterations == 20, "as many as the series whose masks it takes"
    assert (recipes["reinit"].kind, recipes["reinit"].epochs) == ("redrawn", [0, 0])
    assert (recipes["pattern"].iterations, recipes["pattern"].fractions) == (1, [0.75])
    assert config.rewind_epochs == [30], "the initialisation is no checkpoint"
    assert config.epochs_seen("lottery", 4) == 60 + 4 * 60
    assert config.epochs_seen("gentle", 20) == 60 + 20 * 30


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"training": {"lrr": 1.0}}, "unknown key training.lrr; did you mean training.lr?"),
        ({"beam": 5}, "unknown key beam; did you mean decoding.beam?"),
        ({"zzzzz": 5}, "unknown key zzzzz; allowed here: experiment, seeds, joined"),
        ({"training": {"lr": "fast"}}, "training.lr: given 'fast', should be a valid number"),
        ({"training": {"max_epoch": 5.5}}, "training.max_epoch: given 5.5, should be a valid int"),
        ({"pruning": {"fraction": 1.0}}, "pruning.fraction: given 1.0, should be less than 1"),
        ({"pruning": {"fraction": 0}}, "pruning.fraction: given 0, should be greater than 0"),
        ({"rewinding": {"point": 1.5}}, "rewinding.point: given 1.5, should be less than 1"),
        ({"pruning": {"fraction": [0.2, 0.3]}}, "pruning.fraction lists 2 values"),
        ({"seeds": [1, 1]}, "seeds must differ"),
        ({"seeds": []}, "seeds: given []"),
        ({"experiment": "a/b"}, "experiment: given 'a/b'"),
        (
            {"pruning": {"series": {"s": {"criterion": "mag"}}}},
            "should be 'magnitude', 'movement', 'random', ",
        ),
        ({"pruning": {"series": {"s": {}}}}, "a series needs a criterion, or `of`"),
        ({"pruning": {"series": {"s": {"criterion": "shuffled"}}}}, "name it as `of`"),
        (
            {"pruning": {"series": {"s": {"of": "magnitude", "criterion": "random"}}}},
            "takes the mask of magnitude: its criterion must be shuffled, or left out",
        ),
        (
            {"pruning": {"series": {"s": {"of": "magnitude", "scope": "layer"}}}},
            "cuts nothing itself",
        ),
        (
            {"pruning": {"series": {"control": {"criterion": "none"}, "s": {"of": "control"}}}},
            "s.of: control is no series that cuts a mask of its own; those are none",
        ),
        (
            {
                "pruning": {
                    "series": {
                        "m": {"criterion": "magnitude", "iterations": 3},
                        "s": {"of": "m", "iterations": 5},
                    }
                }
            },
            "s.iterations: is 5, and m, whose masks it takes, has 3",
        ),
        (
            {"pruning": {"series": {"s": {"criterion": "wanda", "scope": "2:4", "fraction": 0.3}}}},
            "2:4 fixes the share of weights that one cut removes",
        ),
        (
            {"pruning": {"series": {"s": {"criterion": "wanda", "scope": "2:4", "iterations": 2}}}},
            "2:4 fixes the share",
        ),
        (
            {"pruning": {"series": {"s": {"criterion": "wanda", "scope": "4:2"}}}},
            "4:2 cuts nothing",
        ),
        (
            {"pruning": {"series": {"s": {"criterion": "wanda", "scope": "rows"}}}},
            "s.scope: given 'rows'",
        ),
        (
            {"pruning": {"series": {"s": {"criterion": "random", "point": [0.1, 0.2]}}}},
            "pruning.series.s: point lists 2 values, iterations is 9",
        ),
        ({"pruning": {"series": {"dense": {"criterion": "none"}}}}, "the name dense is LTH0's"),
        ({"pruning": {"series": {"paper": {"criterion": "none"}}}}, "the name paper is the paper"),
        (
            {"pruning": {"series": {"s": {"scop": "global", "criterion": "none"}}}},
            "series.s.scope?",
        ),
        ({"corpus": {"train": {"src": "a.en"}}}, "corpus.train"),
        ({"training": {"extra": {"--fp16": True}}}, "training.extra"),
        ({"training": {"average_checkpoints": 7}}, "more than the epochs that a ticket"),
        (
            {"subwords": {"tokenizer": "mose"}},
            "subwords.tokenizer: given 'mose', should be 'moses'",
        ),
        (
            {"subwords": {"tokenizer": "sentencepiece"}},
            "subwords.codes: subwords.tokenizer is sentencepiece: give its model's file",
        ),
        (
            {
                "subwords": {"codes": "a"},
                "external_tickets": {
                    "data": "d",
                    "codes": "b",
                    "tickets": [{"series": "dense", "k": 0, "checkpoint": "c"}],
                },
            },
            "subwords.codes: leave it out, since external_tickets.codes is used",
        ),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key(given, message):
    with pytest.raises(InputError) as caught:
        validate(given)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [("a: [1", "is not YAML"), ("- 1", "expected keys and values, found list")],
)
def test_an_unreadable_file_is_named(tmp_path, text, message):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        load(path)
    assert str(path) in str(caught.value)
    with pytest.raises(InputError, match="cannot read"):
        load(tmp_path / "absent.yaml")


def leaves(tree, prefix=""):
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key


def _items(tree, prefix=""):
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _items(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _is_named(key: str, named: set[str]) -> bool:
    """Whether the key or what holds it is named, or what is in a mapping that is empty here."""
    return any(_within(key, name) or _within(name, key) for name in named)


def _within(key, name):
    return key == name or key.startswith(name + ".")


@pytest.mark.parametrize("section", ["model.overrides", "training.extra"])
def test_the_encoders_positions_are_read_wherever_they_may_be_set(section):
    outer, inner = section.split(".")
    assert validate(complete({})).source_positions == 1024
    given = {outer: {inner: {"max-source-positions": "512"}}}
    assert validate(complete(given)).source_positions == 512
