"""Compute nodes seldom have the internet: after `snakemake corpus` nothing needs a network."""

import gzip
import http.server
import shutil
import socket
import subprocess
import sys
import threading
from itertools import islice

import pytest
import yaml

from tests.workflow.conftest import cut_off, jobs, snakemake

# Real text and a task of the free suite, in small; two processes a training, which talk by gloo.
MULTI30K = {
    "corpus": {"limit": 300, "test": {"src": "test.en", "tgt": "test.de"}},
    "subwords": {"size": 300},
    "model": {
        "overrides": {
            f"{side}-{size}": 32
            for side in ("encoder", "decoder")
            for size in ("embed-dim", "ffn-embed-dim")
        }
    },
    "training": {"max_epoch": 2, "max_tokens": 1500, "update_freq": 2, "devices": 2},
    "pruning": {"iterations": 0},
    "probing": {"tasks": ["NER"], "tickets": "all"},
}


@pytest.fixture
def cut():
    """Runs without a network, but for the loopback."""
    words = cut_off(loopback=True)
    if not words:
        pytest.skip("cannot cut the network off: needs unshare and ip, as root or user namespaces")
    return words


def test_what_is_cut_off_reaches_nobody(cut):
    """Else the tests below, and all of the smoke experiment, would prove nothing."""
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    connect = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
    for before, code in (([], 0), (cut, 1), (cut_off(), 1)):
        done = subprocess.run([*before, sys.executable, "-c", connect], capture_output=True)
        assert done.returncode == code, done.stderr
    listed = "import socket; print([name for _, name in socket.if_nameindex()])"
    done = subprocess.run([*cut, sys.executable, "-c", listed], capture_output=True, text=True)
    assert done.stdout.strip() == "['lo']"
    assert len(socket.if_nameindex()) > 1, "this machine has no network either"
    server.shutdown()


def test_the_smoke_experiment_ran_to_its_end_without_a_network(cut, smoke):
    """All of its jobs: its text is the grammar's, so nothing at all is fetched."""
    assert (smoke / "results/smoke/report.html").is_file()
    assert jobs((smoke / "printed.txt").read_text())["report_page"] == 1


@pytest.mark.long
def test_real_text_trains_and_translates_offline_once_its_corpus_is_there(cut, clone, mirror):
    (clone / "small.yaml").write_text(yaml.safe_dump(MULTI30K))
    for language in ("en", "de"):
        with gzip.open(mirror / f"multi30k/test_2016_flickr.{language}.gz", "rt") as lines:
            (clone / f"test.{language}").write_text("".join(islice(lines, 20)))
    config = ["--configfile", "config/multi30k.yaml", "small.yaml"]
    missing = snakemake(clone, "corpus", *config, code=1, before=cut, TICKETSCOPE_MIRROR="")
    assert "cannot download https://raw.githubusercontent.com/multi30k/" in missing

    shutil.copytree(mirror / "multi30k", clone / "mirror/multi30k")
    shutil.copytree(mirror / "wikigold", clone / "mirror/wikigold")
    snakemake(clone, "corpus", *config, TICKETSCOPE_MIRROR="mirror")
    shutil.rmtree(clone / "mirror")

    # Not even the variable is set where there is no mirror.
    rest = jobs(snakemake(clone, "-n", *config, before=cut, TICKETSCOPE_MIRROR=""))
    assert {"train_dense", "free_task", "report_page"} < set(rest)
    assert not {"download", "free_source"} & set(rest)
    targets = ["translations", "resources/probing/free/NER/statistics.json"]
    snakemake(clone, *targets, *config, before=cut, TICKETSCOPE_MIRROR="")
    text = (clone / "results/multi30k/translations/seed1/dense/LTH0.txt").read_text()
    assert len(text.splitlines()) == 20
    log = (clone / "logs/multi30k/tickets/seed1/dense/LTH0/train.log").read_text()
    assert "training on 2 devices" in log
