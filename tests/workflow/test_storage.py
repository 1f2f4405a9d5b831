"""Results on an object store, through Snakemake's storage plugin and a server on this machine.

The plugin and the server are extras: pip install -e '.[s3,s3-test]'.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from tests.workflow.conftest import snakemake
from ticketscope.tickets.checkpoints import load, parameters

EXTRAS = "needs pip install -e '.[s3,s3-test]'"
pytest.importorskip("snakemake_storage_plugin_s3", reason=EXTRAS)
boto3 = pytest.importorskip("boto3", reason=EXTRAS)
server = pytest.importorskip("moto.server", reason=EXTRAS)

KEYS = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
PREFIX = "experiments/mine"

pytestmark = pytest.mark.workflow


class Store:
    """A bucket of a server that lives as long as the test."""

    def __init__(self, url: str) -> None:
        self.options = [
            "--default-storage-provider", "s3",
            "--default-storage-prefix", f"s3://ticketscope/{PREFIX}",
            "--storage-s3-endpoint-url", url,
            "--scheduler-subsample", "4",
        ]  # fmt: skip
        resource: Any = boto3.resource(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
        self.bucket = resource.create_bucket(Bucket="ticketscope")

    def listing(self) -> set[str]:
        return {item.key.removeprefix(f"{PREFIX}/") for item in self.bucket.objects.all()}

    def read(self, path: str) -> bytes:
        return self.bucket.Object(f"{PREFIX}/{path}").get()["Body"].read()


@pytest.fixture
def store() -> Iterator[Store]:
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield Store(f"http://{host}:{port}")
    running.stop()


def run(folder: Path, store: Store, *targets: str, overlay: dict[str, Any]) -> str:
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    configs = ["--configfile", "config/smoke.yaml", "overlay.yaml"]
    return snakemake(folder, *targets, *configs, *store.options, **KEYS)


def local_results(folder: Path) -> set[str]:
    """Files of the experiment on this disk, but for the locks of work folders."""
    files = (path for path in (folder / "results").rglob("*") if path.is_file())
    return {path.name for path in files if path.suffix != ".lock"}


def test_a_ticket_on_a_store_is_the_one_on_disk(smoke: Path, clone: Path, store: Store) -> None:
    """Text, training, pruning, retraining, decoding, scores: LTH0 and LTH1 to Table A1."""
    overlay = {
        "pruning": {"iterations": 1, "series": {"random": None, "control": None}},
        "probing": {"tickets": "all"},  # the smoke's list ends with a ticket that is not there
    }
    run(clone, store, "table_a1", overlay=overlay)
    assert local_results(clone) == set()
    for path in (
        "corpus/bin/train.en-de.en.bin",
        "tickets/seed1/magnitude/LTH1/mask.safetensors",
        "translations/seed1/magnitude/LTH1.txt",
    ):
        assert store.read(f"results/smoke/{path}") == (smoke / "results/smoke" / path).read_bytes()
    # A checkpoint also holds fairseq's arguments, the folder of its text among them.
    path = "results/smoke/tickets/seed1/magnitude/LTH1/checkpoint.pt"
    (clone / "stored.pt").write_bytes(store.read(path))
    stored, expected = (parameters(load(at)) for at in (clone / "stored.pt", smoke / path))
    assert stored.keys() == expected.keys()
    assert all(torch.equal(stored[name], expected[name]) for name in expected)
    assert "logs/smoke/tickets/seed1/magnitude/LTH1/retrain.log" in store.listing()
    assert "Nothing to be done" in run(clone, store, "table_a1", overlay=overlay)


def test_files_of_ones_own_are_read_from_this_disk(clone: Path, store: Store) -> None:
    (clone / "mine.en").write_text("one\ntwo\n")
    (clone / "mine.de").write_text("eins\nzwei\n")
    mine = {"src": "mine.en", "tgt": "mine.de"}
    overlay = {"corpus": {"train": ["toy", mine], "valid": mine, "test": mine, "limit": None}}
    run(clone, store, "results/smoke/corpus/raw/train.en", overlay=overlay)
    lines = store.read("results/smoke/corpus/raw/train.en").decode().splitlines()
    assert len(lines) == 1002
    assert lines[-2:] == ["one", "two"]
    assert (clone / "mine.en").exists()
    assert not [key for key in store.listing() if "mine." in key]
