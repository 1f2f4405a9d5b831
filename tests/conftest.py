"""A corpus of a few lines and a model of a few weights, trained by the real fairseq."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from ticketscope.config import Config, validate
from ticketscope.tickets.command import Setup
from ticketscope.tickets.dense_mask import dense_mask
from ticketscope.tickets.settings import Model, Training
from ticketscope.tickets.train_dense import train_dense

ROOT = Path(__file__).parents[1]

# As in the workflow: small models run fastest on one thread, and their bytes depend on it.
os.environ.setdefault("OMP_NUM_THREADS", "1")


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


@pytest.fixture(scope="session")
def data_bin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """fairseq-preprocess's folder of 200 made-up pairs; `de` reverses `en` in other words."""
    return make_data_bin(tmp_path_factory.mktemp("corpus"))


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
    subprocess.run(
        [
            sys.executable, "-m", "fairseq_cli.preprocess", "--joined-dictionary",
            "--source-lang", "en", "--target-lang", "de", "--destdir", str(folder / "bin"),
            *(f"--{split}pref={folder / split}" for split in ("train", "valid", "test")),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    (folder / "bin/preprocess.log").unlink()
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
    folder = tmp_path_factory.mktemp("LTH0")
    train_dense(
        tiny_setup(data_bin),
        work=folder / "work",
        kept=folder / "kept",
        checkpoint=folder / "checkpoint.pt",
        rewind_points={2: folder / "rewind/epoch2.pt"},
        log=folder / "log.csv",
        progress=lambda line: None,
    )
    dense_mask(
        folder / "checkpoint.pt", embeddings=False, biases=True, output=folder / "mask.safetensors"
    )
    return folder
