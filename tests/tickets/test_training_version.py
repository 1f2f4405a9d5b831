"""Code that decides a ticket's bytes changes only with TRAINING_VERSION, or with a proof.

training_version.json records the modules that decide bytes and what a short training gave with
them. After a change that leaves the bytes alone, record the new modules, which trains and compares:

    python -m tests.tickets.test_training_version

After a change of the bytes raise TRAINING_VERSION first, and say so in CHANGELOG.md.
"""

import contextlib
import csv
import json
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.conftest import ROOT, make_data_bin, tiny_setup
from tests.lottery import prune, retrain, train
from ticketscope.corpus.parallel import read_lines
from ticketscope.representations.model import load_model
from ticketscope.representations.saliency import saliency
from ticketscope.runtime.files import sha256
from ticketscope.runtime.fingerprint import reached_modules
from ticketscope.tickets import criteria, statistics
from ticketscope.tickets.dense_mask import dense_mask
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.settings import Series
from ticketscope.tickets.take_mask import shuffled
from ticketscope.tickets.version import TRAINING_VERSION

RECORD = Path(__file__).with_name("training_version.json")
SCRIPTS = ["train_dense", "dense_mask", "prune", "take_mask", "saliency", "retrain"]
PLUGIN = "ticketscope.tickets.fairseq_plugin"
# Reached by these scripts, and no part of what they compute: messages, locks, clean-up, choice of
# a device, checks that only refuse.
HARMLESS = {
    "ticketscope", "ticketscope.errors", "ticketscope.upstream",
    "ticketscope.runtime", "ticketscope.runtime.checksums", "ticketscope.runtime.devices",
    "ticketscope.runtime.files", "ticketscope.runtime.forks", "ticketscope.runtime.job",
    "ticketscope.runtime.machine", "ticketscope.runtime.startup",
    "ticketscope.tickets.attempts", "ticketscope.tickets.fairseq_options",
    "ticketscope.tickets.publish", "ticketscope.tickets.trained", "ticketscope.tickets.version",
    "ticketscope.tickets.watch", "ticketscope.tickets.workfolder",
}  # fmt: skip


def modules() -> dict[str, str]:
    """Digests of the modules that decide bytes; a new module counts until it is called harmless."""
    reached: dict[str, str] = {}
    ranking = [f"ticketscope.tickets.criteria.{name}" for name in criteria.names()]
    for script in SCRIPTS:
        path = ROOT / f"workflow/scripts/{script}.py"
        reached |= reached_modules(path, ROOT / "src/ticketscope", also=[PLUGIN, *ranking])
    return {name: reached[name] for name in sorted(reached) if name not in HARMLESS}


def short_training() -> dict[str, Any]:
    """LTH0, a cut and LTH1: hashes of all they publish, and the losses that fairseq printed.

    They are trained in the working directory, since a checkpoint holds the paths it was made with.
    """
    setup = tiny_setup(make_data_bin(Path("corpus")))
    lth0, lth1 = Path("LTH0"), Path("LTH1")
    train(setup, lth0, rewind_points={2: lth0 / "rewind.pt"}, work=Path("work"), kept=Path("kept0"))
    dense_mask(
        lth0 / "checkpoint.pt", embeddings=False, biases=True, output=lth0 / "mask.safetensors"
    )
    prune(lth0, lth1 / "mask.safetensors")
    retrain(
        setup,
        lth0,
        lth1 / "mask.safetensors",
        lth1,
        rewound=lth0 / "rewind.pt",
        work=Path("work"),
        kept=Path("kept1"),
    )
    shuffled(Mask.load(lth1 / "mask.safetensors"), 1).save(lth1 / "shuffled.safetensors")
    for criterion in ("taylor", "wanda"):
        (need,) = criteria.needs(criterion)
        statistic = saliency(
            load_model(lth0 / "checkpoint.pt", setup.data),
            *(read_lines(f"corpus/valid.{language}") for language in ("en", "de")),
            Mask.load(lth0 / "mask.safetensors"),
            statistic=need,
            label_smoothing=0.1,
            max_tokens=100,
        )
        statistics.save(statistic, f"{need}.safetensors")
        prune(
            lth0,
            lth1 / f"{criterion}.safetensors",
            series=Series(criterion=criterion),
            needed={need: Path(f"{need}.safetensors")},
        )
    files = [path for path in (*lth0.iterdir(), *lth1.iterdir()) if path.suffix != ".csv"]
    losses = {}
    for ticket in (lth0, lth1):
        with (ticket / "log.csv").open() as log:
            losses[ticket.name] = [float(row["loss"]) for row in csv.DictReader(log)]
    return {
        "sha256": {str(path): digest(path) for path in sorted(files)},
        "losses": losses,
    }


def digest(path: Path) -> str:
    """Of a mask its entries count, whatever the file says beside them."""
    return Mask.load(path).digest if path.suffix == ".safetensors" else sha256(path)


def processor() -> list[str]:
    """What the bytes of a training depend on beside its code and data."""
    return [platform.machine(), torch.backends.cpu.get_cpu_capability(), torch.__version__]


def differences(recorded: dict[str, Any], trained: dict[str, Any]) -> list[str]:
    """What a short training gave otherwise: bytes on such a processor, losses on any other."""
    if recorded["processor"] == processor():
        # A file that this test has come to make is not recorded yet: nobody has other bytes of it.
        ours, theirs = trained["sha256"], recorded["sha256"]
        return [name for name in theirs if theirs[name] != ours.get(name)]
    return [
        ticket
        for ticket, losses in recorded["losses"].items()
        if trained["losses"][ticket] != pytest.approx(losses, abs=0.01)
    ]


def test_code_that_decides_bytes_is_as_recorded():
    recorded = json.loads(RECORD.read_text())
    if recorded["python"] != [*sys.version_info[:2]]:
        pytest.skip(f"syntax trees were recorded with Python {recorded['python']}")
    assert recorded["version"] == TRAINING_VERSION, f"record it: {__doc__}"
    current = modules()
    changed = {
        name
        for name in current.keys() | recorded["modules"]
        if current.get(name) != recorded["modules"].get(name)
    }
    assert not changed, (
        f"{', '.join(sorted(changed))} changed, and TRAINING_VERSION did not: {__doc__}"
    )


def test_a_short_training_gives_what_was_recorded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert not differences(json.loads(RECORD.read_text()), short_training())


def main() -> None:
    """Train, compare with what was recorded for this version, record."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        trained = short_training()
    if RECORD.exists():
        recorded = json.loads(RECORD.read_text())
        changed = differences(recorded, trained)
        if recorded["version"] == TRAINING_VERSION and changed:
            sys.exit(f"other bytes in {', '.join(changed)}: raise TRAINING_VERSION")
    record = {
        "version": TRAINING_VERSION,
        "python": [*sys.version_info[:2]],
        "processor": processor(),
        "modules": modules(),
    }
    RECORD.write_text(json.dumps(record | trained, indent=1) + "\n")


if __name__ == "__main__":
    main()
