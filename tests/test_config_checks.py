"""What a job would refuse hours later, or take otherwise than it was meant, is refused at once."""

from io import StringIO

import pandas as pd
import pytest

from ticketscope.behaviour.contrast_items import Contrast, write_contrasts
from ticketscope.config import complete, validate
from ticketscope.errors import InputError
from ticketscope.plan.experiment import Plan

OWN = dict.fromkeys(("train", "dev", "test"), __file__) | {"format": "conllu"}
LINES = dict.fromkeys(("source", "correct", "incorrect"), __file__) | {
    "format": "lines", "phenomenon": "x"
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"training": {"lr": "1e400"}}, "training.lr: given inf, should be a finite number"),
        ({"corpus": {"toy": {"exponent": "1e12"}}}, "exponent: given 1000000000000.0, should be"),
        (
            {"corpus": {"tests": {"valid": "multi30k"}}},
            "corpus.tests.valid: corpus.valid has this name, choose another",
        ),
        ({"corpus": {"tests": {"train": "multi30k"}}}, "corpus.train has this name"),
        ({"corpus": {"tests": {"unseen": "multi30k"}}}, "the grammar's text has this name"),
        ({"corpus": {"tests": {"subwords": "multi30k"}}}, "translations in subwords have"),
        ({"corpus": {"tests": {"mine": []}}}, "corpus.tests.mine: lists no text"),
        ({"similarity": {"labels": {"mine": []}}}, "similarity.labels.mine: names no command"),
        ({"similarity": {"labels": {"mine": ["nowhere"]}}}, "mine: there is no program nowhere"),
        (
            {"scoring": {"comet": {"model": __file__, "command": "nowhere"}}},
            "scoring.comet.command: there is no program nowhere: install it",
        ),
        ({"similarity": {"groups": 10**6}}, "similarity.groups: given 1000000, should be less"),
        ({"decoding": {"lenpen": 11}}, "decoding.lenpen: given 11, should be less than or equal"),
        ({"corpus": {"toy": {"valid": 1}}}, "corpus.toy.valid: given 1, should be greater than or"),
        (
            {"corpus": {"train": {"src": __file__, "tgt": __file__}}},
            "corpus.train: src and tgt are the same file",
        ),
        ({"similarity": {"labels": {"frequency": ["tag"]}}}, "the frequency bins have this name"),
        (
            {"probing": {"own": {"Mine": OWN | {"metric": "pearson"}}}},
            "probing.own.Mine.metric: pearson does not fit the labels of conllu: give accuracy or",
        ),
        (
            {"probing": {"own": {"Mine": OWN | {"format": "it-happened"}}}},
            "metric: accuracy does not fit the labels of it-happened: give pearson",
        ),
        (
            {"probing": {"own": {"Mine": OWN | {"format": "conllu-arcs", "metric": "span_f1"}}}},
            "probing.own.Mine.metric: span_f1 does not fit the labels of conllu-arcs: give accur",
        ),
        (
            {"probing": {"own": {"Mine": OWN | {"format": "conll2003", "metric": "error_f1"}}}},
            "error_f1 does not fit the labels of conll2003: give accuracy or span_f1",
        ),
        (
            {"probing": {"own": {"Mine": OWN | {"options": {"column": "zpos"}}}}},
            "probing.own.Mine: option column of format conllu is zpos, should be 'upos' or 'xpos'",
        ),
        (
            {"probing": {"own": {"Mine": OWN | {"format": "trees", "options": {"ancestor": 9}}}}},
            "probing.own.Mine: option ancestor of format trees is 9, should be 1, 2 or 3",
        ),
        (
            {"probing": {"own": {"Mine": OWN | {"format": "semtags", "options": {"column": 0}}}}},
            "option column of format semtags is 0, should be greater than or equal to 2",
        ),
        (
            {"probing": {"own": {"Mine": OWN | {"group": "NA"}}}},
            "probing.own.Mine.group: NA reads as a number or as missing in a table",
        ),
        (
            {"probing": {"probes": ["linear", "linear"]}},
            "probing.probes: given ['linear', 'linear'], must differ from each other",
        ),
        (
            {"probing": {"tasks": ["POS", "POS"]}},
            "probing.tasks: given ['POS', 'POS'], must differ from each other",
        ),
        (
            {"similarity": {"labels": {"mine": ["no-such-tagger"]}}},
            "similarity.labels.mine: there is no program no-such-tagger: install it, or give its",
        ),
        ({"behaviour": {"word_edges": [5, 3]}}, "behaviour.word_edges: given [5, 3], must rise"),
        ({"behaviour": {"length_edges": [5, 5]}}, "length_edges: given [5, 5], must rise"),
        ({"similarity": {"frequency_edges": [2, 1]}}, "frequency_edges: given [2, 1], must rise"),
        ({"probing": {"fractions": [0.5, 0.5]}}, "probing.fractions: given [0.5, 0.5], must rise"),
        ({"probing": {"tickets": [10]}}, "probing.tickets: the last ticket is LTH9 (pruning.iter"),
        ({"behaviour": {"erase": {"tickets": [10]}}}, "behaviour.erase.tickets: the last ticket"),
        ({"behaviour": {"paths": {"tickets": [1, 10]}}}, "behaviour.paths.tickets: the last"),
        ({"behaviour": {"sensitivity": {"tickets": [10]}}}, "behaviour.sensitivity.tickets: the"),
        ({"cost": {"tickets": [10]}}, "cost.tickets: the last ticket is LTH9"),
        ({"probing": {"by_task": {"POSS": {}}}}, "probing.by_task: unknown task POSS; did you"),
        ({"training": {"warmup_updates": 0}}, "training.warmup_updates: inverse_sqrt needs at"),
        ({"training": {"lr_scheduler": "cosine"}}, "cosine needs lr-period-updates: give it in"),
        ({"training": {"lr_scheduler": "polynomial_decay"}}, "needs total-num-update"),
        (
            {"training": {"extra": {"total-num-update": "9"}}},
            "training.extra: total-num-update is an option of the schedule polynomial_decay, "
            "lr_scheduler is inverse_sqrt",
        ),
        (
            {"model": {"overrides": {"encoder-embed-dim": None}}},
            "model.overrides: encoder-embed-dim is 512 and decoder-embed-dim 64 with transformer",
        ),
        (
            {
                "model": {
                    "arch": "transformer_tiny",
                    "overrides": dict.fromkeys(
                        ("encoder-embed-dim", "decoder-embed-dim", "decoder-attention-heads")
                    )
                    | {"encoder-attention-heads": 5},
                }
            },
            "encoder-embed-dim (64) must be a multiple of encoder-attention-heads (5) of transform",
        ),
        (
            {"pruning": {"series": {"mine": {"criterion": "magnitude", "scope": "2:5"}}}},
            "pruning.series.mine.scope: 2:5 needs multiples of 5, and decoder-embed-dim is 64",
        ),
        (
            {"contrasts": {"mine": LINES | {"tasks": ["SynPredd"]}}},
            "contrasts.mine.tasks: unknown task SynPredd; did you mean SynPred?",
        ),
        (
            {"model": {"overrides": {"decoder-output-dim": 32}}},
            "model.overrides: decoder-output-dim, 32, is not decoder-embed-dim, 64, whose matrix",
        ),
        ({"languages": {"source": "de"}}, "languages: source and target are both de, and so would"),
        (
            {"pruning": {"series": {"random2": {"criterion": "random"}}}},
            "pruning.series.random2: would repeat random, weight by weight: change one of its",
        ),
        (
            {"pruning": {"series": {"control": {"criterion": "random"}}}},
            "pruning.series.control: the claims use this name for {criterion: none}: give yours",
        ),
        (
            {"pruning": {"series": {"shuffled": {"criterion": "shuffled", "of": "random"}}}},
            "series.shuffled: the claims use this name for {criterion: shuffled, of: magnitude}",
        ),
        (
            {"pruning": {"series": {"magnitude": {"criterion": "magnitude", "kind": "weights"}}}},
            "pruning.series.control: is not rewound like magnitude",
        ),
        (
            {
                "model": {"overrides": {"encoder-attention-heads": None}},
                "training": {"extra": {"encoder-attention-heads": 2}},
            },
            "training.extra: encoder-attention-heads belongs to the architecture: give it in model",
        ),
    ],
)
def test_a_setting_that_no_job_can_use_is_refused_at_the_start(given, message):
    with pytest.raises(InputError) as caught:
        Plan(validate(complete(given)))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "does not exist"),
        ("", "line 2: should be a subword and 64 numbers, separated by spaces"),
        ("1 64\n", "line 2: should be a subword and 64 numbers"),
        ("1 64\nthe" + " 0.5" * 63 + "\n", "line 2: should be a subword and 64 numbers"),
        ("1 64\nthe" + " 0,5" * 64 + "\n", "line 2: should be a subword and 64 numbers"),
        ("1 64\nd\xe9" + " 0.5" * 64, "line 2: not UTF-8"),
    ],
)
@pytest.mark.parametrize("section", ["model.overrides", "training.extra"])
def test_embeddings_that_no_training_can_begin_with_are_refused_at_the_start(
    tmp_path, section, content, message
):
    path = tmp_path / "vectors.txt"
    if content is not None:
        path.write_text(content, encoding="latin-1")
    outer, inner = section.split(".")
    given = complete({outer: {inner: {"encoder-embed-path": str(path)}}})
    with pytest.raises(InputError) as caught:
        Plan(validate(given))
    said = str(caught.value)
    assert said.startswith(f"config error: {section}: encoder-embed-path: {path}")
    assert message in said and "\n" not in said
    path.write_text("1 64\nthé" + " 0.5" * 64 + "\n", encoding="utf-8")
    assert Plan(validate(given)).tickets


@pytest.mark.parametrize(
    ("task", "line", "message"),
    [
        ("SynPredd", "x\ty\tz\tkind\t\tEF", "line 2: unknown task SynPredd; did you mean SynPred?"),
        ("SynPred", "x\ty\ty\tkind\t\tEF", "line 3: correct and incorrect are the same"),
    ],
)
def test_a_table_of_contrasts_is_read_at_the_start(tmp_path, task, line, message):
    table = tmp_path / "set.tsv"
    write_contrasts(table, [Contrast("A", "Ä", "B", "kind", tasks=("ST", task))])
    with table.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    given = {"contrasts": {"mine": {"format": "tsv", "file": str(table)}}}
    with pytest.raises(InputError) as caught:
        Plan(validate(given))
    assert f"{table}, {message}" in str(caught.value)


@pytest.mark.parametrize("section", ["training", "decoding"])
def test_a_batch_that_holds_no_sentence_is_refused(section):
    assert validate({section: {"max_tokens": 8}})
    with pytest.raises(InputError, match=rf"{section}\.max_tokens: given 7, should be .*8"):
        validate({section: {"max_tokens": 7}})


@pytest.mark.parametrize(
    "given",
    [
        {"corpus": {"tests": {"unseen": "toy", "mine": "newstest2014"}}},
        {"training": {"lr_scheduler": "cosine", "extra": {"lr-period-updates": 100}}},
        {"training": {"lr_scheduler": "polynomial_decay", "extra": {"total-num-update": "9e2"}}},
        {"training": {"lr_scheduler": "fixed", "warmup_updates": 0}},
        {"behaviour": {"paths": {"tickets": 99}}},
        {"pruning": {"series": {"mine": {"criterion": "magnitude", "scope": "2:32"}}}},
        {"model": {"overrides": dict.fromkeys(["decoder-embed-dim", "encoder-embed-dim"])}},
    ],
)
def test_what_goes_together_passes(given):
    assert validate(complete(given))


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        ("pruning.series", {"criterion": "magnitude"}),
        ("probing.own", OWN),
        ("contrasts", "mlt"),
        ("corpus.tests", "multi30k"),
        ("similarity.labels", ["tag"]),
    ],
)
def test_a_name_that_a_table_would_not_read_as_text_is_refused(key, entry):
    names = ("NA", "None", "nan", "2016", "1e5", "True", "Nan", "none")
    lost = [name for name in names if read_back(name) != name]
    assert lost == ["NA", "None", "nan", "2016", "1e5", "True"]
    section, _, inner = key.partition(".")
    for name in lost:
        named = {name: entry}
        with pytest.raises(InputError, match=f"{key}.*[:,] {name} reads as a number or as missing"):
            validate(complete({section: {inner: named} if inner else named}))


def read_back(name: str) -> object:
    text = pd.DataFrame({"task": [name], "score": [1.0]}).to_csv(index=False)
    return pd.read_csv(StringIO(text))["task"][0]
