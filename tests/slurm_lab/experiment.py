"""A small experiment in a copy of the workflow, run through the profile on a lab."""

import hashlib
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.slurm_lab.daemons import LabError, wait
from tests.slurm_lab.lab import Lab
from tests.workflow.conftest import copy_workflow

DENSE = "results/lab/tickets/seed1/dense/LTH0/checkpoint.pt"
WORK = "results/lab/work/seed1/dense/LTH0"

# One ticket of a model of nothing, trained for some thousand updates, a minute and a half or two if
# nothing disturbs it, and saved every hundredth.
CONFIG: dict[str, Any] = {
    "experiment": "lab",
    "corpus": {"toy": {"train": 300, "valid": 20, "test": 20, "unseen": 20}},
    "subwords": {"size": 200},
    "model": {
        "overrides": {
            f"{side}-{key}": value
            for side in ("encoder", "decoder")
            for key, value in {"embed-dim": 16, "ffn-embed-dim": 32, "layers": 1}.items()
        }
    },
    "training": {
        "max_epoch": 240,
        "max_tokens": 256,
        "warmup_updates": 20,
        "log_interval": 20,
        "save_interval_updates": 100,
    },
    "pruning": {"iterations": 1, "series": {"magnitude": {"criterion": "magnitude"}}},
    "probing": {"tasks": []},
}


class Experiment:
    """The workflow in a folder of its own; other settings of the training may be given."""

    def __init__(self, folder: Path, lab: Lab | None = None, **training: int) -> None:
        self.folder, self.lab = folder, lab
        folder.mkdir(parents=True)
        copy_workflow(folder)
        config = {**CONFIG, "training": {**CONFIG["training"], **training}}
        (folder / "lab.yaml").write_text(yaml.safe_dump(config))

    def with_corpus_of(self, other: "Experiment") -> "Experiment":
        """Take what another one made before it trained."""
        for name in ("results/lab/corpus", ".snakemake"):
            shutil.copytree(other.folder / name, self.folder / name)
        return self

    def command(self, *arguments: str) -> list[str]:
        where = ["--cores", "1"]
        if self.lab is not None:
            # As the profile says, but a lab is asked more often.
            where = ["--profile", "slurm", "--slurm-init-seconds-before-status-checks", "3"]
        return [
            sys.executable, "-m", "snakemake", *arguments, *where, "--configfile", "lab.yaml",
        ]  # fmt: skip

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Snakemake in the background; what it prints is appended to printed.txt."""
        with (self.folder / "printed.txt").open("ab") as printed:
            return subprocess.Popen(
                self.command(*arguments),
                cwd=self.folder,
                env=self.lab.environment if self.lab else None,
                stdout=printed,
                stderr=printed,
            )

    def run(self, *arguments: str, seconds: float = 1500) -> None:
        """Snakemake to its end.

        Raises:
            LabError: it failed, or takes longer.
        """
        self.finish(self.start(*arguments), seconds)

    def finish(self, process: "subprocess.Popen[bytes]", seconds: float = 1500) -> None:
        """Wait for snakemake.

        Raises:
            LabError: it failed, or takes longer.
        """
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            raise LabError(
                f"snakemake still runs after {seconds:.0f} s: {self.folder}/printed.txt"
            ) from None
        if code != 0:
            raise LabError(f"snakemake failed ({code}): {self.folder}/printed.txt")

    def printed(self) -> str:
        return (self.folder / "printed.txt").read_text(errors="replace")

    def wait_for_save(self, seconds: float = 900) -> None:
        """Until fairseq has saved in the middle of an epoch."""
        wait(self.saves, "a save of the training", seconds)

    def saves(self) -> set[str]:
        """Names of what fairseq has saved in the middle of an epoch and not removed since."""
        return {path.name for path in (self.folder / WORK).glob("checkpoint_*_*.pt")}

    def digest(self, name: str = DENSE) -> str:
        return hashlib.sha256((self.folder / name).read_bytes()).hexdigest()

    def log_rows(self) -> list[str]:
        """Rows of the training log without the speed."""
        path = (self.folder / DENSE).with_name("log.csv")
        rows = path.read_text().splitlines()[1:]
        if not rows:
            raise LabError(f"{path} has no rows")
        return [row.rpartition(",")[0] for row in rows]
