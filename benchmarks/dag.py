"""What the DAG costs before any job runs: dry-run of the paper's experiment, and nothing to do."""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SNAKEMAKE = [sys.executable, "-m", "snakemake", "--cores", "2"]
ROUNDS = 5


def measure() -> dict[str, object]:
    """Seconds, beside those that snakemake takes for a workflow of one rule."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("Snakefile", "config.yaml"):
            shutil.copy(ROOT / file, folder)
        for part in ("rules", "envs", "workflow", "config", "profiles"):
            shutil.copytree(ROOT / part, folder / part)
        smoke = ["--configfile", "config/smoke.yaml"]
        subprocess.run([*SNAKEMAKE, *smoke], cwd=folder, check=True, capture_output=True)
        (folder / "empty").mkdir()
        (folder / "empty/Snakefile").write_text("rule one:\n    shell: 'true'\n")
        found: dict[str, list[float]] = {"one_rule": [], "wmt16": [], "nothing_to_do": []}
        for _ in range(ROUNDS):
            found["one_rule"].append(_time(folder / "empty", ["-n"]))
            found["wmt16"].append(_time(folder, ["-n", "--configfile", "config/wmt16.yaml"]))
            found["nothing_to_do"].append(_time(folder, smoke))
    medians = {key: round(statistics.median(values), 2) for key, values in found.items()}
    return {
        "limit": "dry-run of wmt16 under 10 s, nothing to do under 5 s",
        "seconds_median": medians,
        "wmt16_over_one_rule": round(medians["wmt16"] / medians["one_rule"], 2),
        "nothing_to_do_over_one_rule": round(medians["nothing_to_do"] / medians["one_rule"], 2),
        "seconds": {key: [round(value, 2) for value in values] for key, values in found.items()},
    }


def _time(folder: Path, arguments: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([*SNAKEMAKE, *arguments], cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - start
