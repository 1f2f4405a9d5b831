"""The smoke experiment, run once for all tests that look at it, without a network if possible."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, once
from tests.warm import Program, Warm
from ticketscope.upstream import script_server, snakemake_scripts

BIN = Path(sys.executable).parent


def command(*arguments: str) -> list[str]:
    return [str(BIN / "snakemake"), "--cores", "2", *arguments]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", **more}


@cache
def cut_off(loopback: bool = False) -> list[str]:
    """What to write before a command to run it without a network; nothing where that cannot be.

    Its network has no interface but a loopback that is down, or with `loopback` one that works, as
    every machine has.
    """
    # A user may have a network of its own only as the root of a user namespace of its own.
    for unshare in (["unshare", "--net"], ["unshare", "--net", "--map-root-user"]):
        words = [*unshare, "sh", "-ec", ("ip link set lo up; " * loopback) + 'exec "$@"', "sh"]
        with suppress(FileNotFoundError):
            if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
                return words
    return []


def snakemake(
    folder: Path, *arguments: str, code: int = 0, before: Sequence[str] = (), **more: str
) -> str:
    """Run snakemake in `folder`, with words `before` its command; what it printed."""
    if not before:
        reading, writing = os.pipe()
        with os.fdopen(reading, encoding="utf-8") as output:
            program = start(folder, *arguments, output=writing, **more)
            os.close(writing)
            printed = output.read()
        returned = program.wait()
    else:
        done = subprocess.run(
            [*before, *command(*arguments)],
            cwd=folder,
            env=environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        returned, printed = done.returncode, done.stdout
    assert returned == code, printed
    return printed


SNAKEMAKE = Warm(["snakemake.cli"], environment=environment())
# The same, for runs in which jobs start.
SNAKEMAKE_AND_SCRIPTS = Warm(
    ["snakemake.cli", "ticketscope.upstream.quick_fairseq", *script_server.MODULES],
    environment=environment(**snakemake_scripts.ENVIRONMENT),
)


def start(folder: Path, *arguments: str, output: int, **more: str) -> Program:
    """Start snakemake in `folder` without its imports; what it prints goes to a descriptor."""
    runs = "-n" not in arguments
    return (SNAKEMAKE_AND_SCRIPTS if runs else SNAKEMAKE).start(
        ["snakemake", *command(*arguments)[1:]],
        environment(**more),
        output,
        folder,
        with_scripts=runs,
    )


def jobs(printed: str) -> dict[str, int]:
    """Jobs by rule in a dry-run's table, without targets and the total."""
    table = re.findall(r"^(\w+) +(\d+)$", printed.split("Reasons:")[0], re.MULTILINE)
    return {rule: int(count) for rule, count in table if rule not in ("total", "all", "results")}


def copy_workflow(destination: Path) -> Path:
    """The workflow without results, so that a test may edit it and run in it."""
    for name in ("Snakefile", "config.yaml"):
        shutil.copy(ROOT / name, destination)
    for name in ("rules", "envs", "workflow", "config", "profiles", "slurm"):
        shutil.copytree(ROOT / name, destination / name)
    return destination


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return copy_workflow(tmp_path)


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the smoke experiment has run to its end; not to be changed."""

    def run(folder: Path) -> None:
        copy_workflow(folder)
        printed = snakemake(folder, "--configfile", "config/smoke.yaml", before=cut_off())
        (folder / "printed.txt").write_text(printed)

    return once(tmp_path_factory, "smoke", run)


@pytest.fixture
def smoke_copy(smoke: Path, tmp_path: Path) -> Path:
    """The same, to be changed: files keep their times, so nothing in it is stale."""
    return Path(shutil.copytree(smoke, tmp_path / "smoke", symlinks=True))


@pytest.fixture
def stale(smoke: Path, tmp_path: Path) -> Callable[..., dict[str, int]]:
    """Jobs that the finished smoke experiment would re-run after a change of config or code."""

    def count(overlay: dict | None = None, edit: tuple[str, str, str] | None = None) -> dict:
        arguments = ["-n", "--configfile", "config/smoke.yaml"]
        more = {}
        if overlay is not None:
            path = tmp_path / "overlay.yaml"
            path.write_text(yaml.safe_dump(overlay))
            arguments.append(str(path))
        if edit is not None:
            name, old, new = edit
            shutil.copytree(ROOT / "src", tmp_path / "src", dirs_exist_ok=True)
            path = tmp_path / "src/ticketscope" / name
            text = path.read_text()
            assert old in text, f"{name} has no such line as {old!r}"
            path.write_text(text.replace(old, new, 1))
            more["PYTHONPATH"] = str(tmp_path / "src")
        return jobs(snakemake(smoke, *arguments, **more))

    return count
