"""Clean clone to the default's Table A1: wall time, and the share that is training or decoding."""

import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def measure() -> dict[str, object]:
    """`git clone`, `make env`, Table A1, then the rest of `make results`; pip's cache is off."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "clone"
        environment = {**os.environ, "PIP_NO_CACHE_DIR": "1"}
        start = time.perf_counter()
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
        subprocess.run(["make", "env"], cwd=folder, env=environment, check=True)
        installed = time.perf_counter()
        snakemake = [".venv/bin/python", "-m", "snakemake", "--cores", "all", "table_a1"]
        subprocess.run(snakemake, cwd=folder, env=environment, check=True)
        end = time.perf_counter()
        jobs = shares(folder / "logs/toy")
        subprocess.run(["make", "results"], cwd=folder, env=environment, check=True)
        whole = time.perf_counter()
    busy = sum(jobs.values()) - jobs["training"] - jobs["decoding"] + installed - start
    useful = jobs["training"] + jobs["decoding"]
    return {
        "limit": "900 seconds, at most 35 % not training or decoding",
        "wall_seconds": round(end - start),
        "install_seconds": round(installed - start),
        "wall_seconds_to_the_report": round(whole - start),
        "core_seconds": {name: round(value) for name, value in jobs.items()},
        "not_training_or_decoding": round(busy / (busy + useful), 3),
    }


def shares(logs: Path) -> dict[str, float]:
    """Seconds of all jobs of an experiment, each on one core, by what they went to.

    `training` and `decoding` are what fairseq itself reports, its start-up excluded; `rest of those
    jobs` is start-up, checks, hashing, publishing.
    """
    seconds_of = {"training": 0.0, "decoding": 0.0, "rest of those jobs": 0.0, "other jobs": 0.0}
    for path in sorted(logs.rglob("*.jsonl")):
        text = path.with_suffix(".log").read_text(encoding="utf-8")
        wall = json.loads(path.read_text().splitlines()[-1])["s"]
        training = sum(map(float, re.findall(r"done training in ([\d.]+) seconds", text)))
        decoding = sum(map(float, re.findall(r"Translated .* tokens\) in ([\d.]+)s", text)))
        seconds_of["training"] += training
        seconds_of["decoding"] += decoding
        kind = "rest of those jobs" if training or decoding else "other jobs"
        seconds_of[kind] += wall - training - decoding
    return seconds_of
