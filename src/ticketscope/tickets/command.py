"""What a training is, and the fairseq-train command that carries it out (appendix A.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ticketscope.errors import InputError
from ticketscope.runtime.files import sha256
from ticketscope.runtime.processes import fairseq_command
from ticketscope.settings import FlagValue, Languages
from ticketscope.tickets.settings import Model, Training
from ticketscope.tickets.version import TRAINING_VERSION

PLUGIN = Path(__file__).parent / "fairseq_plugin"

# The plugin's task for each precision.
TASKS = {
    "fp32": "masked_translation",
    "tf32": "masked_translation_tf32",
    "bf16": "masked_translation_bf16",
    "fp16": "masked_translation",
}

# Of the data, what a training reads: it does not validate.
READ = ("train.", "dict.")


@dataclass(frozen=True)
class Setup:
    """What every training of an experiment shares.

    Attributes:
        data: Folder of fairseq-preprocess.
        seed: Seed of the initialisation, of dropout and of the order of the data.
        order_seed: Of another order of the data and other dropout than the seed's.
        init_seed: Of another initialisation than the seed's.
    """

    model: Model
    training: Training
    languages: Languages
    data: Path
    seed: int
    order_seed: int | None = None
    init_seed: int | None = None

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], data: Path, seed: int) -> "Setup":
        """From the config's sections as plain dicts."""
        return cls(
            Model.model_validate(settings["model"]),
            Training.model_validate(settings["training"]),
            Languages.model_validate(settings["languages"]),
            data,
            seed,
            settings.get("order_seed"),
        )

    @property
    def fairseq_seed(self) -> int:
        """What fairseq draws everything from."""
        return self.seed if self.order_seed is None else 1000 * self.order_seed + self.seed

    def settings(self) -> dict[str, Any]:
        """The same as plain values: what, with the data's bytes, decides a training's result.

        Defaults are left out, so that an option that a later version adds makes nothing stale.
        """
        sections = {
            "model": self.model, "training": self.training, "languages": self.languages
        }  # fmt: skip
        others = {"order_seed": self.order_seed, "init_seed": self.init_seed}
        return (
            {"seed": self.seed}
            | {name: seed for name, seed in others.items() if seed is not None}
            | {
                name: section.model_dump(mode="json", exclude_defaults=True)
                for name, section in sections.items()
            }
        )

    def recipe(self) -> dict[str, Any]:
        """All that decides a training from scratch: version, settings and hashes of the data."""
        files = sorted(path for path in self.data.iterdir() if path.name.startswith(READ))
        return {
            "version": TRAINING_VERSION,
            "setup": self.settings(),
            "data": {path.name: sha256(path) for path in files},
        }


def options(flags: dict[str, FlagValue]) -> list[str]:
    """Command-line options from config values: True is a bare flag, False leaves it out."""
    arguments: list[str] = []
    for name, value in flags.items():
        if value is True:
            arguments.append(f"--{name}")
        elif value is not False:
            arguments += [f"--{name}", str(value)]
    return arguments


def command(
    setup: Setup,
    folder: Path,
    *,
    max_epoch: int,
    cpu: bool,
    mask: Path | None = None,
    start: Path | None = None,
) -> list[str]:
    """The fairseq-train command; of several devices, what their processes have in common.

    Args:
        setup: The experiment's part.
        folder: Where fairseq keeps its checkpoints; a last one there is resumed.
        max_epoch: Train until this epoch's end, counted from LTH0's first.
        cpu: Without a GPU: gloo's processes in place of devices.
        mask: Mask to enforce.
        start: Checkpoint to start from while `folder` holds none.

    Raises:
        InputError: the precision needs a GPU.
    """
    t = setup.training
    if cpu and t.precision in ("tf32", "fp16"):
        raise InputError(
            f"training.precision: {t.precision} needs a GPU and none is visible: use fp32 or bf16"
        )
    arguments = [
        *fairseq_command("train"), str(setup.data),
        "--user-dir", str(PLUGIN), "--task", TASKS[t.precision],
        "--source-lang", setup.languages.source, "--target-lang", setup.languages.target,
        "--arch", setup.model.arch, *options(setup.model.overrides),
        "--optimizer", t.optimizer, "--adam-betas", str(tuple(t.adam_betas)),
        "--adam-eps", str(t.adam_eps), "--weight-decay", str(t.weight_decay),
        "--lr", str(t.lr), "--lr-scheduler", t.lr_scheduler,
        "--criterion", "label_smoothed_cross_entropy",
        "--label-smoothing", str(t.label_smoothing), "--dropout", str(t.dropout),
        "--clip-norm", str(t.clip_norm), "--max-tokens", str(t.max_tokens),
        # Batches go to the devices in turn, so an update has the same ones at any number of them.
        "--update-freq", str(t.update_freq // t.devices), "--max-epoch", str(max_epoch),
        "--seed", str(setup.fairseq_seed), "--disable-validation",
        # With any larger multiple fairseq drops a last batch that is not full, and with it the
        # longest sentences, in every epoch.
        "--required-batch-size-multiple", "1",
        "--save-dir", str(folder), "--save-interval-updates", str(t.save_interval_updates),
        "--keep-interval-updates", "1",
        "--no-progress-bar", "--log-format", "json", "--log-interval", str(t.log_interval),
        "--warmup-updates", str(t.warmup_updates),
    ]  # fmt: skip
    if t.warmup_init_lr is not None and t.lr_scheduler in ("inverse_sqrt", "cosine"):
        arguments += ["--warmup-init-lr", str(t.warmup_init_lr)]
    if t.average_checkpoints > 1:
        arguments += ["--keep-last-epochs", str(t.average_checkpoints)]
    else:
        arguments.append("--no-epoch-checkpoints")
    if cpu:
        # A loader process a job would compete with training for the job's one core.
        arguments += ["--cpu", "--num-workers", "0"]
    if t.precision == "fp16":
        arguments.append("--fp16")
    if t.devices > 1:
        arguments += [
            "--distributed-world-size", str(t.devices), "--distributed-no-spawn",
            "--distributed-backend", "gloo" if cpu else "nccl",
            # The only one of fairseq's that also works on CPU, so what the tests try is what runs.
            "--ddp-backend", "legacy_ddp",
            # By default rank 0 sends the checkpoint to the others in a form that torch refuses.
            "--load-checkpoint-on-all-dp-ranks",
        ]  # fmt: skip
    if setup.init_seed is not None:
        arguments += ["--init-seed", str(setup.init_seed)]
    if mask is not None:
        arguments += ["--prune-mask", str(mask)]
    if start is not None:
        arguments += ["--continue-once", str(start)]
    return arguments + options(t.extra)
