"""A corpus of a few lines and a model of a few weights, trained by the real fairseq."""

import fcntl
import os
import random
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from tests.lottery import train
from tests.warm import Program, Warm
from ticketscope.config import Config, validate
from ticketscope.corpus.binarize import binarize
from ticketscope.runtime import processes
from ticketscope.runtime.processes import fairseq_command, fairseq_environment
from ticketscope.tickets.command import Setup
from ticketscope.tickets.dense_mask import dense_mask
from ticketscope.tickets.settings import Model, Training

ROOT = Path(__file__).parents[1]

# As in the workflow: small models run fastest on one thread, and their bytes depend on it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test asserts a time: a busy machine would fail it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.hookimpl(trylast=True)  # when it is known which tests are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the smoke experiment, the longest fixture, for which all processes may wait."""
    waiting = [item for item in items if "smoke" in getattr(item, "fixturenames", ())]
    items.sort(key=lambda item: item not in waiting[:1])  # stable


FAIRSEQ = Warm(
    ["ticketscope.upstream.quick_fairseq", "torch._dynamo"], environment=fairseq_environment(None)
)
PYTHON_PATH = fairseq_environment(None)["PYTHONPATH"]


@pytest.fixture(scope="session", autouse=True)
def warm_fairseq() -> Iterator[None]:
    """fairseq on CPU starts as in a job of the workflow: forked where it has been imported.

    A test that puts modules of its own on fairseq's path gets a new interpreter.
    """
    start = processes._start

    def start_warm(
        command: Sequence[str], environment: Mapping[str, str], output: int
    ) -> "subprocess.Popen[bytes] | processes._Fork | Program":
        if (
            "--cpu" in command
            and command[:3] == fairseq_command(command[3])[:3]
            and environment["PYTHONPATH"] == PYTHON_PATH
        ):
            return FAIRSEQ.start(command[2:], environment, output)
        return start(command, environment, output)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "_start", start_warm)
        yield


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that one of the processes sharing the tests makes, while the others wait for it."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, made = root / name, root / f"{name}.made"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            folder.mkdir()
            make(folder)
            made.touch()
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder with real public data, or a skip that says where it was looked for."""
    folder = Path(os.environ.get("TICKETSCOPE_MIRROR", ROOT.parent / "shared/mirror"))
    if not folder.is_dir():
        pytest.skip(f"no mirror of public data at {folder} (set TICKETSCOPE_MIRROR)")
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte: full as soon as anything real is written."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount a small file system: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def run_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Gives code that each of fairseq's processes runs before anything else."""

    def set_up(code: str) -> None:
        (tmp_path / "site").mkdir()
        # Python imports a module of this name as it starts.
        (tmp_path / "site/sitecustomize.py").write_text(code)
        paths = [str(tmp_path / "site"), *filter(None, [os.environ.get("PYTHONPATH")])]
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))

    return set_up


@pytest.fixture(scope="session")
def data_bin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """fairseq-preprocess's folder of 200 made-up pairs; `de` reverses `en` in other words."""
    return once(tmp_path_factory, "corpus", make_data_bin) / "bin"


@pytest.fixture(scope="session")
def pairs(data_bin: Path) -> list[list[str]]:
    """Source and target of valid's first six pairs."""
    return [
        (data_bin.parent / f"valid.{language}").read_text().splitlines()[:6]
        for language in ("en", "de")
    ]


def make_data_bin(folder: Path) -> Path:
    """Write the pairs and their binary data into a folder; fairseq-preprocess's folder in it."""
    folder.mkdir(exist_ok=True)
    generator = random.Random(1)
    for split, size in (("train", 200), ("valid", 20), ("test", 20)):
        lines = [
            [f"w{min(int(generator.expovariate(0.3)), 19)}" for _ in range(generator.randint(3, 9))]
            for _ in range(size)
        ]
        (folder / f"{split}.en").write_text("".join(" ".join(line) + "\n" for line in lines))
        (folder / f"{split}.de").write_text(
            "".join(" ".join(f"v{word[1:]}" for word in reversed(line)) + "\n" for line in lines)
        )
    prefixes = {split: folder / split for split in ("train", "valid", "test")}
    binarize(prefixes, folder / "bin", source="en", target="de")
    return folder / "bin"


def tiny_config(**training: object) -> Config:
    """A config whose trainings take seconds."""
    size = {"embed-dim": 16, "ffn-embed-dim": 24, "layers": 1, "attention-heads": 2}
    overrides = {f"{side}-{key}": n for side in ("encoder", "decoder") for key, n in size.items()}
    base = {"max_epoch": 4, "max_tokens": 120, "warmup_updates": 5, "log_interval": 1}
    return validate(
        {
            "model": {"overrides": overrides | {"share-all-embeddings": True}},
            "training": base | training,
            "rewinding": {"point": 0.5},
        }
    )


def tiny_setup(data: Path, **training: object) -> Setup:
    """The same as a training setup."""
    config = tiny_config(**training)
    return Setup(
        Model.model_validate(config.model.model_dump()),
        Training.model_validate(config.training.model_dump()),
        config.languages,
        data,
        seed=1,
    )


@pytest.fixture(scope="session")
def lth0(data_bin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a trained LTH0: checkpoint.pt, rewind/epoch2.pt, mask.safetensors, log.csv."""

    def make(folder: Path) -> None:
        train(tiny_setup(data_bin), folder, rewind_points={2: folder / "rewind/epoch2.pt"})
        dense_mask(
            folder / "checkpoint.pt",
            embeddings=False,
            biases=True,
            output=folder / "mask.safetensors",
        )

    return once(tmp_path_factory, "LTH0", make)
