"""Options that fairseq lacks, or that the config has keys for, are refused at the start.

After a change of fairseq: python -m tests.tickets.test_fairseq_options
"""

import argparse
import json
import random
from pathlib import Path
from typing import Any, get_args

import pytest
from fairseq import optim, options, tasks
from fairseq.dataclass.utils import convert_namespace_to_omegaconf
from fairseq.models import ARCH_CONFIG_REGISTRY, ARCH_MODEL_REGISTRY
from fairseq.models.transformer import TransformerModel
from fairseq.optim import lr_scheduler

from tests.conftest import ROOT, tiny_config, tiny_setup
from ticketscope.config import Config, validate
from ticketscope.config_errors import all_keys
from ticketscope.errors import InputError
from ticketscope.runtime.processes import fairseq_command
from ticketscope.tickets import fairseq_options, fairseq_plugin
from ticketscope.tickets.command import Setup, command
from ticketscope.tickets.settings import Training

RECORD = ROOT / "src/ticketscope/tickets/fairseq_options.json"
SIZES = ("embed-dim", "ffn-embed-dim", "attention-heads")
SCHEDULERS = get_args(Training.model_fields["lr_scheduler"].annotation)


def parser(scheduler: str) -> argparse.ArgumentParser:
    """fairseq-train's own, with what task, model, optimiser and schedule add to it."""
    caught: list[argparse.ArgumentParser] = []
    parse = argparse.ArgumentParser.parse_known_args

    def catch(self: argparse.ArgumentParser, *arguments: Any, **others: Any) -> Any:
        caught.append(self)
        return parse(self, *arguments, **others)

    given = [
        "data", "--task", "masked_translation", "--arch", "transformer", "--optimizer", "adam",
        "--criterion", "label_smoothed_cross_entropy", "--lr-scheduler", scheduler,
    ]  # fmt: skip
    if scheduler == "polynomial_decay":
        given += ["--total-num-update", "9"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argparse.ArgumentParser, "parse_known_args", catch)
        options.parse_args_and_arch(options.get_training_parser(), given)
    return caught[-1]


def kind(action: argparse.Action) -> str | list[str]:
    if action.nargs == 0:
        return "flag"
    names = {option.removeprefix("--") for option in action.option_strings}
    if action.choices is not None and not names & fairseq_options.refused().keys():
        return sorted(map(str, action.choices))
    kinds: dict[Any, str] = {int: "integer", float: "number"}
    return kinds.get(action.type, "text")


def sizes(architecture: str) -> dict[str, int | None]:
    """What an architecture has where no option says otherwise; None: the encoder's value."""
    odd = argparse.Namespace(encoder_embed_dim=-1, encoder_ffn_embed_dim=-1)
    usual = argparse.Namespace()
    for namespace in (odd, usual):
        ARCH_CONFIG_REGISTRY[architecture](namespace)
    options = [f"{side}-{size}" for side in ("encoder", "decoder") for size in SIZES]
    return {
        option: None
        if option.startswith("decoder") and getattr(odd, option.replace("-", "_")) == -1
        else getattr(usual, option.replace("-", "_"))
        for option in options
    }


def installed() -> dict[str, Any]:
    assert fairseq_plugin.__name__, "importing it registers the task"
    kinds = {
        scheduler: {
            option.removeprefix("--"): kind(action)
            for action in parser(scheduler)._actions
            for option in action.option_strings
            if option.startswith("--") and option != "--help"
        }
        for scheduler in SCHEDULERS
    }
    every = set[str].intersection(*(set(options) for options in kinds.values()))
    return {
        "architectures": {
            name: sizes(name)
            for name, model in sorted(ARCH_MODEL_REGISTRY.items())
            if model is TransformerModel
        },
        "schedulers": {name: sorted(set(options) - every) for name, options in kinds.items()},
        "options": {
            name: kind for options in kinds.values() for name, kind in sorted(options.items())
        },
    }


def test_the_record_is_what_the_installed_fairseq_has():
    assert json.loads(RECORD.read_text()) == installed(), __doc__


def test_all_that_the_workflow_sets_is_refused_and_nothing_that_it_leaves_alone(tmp_path):
    setup = tiny_setup(tmp_path, average_checkpoints=2, devices=2, update_freq=2)
    sets = {
        argument.removeprefix("--").partition("=")[0]
        for cpu in (True, False)
        for argument in command(
            setup, tmp_path, max_epoch=2, cpu=cpu, mask=tmp_path, start=tmp_path
        )
        if argument.startswith("--")
    }
    sets -= setup.model.overrides.keys()
    # Loaders do not decide batches, and either way of joining gradients gives the same sums.
    allowed = {"num-workers", "ddp-backend"}
    refused = fairseq_options.refused().keys()
    assert sets - refused == allowed
    assert refused <= installed()["options"].keys()
    keys = {key.partition(":")[0] for key in fairseq_options._KEYS.values()}
    assert keys <= set(all_keys(Config))


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"training": {"extra": {"seed": 7}}}, "seed has a key of its own: use seeds"),
        ({"training": {"extra": {"max-epoch": 9}}}, "use training.max_epoch"),
        ({"training": {"extra": {"save-dir": "/x"}}}, "save-dir is set by the workflow"),
        ({"training": {"extra": {"atention-dropout": 0.1}}}, "did you mean attention-dropout"),
        ({"training": {"extra": {"curriculum": 2.5}}}, "curriculum: should be integer, given 2.5"),
        ({"training": {"extra": {"curriculum": True}}}, "curriculum: needs a value"),
        ({"training": {"extra": {"max-update": 9}}}, "use training.max_epoch"),
        ({"training": {"extra": {"stop-time-hours": 1}}}, "would end a training before its last"),
        ({"training": {"extra": {"patience": 3}}}, "has no effect, since trainings validate noth"),
        ({"training": {"extra": {"max-sentences": 8}}}, "max-sentences is set by the workflow"),
        ({"training": {"extra": {"no-cross-attention": True}}}, "no later job can read"),
        ({"model": {"overrides": {"encoder-layers-to-keep": "1"}}}, "no later job can read"),
        ({"training": {"extra": {"dataset-impl": "raw"}}}, "dataset-impl is set by the workflow"),
        ({"training": {"extra": {"save-async": True}}}, "save-async is set by the workflow"),
        ({"training": {"extra": {"activation-fn": "sharp"}}}, "should be 'gelu', 'gelu_accurate'"),
        ({"training": {"extra": {"attention-dropout": "nan"}}}, "should be a finite number"),
        ({"training": {"extra": {"bpe": "bytes"}}}, "bpe has no effect"),
        ({"training": {"extra": {"eval-bleu-args": "-x"}}}, "has no effect"),
        ({"training": {"extra": {"wandb-project": "-x"}}}, "should not begin with -"),
        ({"training": {"extra": {"sentence-avg": 1}}}, "sentence-avg: takes no value"),
        ({"training": {"extra": {"wandb-project": "--seed=7"}}}, "should not begin with -"),
        ({"training": {"extra": {"ddp-backend": "fully_sharded"}}}, "use legacy_ddp or pyt"),
        ({"training": {"extra": {"ddp-backend": "slowmo"}}}, "slowmo needs the package fairscale"),
        ({"model": {"overrides": {"dropout": 0.2}}}, "use training.dropout"),
        ({"model": {"overrides": {"merge-src-tgt-embed": True}}}, "model.overrides: share-all-e"),
        ({"model": {"overrides": {"encoder-layer": 2}}}, "did you mean encoder-layers"),
        ({"model": {"overrides": {"encoder-layers": 0}}}, "encoder-layers: should be at least 1"),
        ({"model": {"overrides": {"encoder-attention-heads": 3}}}, "must be a multiple of encod"),
        ({"model": {"overrides": {"encoder-embed-dim": 32}}}, "share-all-embeddings"),
        ({"model": {"overrides": {"encoder-embed-dim": 2}}}, "embed-dim: should be at least 4"),
        ({"model": {"overrides": {"max-source-positions": 0}}}, "should be at least 8, given 0"),
        ({"training": {"extra": {"max-target-positions": -3}}}, "should be at least 8, given -3"),
        ({"training": {"extra": {"num-workers": -3}}}, "num-workers: should be at least 0"),
        ({"training": {"extra": {"activation-dropout": 2}}}, "should be at least 0 and less than"),
        ({"training": {"extra": {"encoder-layerdrop": -0.1}}}, "at least 0 and less than 1, given"),
        ({"training": {"extra": {"total-num-update": "many"}}}, "total-num-update: should be numb"),
        ({"training": {"extra": {"total-num-update": 0}}}, "total-num-update: should be at least"),
        ({"training": {"extra": {"lr-period-updates": -1}}}, "lr-period-updates: should be at le"),
        ({"training": {"extra": {"left-pad-source": True}}}, "left-pad-source is set by the work"),
        ({"training": {"extra": {"use-plasma-view": True}}}, "needs a part of pyarrow that is no"),
        ({"training": {"extra": {"quantization-config-path": "x"}}}, "no later job can read"),
        ({"training": {"extra": {"decoder-embed-path": "x"}}}, "is not encoder-embed-path, and sh"),
        ({"model": {"arch": "transformer_bigg"}}, "did you mean"),
        ({"model": {"arch": "lstm"}}, "is no Transformer of fairseq; known: transformer, "),
        (
            {
                "model": {"overrides": {"attention-dropout": 0.1}},
                "training": {"extra": {"attention-dropout": 0.2}},
            },
            "training.extra: attention-dropout is among model.overrides",
        ),
    ],
)
def test_an_option_that_would_be_lost_or_fail_later_is_refused(section, message):
    overrides = validate({}).model.overrides
    if "model" in section:
        model = section["model"]
        section |= {"model": {**model, "overrides": overrides | model.get("overrides", {})}}
    with pytest.raises(InputError) as caught:
        validate(section)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_refused_is_refused_by_each_of_its_names():
    refused = fairseq_options.refused().keys()
    for action in parser("inverse_sqrt")._actions:
        names = {name.removeprefix("--") for name in action.option_strings}
        # No key of the config may be short, or have an underscore as --local_rank has.
        names = {name for name in names if not name.startswith("-") and "_" not in name}
        assert names <= refused or not names & refused, names


def test_a_flag_that_is_given_switches_something_on():
    refused = fairseq_options.refused()
    for action in (action for name in SCHEDULERS for action in parser(name)._actions):
        is_inverted = isinstance(action, argparse._StoreFalseAction)
        names = {option.removeprefix("--") for option in action.option_strings}
        assert not is_inverted or names & refused.keys(), names


def test_false_leaves_any_option_out():
    sides = {f"{side}-layers": False for side in ("encoder", "decoder")}
    config = validate(
        {"model": {"overrides": sides}, "training": {"extra": {"max-source-positions": False}}}
    )
    assert config.source_positions == 1024
    assert fairseq_options.sizes(config.model.arch, sides) == fairseq_options.sizes(
        config.model.arch, {}
    )


# What a schedule cannot do without.
LENGTHS = {"cosine": {"lr-period-updates": 100}, "polynomial_decay": {"total-num-update": 100}}


def build(config: Config, data: Path) -> Any:
    """fairseq's own config, after it has built all that a training needs but the data's batches."""
    setup = Setup(config.model, config.training, config.languages, data, seed=1)
    given = command(setup, data, max_epoch=2, cpu=True)[len(fairseq_command("train")) :]
    parsed = options.parse_args_and_arch(options.get_training_parser(), given)
    configured = convert_namespace_to_omegaconf(parsed)
    task = tasks.setup_task(configured.task)
    task.build_criterion(configured.criterion)
    model = task.build_model(configured.model)
    optimizer = optim.build_optimizer(configured.optimizer, list(model.parameters()))
    lr_scheduler.build_lr_scheduler(configured.lr_scheduler, optimizer)
    return configured


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_every_schedule_has_the_warm_up(data_bin, scheduler):
    extra = LENGTHS.get(scheduler, {})
    config = tiny_config(lr_scheduler=scheduler, warmup_updates=7, extra=extra)
    assert build(config, data_bin).lr_scheduler.warmup_updates == 7


def drawn(generator: random.Random) -> dict[str, Any]:
    """A config of a small model with a few options that it allows."""
    heads, scheduler = generator.choice([1, 2, 4]), generator.choice(SCHEDULERS)
    width = heads * generator.choice([4, 8])
    sizes = {"embed-dim": width, "attention-heads": heads, "ffn-embed-dim": 8, "layers": 1}
    installed = json.loads(RECORD.read_text())
    known, schedules = installed["options"], installed["schedulers"]
    foreign = {name for each in schedules.values() for name in each} - {*schedules[scheduler]}
    allowed = known.keys() - fairseq_options.refused().keys() - foreign - {"local_rank"}
    extra = {}
    for name in generator.sample(sorted(allowed), 5):
        kind = known[name]
        if name.endswith(tuple(sizes)) or kind == "text":
            continue
        values = {"flag": [True], "integer": [1, 2, 8], "number": [0.1, 0.5]}
        extra[name] = generator.choice(kind if isinstance(kind, list) else values[kind])
    return {
        "model": {
            "arch": generator.choice(sorted(installed["architectures"])),
            "overrides": {
                f"{side}-{size}": value
                for side in ("encoder", "decoder")
                for size, value in sizes.items()
            },
        },
        "training": {"lr_scheduler": scheduler, "extra": LENGTHS.get(scheduler, {}) | extra},
    }


def test_fairseq_builds_what_is_planned(data_bin):
    generator = random.Random(1)
    built = 0
    while built < 30:
        given = drawn(generator)
        try:
            config = validate(given)
        except InputError:
            continue
        build(config, data_bin)
        built += 1


def test_other_options_pass():
    extra = {"attention-dropout": "1e-1", "num-workers": 2, "ddp-backend": "pytorch_ddp"}
    assert validate({"training": {"extra": extra | {"fp32-reduce-scatter": False}}})


if __name__ == "__main__":
    RECORD.write_text(json.dumps(installed(), indent=1, sort_keys=True) + "\n")
