"""When a piece of a training ends, before programs that answer as Slurm's do."""

import os
import time

import pytest

from ticketscope.cluster import pieces
from ticketscope.cluster.pieces import Piece


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Sets what squeue and scontrol do; returns the arguments of their calls."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("SLURM_JOB_ID", "17")
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    class Fake:
        def does(self, program, shell):
            script = tmp_path / program
            script.write_text(f'#!/bin/sh\necho "{program} $*" >> {tmp_path}/calls\n{shell}\n')
            script.chmod(0o755)

        def calls(self):
            path = tmp_path / "calls"
            return path.read_text().splitlines() if path.exists() else []

        def wait(self, seconds):
            now[0] += seconds

    return Fake()


def test_a_piece_ends_five_minutes_before_its_limit_and_slurm_is_asked_seldom(slurm):
    piece = Piece()
    slurm.does("squeue", "echo 15:00 2-00:00:00")
    assert [piece.is_over() for _ in range(1000)] == [False] * 1000
    assert slurm.calls() == ["squeue --noheader --jobs=17 --format=%L %l"]
    slurm.does("squeue", "echo 5:01 2-00:00:00")
    slurm.wait(600)
    assert not piece.is_over()
    slurm.does("squeue", "echo 5:00 2-00:00:00")
    slurm.wait(1)
    assert piece.is_over()


def test_a_limit_that_was_raised_meanwhile_counts(slurm):
    piece = Piece()
    slurm.does("squeue", "echo 5:10 1:00:00")
    assert not piece.is_over()
    slurm.does("squeue", "echo 1:05:00 2:00:00")
    slurm.wait(10)
    assert not piece.is_over()


def test_of_a_short_limit_half_is_left_to_train(slurm):
    slurm.does("squeue", "echo 31 1:00")
    assert not Piece().is_over()
    slurm.does("squeue", "echo 30 1:00")
    assert Piece().is_over()


@pytest.mark.parametrize(
    "shell", ["echo UNLIMITED UNLIMITED", "echo INVALID 1:00", "exit 1", "echo no such job; exit 1"]
)
def test_without_a_limit_or_an_answer_no_piece_ends_and_slurm_is_asked_again_later(slurm, shell):
    piece = Piece()
    slurm.does("squeue", shell)
    assert not piece.is_over()
    assert not piece.is_over()
    slurm.wait(600)
    assert not piece.is_over()
    assert len(slurm.calls()) == 2


def test_without_slurms_programs_it_goes_on(slurm, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert not Piece().is_over()


def test_a_refused_requeue_lets_the_training_go_on_without_asking_at_each_update(slurm, capsys):
    slurm.does("squeue", "echo 10 1:00:00")
    slurm.does("scontrol", "echo Requeue disabled >&2; exit 1")
    piece = Piece()
    assert piece.is_over()
    piece.continue_later()
    assert slurm.calls()[-1] == "scontrol requeue 17"
    assert "scontrol requeue said Requeue disabled" in capsys.readouterr().out
    assert not piece.is_over()


def test_after_a_requeue_the_process_waits_for_its_end(slurm, monkeypatch):
    class Ended(BaseException):
        pass

    def sleep(seconds):
        raise Ended

    monkeypatch.setattr(pieces.time, "sleep", sleep)
    slurm.does("scontrol", "")
    with pytest.raises(Ended):
        Piece().continue_later()


@pytest.mark.parametrize(
    ("text", "seconds"), [("59", 59), ("2:03", 123), ("1:00:00", 3600), ("2-00:00:05", 172805)]
)
def test_times_as_slurm_writes_them(text, seconds):
    assert pieces._seconds(text) == seconds
