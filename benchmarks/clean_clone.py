"""What a newcomer waits for: a clean clone, its environment, the demo, the default's report.

Half an hour on two quiet cores. pip's cache is off.
"""

import os
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Seconds that each part may take on two quiet cores; `results` includes the environment.
LIMITS = {"seconds.demo": ("at most", 120), "seconds.results": ("at most", 2400)}


def measure() -> dict[str, object]:
    """Clone, `make env`, `make demo`, `make results`, one after another."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "clone"
        clone = _timed("git", "clone", "-q", str(ROOT), str(folder), cwd=ROOT)
        env, demo, results = (
            _timed("make", target, cwd=folder) for target in ("env", "demo", "results")
        )
    seconds = {"env": clone + env, "demo": demo, "results": clone + env + results}
    return {"seconds": {part: round(value) for part, value in seconds.items()}}


def _timed(*command: str, cwd: Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, env={**os.environ, "PIP_NO_CACHE_DIR": "1"}, check=True)
    return time.perf_counter() - start
