"""Which keys of the config each job depends on: by one that is lost, old results would count."""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import ROOT
from ticketscope.behaviour.settings import ContrastLines
from ticketscope.config import Config, merge, validate
from ticketscope.config_errors import all_keys
from ticketscope.errors import InputError
from ticketscope.plan.experiment import Plan
from ticketscope.probing.settings import OwnTask, TaskSettings
from ticketscope.tickets.settings import Series
from ticketscope.translation.settings import Comet

ONE, OTHER = str(ROOT / "README.md"), str(ROOT / "LICENSE")  # any files that are there
FILES = {"src": ONE, "tgt": OTHER}

# Every key of the schema is set, so that a change of it can be seen.
RICH: dict[str, Any] = {
    "experiment": "rich",
    "seeds": [2, 1],
    "mirror": "/elsewhere",
    "corpus": {
        "train": ["toy", "multi30k"],
        "tests": {"more": "newstest2014"},
        "pairs": {"multi30k": 7},
        "limit": 9,
    },
    "subwords": {"codes": ONE, "dictionary": 90},
    # Every ticket is retrained for as many epochs as are averaged, or more.
    "training": {"update_freq": 2, "average_checkpoints": 2, "extra": {"activation-dropout": 0.1}},
    "pruning": {
        "iterations": 2,
        "series": {
            "magnitude": None,
            "random": None,
            "control": None,
            "mine": {"criterion": "magnitude"},
            "layerwise": {
                "criterion": "taylor", "scope": "layer", "fraction": 0.3, "iterations": 2,
                "kind": "weights", "point": 0.5, "order_seed": 2,
            },
            "taken": {"criterion": "shuffled", "of": "mine"},
            "idle": {"criterion": "none"},
        },
    },
    "rewinding": {"point": 0.75},
    "scoring": {"comet": {"model": ONE, "command": "true"}},
    "representations": {"texts": {"mine": ONE}},
    "contrasts": {
        "toy": "toy",
        "mine": {
            "format": "lines", "source": ONE, "correct": ONE, "incorrect": ONE,
            "phenomenon": "tense", "tasks": ["POS"],
        },
    },
    "behaviour": {"erase": {"tasks": ["POS"]}, "paths": {"tickets": 1}},
    "similarity": {"labels": {"mine": ONE, "tagged": ["true"]}},
    "probing": {
        "folder": "/elsewhere",
        "own": {
            "Mine": {
                "format": "instances", "train": ONE, "dev": ONE, "test": ONE,
                "metric": "accuracy", "group": "Own",
            },
            "Arcs": {
                "format": "conllu-arcs", "train": ONE, "dev": ONE, "test": ONE,
                "options": {"seed": 2},
            },
        },
        "tasks": ["POS", "Coref"],
        "by_task": {"POS": {"limit": 50, "batch_size": 10, "patience": 2, "replicates": 2}},
        "codelength_dense": ["Coref"],
    },
}  # fmt: skip
# The grammar is English to German, so that its languages cannot be changed.
FOREIGN: dict[str, Any] = {
    "languages": {"source": "fr", "target": "de"},
    "corpus": {"train": FILES, "valid": FILES, "test": FILES},
    "contrasts": {"mine": RICH["contrasts"]["mine"]},
    "probing": {"tasks": [], "own": {"Mine": RICH["probing"]["own"]["Mine"]}},
}
# Other values, where not just any other number or truth value will do.
OTHERS: dict[str, Any] = {
    "experiment": "other", "mirror": "/mine", "seeds": [2, 1, 3],
    "languages.source": "nl", "languages.target": "nl",
    "corpus.train": ["multi30k", "toy"], "corpus.valid": "multi30k", "corpus.test": "multi30k",
    "corpus.tests.more": "newstest2015", "subwords.tokenizer": "space",
    "model.arch": "transformer_iwslt_de_en", "training.adam_betas": [0.9, 0.99],
    "training.lr_scheduler": "fixed", "training.precision": "bf16",
    "pruning.series.mine.criterion": "random", "pruning.series.layerwise.criterion": "snip",
    "pruning.series.layerwise.scope": "row", "pruning.series.layerwise.kind": "learning_rate",
    "pruning.series.taken.criterion": None, "pruning.series.taken.of": "layerwise",
    "pruning.series.idle.criterion": "random",
    "rewinding.kind": "weights", "rewinding.point": 0.5,
    "decoding.split": "valid", "scoring.comet.command": "false",
    "representations.split": "test", "representations.precision": "float32",
    "representations.pooling": "first",
    "contrasts.toy": "mt_geneval", "contrasts.mine.phenomenon": "number",
    "contrasts.mine.tasks": ["NER"],
    "behaviour.word_edges": [1, 20], "behaviour.length_edges": [9],
    "behaviour.erase.tasks": ["POS", "Mine"], "behaviour.erase.tickets": [1],
    "behaviour.paths.kinds": ["previous"], "behaviour.paths.points": 21,
    "behaviour.sensitivity.tickets": [1], "behaviour.sensitivity.translated": "all",
    "cost.tickets": "last",
    "similarity.frequency_edges": [5], "similarity.labels.tagged": ["false"],
    "probing.suite": "free", "probing.folder": "/mine", "probing.own.Mine.format": "conllu",
    "probing.own.Mine.metric": "error_f1", "probing.own.Mine.group": "Others",
    "probing.own.Arcs.format": "sdp-arcs",
    "probing.tasks": ["POS"], "probing.tickets": [1], "probing.series": ["mine"],
    "probing.context": "sentence", "probing.jobs": "probe", "probing.probes": ["linear"],
    "probing.standardise": "all", "probing.codelength": ["POS"],
    "probing.codelength_dense": ["POS"], "probing.fractions": [0.25],
}  # fmt: skip
# Keys that are changed nowhere, or all that begins with them, and why.
SKIPPED = {
    "joined": "its experiments have the settings",
    "external_tickets": "nothing is trained then; test_plan.py has their files",
    "training.optimizer": "has one value",
    "contrasts.mine.format": "decides which other keys there are",
}
# No job depends on these.
NEUTRAL = {
    "mirror": "where files are looked for first",
    "representations.keep": "which files stay",
    "probing.other_language": "accepts what would be refused",
}
# By rule, the keys in its jobs' settings, or how they begin; without what rules read themselves.
READS = {
    "train_dense": [
        "model", "training", "languages",
        # The epochs at whose end some ticket rewinds.
        "rewinding.point", "pruning.series.layerwise.point",
    ],
    "retrain": [
        "model", "training", "languages", "rewinding.kind", "pruning.series.layerwise.kind",
        "pruning.series.layerwise.order_seed",
    ],
    "saliency": ["pruning.calibration", "training.label_smoothing"],
    "prune": [
        "pruning.fraction", "pruning.series.mine.criterion", "pruning.series.layerwise.criterion",
        "pruning.series.layerwise.scope", "pruning.series.layerwise.fraction",
        "pruning.series.idle.criterion",
    ],
    "take_mask": ["pruning.series.taken.criterion"],
    "raw_text": [
        "corpus.train", "corpus.valid", "corpus.test", "corpus.tests", "corpus.pairs",
        "corpus.limit",
    ],
    "toy_contrasts": [
        "corpus.toy.seed", "corpus.toy.longest", "corpus.toy.exponent", "behaviour.items"
    ],
    "contrast_set": ["contrasts", "subwords.tokenizer", "languages"],
    "compare_ticket": ["similarity.block", "similarity.groups", "similarity.threshold"],
    # Which tickets have masks of their own.
    "mask_overlap": [
        "seeds", "pruning.iterations", "pruning.series.layerwise.iterations",
        "pruning.series.idle.criterion",
    ],
    "probing_text": [
        "probing.tasks", "probing.limit", "probing.by_task.POS.limit", "probing.context",
        "probing.shuffled",
    ],
    "probe": [
        "probing.suite", "probing.own.Mine.metric", "probing.own.Mine.group", "probing.tasks",
        "probing.probes", "probing.hidden", "probing.lr", "probing.max_epoch", "probing.batch_size",
        "probing.patience", "probing.replicates", "probing.by_task.POS.batch_size",
        "probing.by_task.POS.patience", "probing.by_task.POS.replicates", "probing.control",
        "probing.shuffled", "probing.conditional", "probing.standardise", "probing.keep_weights",
        "probing.codelength", "probing.codelength_dense", "probing.fractions", "probing.least",
        "probing.block_steps", "probing.block_looks",
    ],
    "segments": [
        "behaviour.paths", "behaviour.max_tokens", "subwords.tokenizer", "languages.target",
        "pruning.series.idle.criterion",  # a control no more
    ],
    "sensitivity": [
        "behaviour.sensitivity", "behaviour.max_tokens", "subwords.tokenizer", "languages.target",
        "pruning.iterations", "pruning.series.layerwise.iterations",  # the last tickets
    ],
    "ticket_costs": [
        "cost.length", "pruning.iterations", "pruning.series.layerwise.iterations",  # all tickets
    ],
    "measure_speed": [
        "cost.sentences", "cost.repeats", "cost.tickets",
        "pruning.iterations", "pruning.series.layerwise.iterations",  # the last tickets
        "pruning.series.idle.criterion",  # prunes, and is timed
    ],
}  # fmt: skip


def values(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Values of a config by dotted key."""
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from values(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def begins(key: str, names: Iterable[str]) -> bool:
    """Whether a key is one of these, or in a section of these."""
    return any(f"{key}.".startswith(f"{name}.") for name in names)


def walked(given: dict[str, Any]) -> dict[str, Any]:
    """The values that are changed: those that the config gives, and the defaults of the others."""
    named = {**dict(values(given)), **dict(values(Config().model_dump(mode="json")))}
    return {
        key: value
        for key, value in values(validate(given).model_dump(mode="json"))
        if key in named
        and value not in (None, [], {})
        and not begins(key, SKIPPED)
        # In one of the two configs each.
        and begins(key, ["languages"]) == (given is FOREIGN)
    }


def changed(given: dict[str, Any], key: str, value: Any) -> Plan:
    """The plan with another value of a key."""
    match value:
        case _ if key in OTHERS:
            others = [OTHERS[key]]
        case bool():
            others = [not value]
        case int():
            others = [value + 1, value * 2]  # a width is a multiple of the number of heads
        case float():
            others = [(value + 1) / 2]
        case _ if value == ONE:
            others = [OTHER]
        case _:
            others = []
    refused = f"say in OTHERS what else {key} may be"
    for other in others:
        for name in reversed(key.split(".")):
            other = {name: other}
        try:
            return Plan(validate(merge(given, other)))
        except InputError as error:
            refused = str(error)
    raise AssertionError(refused)


def settings(plan: Plan) -> dict[tuple[Any, ...], Any]:
    """What each job depends on apart from files, by its rule and its wildcards."""
    training, probing = plan.training, plan.probing
    jobs: dict[tuple[Any, ...], Any] = {
        ("train_dense",): training.train_settings,
        ("saliency",): training.saliency_settings,
        ("toy_contrasts",): plan.behaviour.toy_settings(),
        ("mask_overlap",): plan.masks.settings,
    }
    for name in plan.tickets:
        jobs["compare_ticket", name] = plan.comparisons.settings(name)
        if name.k:
            jobs["retrain", name] = training.retrain_settings(name)
        if name.series in training.cutting:
            jobs["prune", name] = training.prune_settings(name)
        if name.series in training.taking:
            jobs["take_mask", name] = training.taken_settings(name)
    for split in plan.texts.splits:
        jobs["raw_text", split] = plan.texts.settings(split)
    for entry in plan.behaviour.sets:
        jobs["contrast_set", entry] = plan.behaviour.set_settings(SimpleNamespace(set=entry))
    for text in probing.texts:
        jobs["probing_text", text] = probing.text_settings(SimpleNamespace(text=text))
    for name, part in probing.jobs:
        job = SimpleNamespace(**name._asdict(), part=part)
        jobs["probe", name, part] = probing.settings(job)
    for seed in plan.segments.seeds:
        jobs["segments", seed] = plan.segments.settings(SimpleNamespace(seed=seed))
    for seed in plan.sensitivity.seeds:
        jobs["sensitivity", seed] = plan.sensitivity.settings(SimpleNamespace(seed=seed))
    for seed in plan.config.seeds:
        jobs["ticket_costs", seed] = plan.cost.settings(SimpleNamespace(seed=seed))
        jobs["measure_speed", seed] = plan.cost.speed_settings(SimpleNamespace(seed=seed))
    return jobs


def files(plan: Plan) -> list[Any]:
    """What the config decides of jobs beside settings: which there are, and what they read."""
    taken = [name for name in plan.tickets if name.series in plan.training.taking]
    return [
        plan.paths,
        plan.config.codes,
        [plan.training.source_mask(name) for name in taken],
        plan.probing.jobs,
        plan.erasure.texts,
        plan.erasure.tables,
        plan.cost.timed,
    ]


def read_by_rules() -> set[str]:
    """Keys, or sections, that inputs, outputs and params of the rules name themselves."""
    text = "".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    blocks = re.findall(
        r"^    (?:input|output|params):\n((?:        .*\n|\n)+)", text, re.MULTILINE
    )
    keys = set()
    for name, arguments in re.findall(r"\bCONFIG\.([\w.]+)(\([^)]*\))?", "".join(blocks)):
        section, _, method = name.rpartition(".")
        named = set(re.findall(r'"(\w+)"', arguments)) - {"json"}
        match method:
            case "sections":
                keys |= named
            case "model_dump":
                keys |= {f"{section}.{key}" for key in named} or {section}
            case _:
                keys.add(name)
    return keys


@pytest.fixture(scope="module")
def changes() -> dict[str, tuple[Plan, Plan]]:
    """By key, the plan before and after a change of its value."""
    plans = {}
    for given in (RICH, FOREIGN):
        before = Plan(validate(given))
        plans |= {key: (before, changed(given, key, value)) for key, value in walked(given).items()}
    return plans


def test_every_key_is_changed(changes):
    sections = {
        "": Config, "pruning.series.": Series, "probing.own.": OwnTask, "scoring.comet.": Comet,
        "probing.by_task.": TaskSettings, "contrasts.mine.": ContrastLines,
    }  # fmt: skip
    for prefix, section in sections.items():
        for key in all_keys(section):
            # Below a section of free names, such as series, the key of any of them.
            named = re.compile(rf"{prefix}(\w+\.)?{key}(\.|$)" if prefix else rf"{key}(\.|$)")
            skipped = begins(f"{prefix}{key}", SKIPPED)
            assert skipped or any(map(named.match, changes)), f"RICH lacks {prefix}{key}"


def test_a_jobs_settings_are_what_it_depends_on_and_nothing_else(changes):
    found = set()
    for key, plans in changes.items():
        before, after = map(settings, plans)
        # Another config may have other jobs; those of both are compared.
        differ = {job[0] for job in before.keys() & after.keys() if before[job] != after[job]}
        found |= {f"{rule}: {key}" for rule in differ}
    assert found == {
        f"{rule}: {key}" for rule, keys in READS.items() for key in changes if begins(key, keys)
    }


def test_some_job_depends_on_every_other_key(changes):
    known = {*read_by_rules(), *(key for keys in READS.values() for key in keys)}
    assert {
        key
        for key, (before, after) in changes.items()
        if not begins(key, known) and files(before) == files(after)
    } == NEUTRAL.keys()
