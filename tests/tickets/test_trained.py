"""A finished training is published again instead of being carried out again."""

import errno
import itertools
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import tiny_setup
from tests.lottery import train
from ticketscope.tickets import command, training
from ticketscope.tickets.command import Setup
from ticketscope.tickets.trained import Trained
from ticketscope.tickets.workfolder import same_training

OUTPUTS = ["checkpoint.pt", "log.csv", "rewind.pt"]


class Training:
    """LTH0 in a folder, trained as often as `make` is called; counts fairseq's runs and lines."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.lines, self.runs = folder, list[str](), 0
        run = training.run

        def counted(*arguments: object, **options: object) -> None:
            self.runs += 1
            run(*arguments, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(training, "run", counted)

    def make(self, setup: Setup) -> dict[str, bytes]:
        """Do what Snakemake does: delete the outputs, run the job."""
        self.lines.clear()
        self.runs = 0
        for name in OUTPUTS:
            (self.folder / name).unlink(missing_ok=True)
        train(
            setup,
            self.folder,
            rewind_points={1: self.folder / "rewind.pt"},
            progress=self.lines.append,
        )
        assert not (self.folder / "work").exists()
        return {name: (self.folder / name).read_bytes() for name in OUTPUTS}

    def trained(self) -> list[Path]:
        return sorted((self.folder / "kept").iterdir())


@pytest.fixture
def lth0_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Training:
    return Training(tmp_path, monkeypatch)


def test_a_training_whose_outputs_were_deleted_is_published_again(lth0_job, data_bin):
    setup = tiny_setup(data_bin, max_epoch=2)
    before = lth0_job.make(setup)
    assert lth0_job.runs == 2  # to the rewind point and to the end
    os.utime(lth0_job.folder / "checkpoint.pt", (0, 0))
    assert lth0_job.make(setup) == before
    assert lth0_job.runs == 0
    assert "seed 1 LTH0: has been trained before" in lth0_job.lines[0]
    # Snakemake takes an output that is older than its inputs for stale.
    assert (lth0_job.folder / "checkpoint.pt").stat().st_mtime > 1e9
    kept = lth0_job.trained()[0] / "checkpoint.pt"
    assert kept.samefile(lth0_job.folder / "checkpoint.pt"), "a copy takes space"


def test_validation_and_test_texts_decide_no_training(lth0_job, data_bin, tmp_path):
    data = shutil.copytree(data_bin, tmp_path / "bin")
    setup = tiny_setup(data, max_epoch=2)
    before = lth0_job.make(setup)
    # Version 0.2 recorded their hashes.
    note = lth0_job.trained()[0] / "recipe.json"
    noted = json.loads(note.read_text())
    others = ("valid.en-de.en.bin", "test1.en-de.en.bin", ".snakemake_timestamp")
    noted["recipe"]["data"] |= dict.fromkeys(others, "0")
    note.write_text(json.dumps(noted))
    shutil.copy(data / "train.en-de.en.bin", data / "test.en-de.en.bin")
    (data / "valid.en-de.en.bin").unlink()
    assert lth0_job.make(setup) == before
    assert lth0_job.runs == 0
    shutil.copy(data / "train.en-de.en.bin", data / "train.en-de.de.bin")
    assert setup.recipe() != noted["recipe"]
    noted["recipe"]["data"]["train.en-de.en.bin"] = "0"
    note.write_text(json.dumps(noted))
    assert not same_training(note, tiny_setup(data_bin, max_epoch=2).recipe())


@pytest.mark.long
def test_other_settings_are_another_training_and_the_first_stays(lth0_job, data_bin):
    first = lth0_job.make(tiny_setup(data_bin, max_epoch=2))
    assert lth0_job.make(tiny_setup(data_bin, max_epoch=2, lr=0.01)) != first
    assert lth0_job.runs == 2
    assert any("1 earlier trainings" in line for line in lth0_job.lines)
    assert lth0_job.make(tiny_setup(data_bin, max_epoch=2)) == first
    assert lth0_job.runs == 0


def test_a_new_version_of_the_training_trains_again(lth0_job, data_bin, monkeypatch):
    lth0_job.make(tiny_setup(data_bin, max_epoch=2))
    monkeypatch.setattr(command, "TRAINING_VERSION", command.TRAINING_VERSION + 1)
    lth0_job.make(tiny_setup(data_bin, max_epoch=2))
    assert lth0_job.runs == 2
    assert len(lth0_job.trained()) == 2


@pytest.mark.long
def test_a_damaged_training_is_carried_out_again(lth0_job, data_bin):
    setup = tiny_setup(data_bin, max_epoch=2)
    before = lth0_job.make(setup)
    kept = lth0_job.trained()[0] / "checkpoint.pt"
    kept.write_bytes(kept.read_bytes()[:1000])
    after = lth0_job.make(setup)
    assert lth0_job.runs == 2
    assert "is damaged" in lth0_job.lines[0]
    assert after["checkpoint.pt"] == before["checkpoint.pt"]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        *[
            ("recipe.json", content)
            for content in (b"", b'{"recipe": ', b"[]", b'{"sha256": 3}', b"\xff\xfe")
        ],
        ("checkpoint.pt", b"heights"),  # one byte differs
    ],
)
def test_a_damaged_record_or_output_of_a_training_drops_it(tmp_path, file, content):
    output, lines = tmp_path / "checkpoint.pt", list[str]()
    output.write_text("weights")
    trained = Trained(tmp_path / "kept", {"version": 1}, {"checkpoint.pt": output})
    trained.keep("LTH0", lines.append)
    output.unlink()
    assert trained.publish("LTH0", lines.append) and output.read_text() == "weights"
    (trained.folder / file).write_bytes(content)
    assert not trained.publish("LTH0", lines.append)
    assert "is damaged and removed" in lines[-1] and not trained.folder.exists()


@pytest.mark.long
def test_a_file_system_without_links_gets_copies(lth0_job, data_bin, monkeypatch):
    def link(*paths: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    setup = tiny_setup(data_bin, max_epoch=2)
    assert lth0_job.make(setup) == lth0_job.make(setup)
    assert lth0_job.runs == 0


@pytest.mark.parametrize("moment", ["before it is kept", "after"])
def test_a_kill_at_the_end_costs_no_update(lth0_job, data_bin, monkeypatch, moment):
    """The work folder goes only when the training is kept, so a kill finds one or the other."""
    setup = tiny_setup(data_bin, max_epoch=2)
    keep, kills = Trained.keep, itertools.count()

    def killed(trained: Trained, *arguments: object) -> None:
        if moment == "after":
            keep(trained, *arguments)  # type: ignore[arg-type]
        if next(kills) == 0:
            raise KeyboardInterrupt
        if moment != "after":
            keep(trained, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Trained, "keep", killed)
    with pytest.raises(KeyboardInterrupt):
        lth0_job.make(setup)
    lth0_job.make(setup)
    assert lth0_job.runs == 0
