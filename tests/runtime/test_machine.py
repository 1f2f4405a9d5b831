"""What a log says of the GPUs, where the driver tells and where a container hides it."""

import sys

import pytest

from ticketscope.runtime import devices, machine


@pytest.fixture
def driver(monkeypatch, tmp_path):
    """A machine with a driver whose files lie in the folder that is returned, if anywhere."""
    (tmp_path / "nvidiactl").touch()
    monkeypatch.setattr(devices, "_DRIVERS", [str(tmp_path / "nvidiactl")])
    monkeypatch.setattr(machine, "_GPUS", tmp_path / "gpus")
    return tmp_path / "gpus"


def test_the_drivers_files_are_counted_and_torch_is_not_asked(driver, monkeypatch):
    for number, model in enumerate(["NVIDIA A100", "NVIDIA A100", "NVIDIA T4"]):
        file = driver / str(number) / "information"
        file.parent.mkdir(parents=True)
        file.write_text(f"Model: \t\t {model}\nIRQ:   \t\t 24\n")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert machine.machine().endswith(", 2 x NVIDIA A100 and 1 x NVIDIA T4")


def test_the_drivers_tool_is_asked_where_the_files_are_hidden(driver, monkeypatch, tmp_path):
    tool = tmp_path / "nvidia-smi"
    tool.write_text('#!/bin/sh\n[ "$1" = --query-gpu=name ] && echo NVIDIA H200\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert machine.machine().endswith(", 1 x NVIDIA H200")
    tool.write_text("#!/bin/sh\nexit 9\n")  # it cannot talk to the driver
    assert machine.machine().endswith(", no GPU")


def test_torch_is_asked_where_the_tool_is_missing_too(driver, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    torch = tmp_path / "torch.py"
    torch.write_text(
        "class cuda:\n"
        "    device_count = staticmethod(lambda: 2)\n"
        "    get_device_name = staticmethod(lambda number: f'Card {number}')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    said = machine.machine()
    assert said.endswith(", 1 x Card 0 and 1 x Card 1")
    assert machine.has_gpu(said)


def test_without_a_driver_nobody_is_asked(driver, monkeypatch):
    monkeypatch.setattr(devices, "_DRIVERS", [])
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    said = machine.machine()
    assert said.endswith(", no GPU")
    assert not machine.has_gpu(said)
