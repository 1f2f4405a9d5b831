"""What only a GPU can show, in at most eight minutes: benchmarks/results/gpu.json.

    make gpu-check

Each step is a function in `gpu_checks` or `gpu_speed`, runs in a process of its own within its
budget and what earlier ones left of theirs, and is written down before the next one begins: an
interrupted run keeps what it has measured. A step that finds what it must not find raises
`gpu_step.CheckError`; the others go on. `python benchmarks/gpu_check.py memory jobs` runs some
again, in place of those that the file has of the same card.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from run import machine
from ticketscope.runtime.devices import VISIBLE

HERE = Path(__file__).parent
RESULT = HERE / "results/gpu.json"

# Seconds that a step may take, in the order in which they run: 470 in all.
BUDGETS = {
    "smoke": 120,
    "memory": 20,
    "precision": 110,
    "jobs": 25,
    "similarity_and_probing": 20,
    "masking": 50,
    "extraction": 30,
    "networks": 55,
    "transformer_big": 40,
}


def main() -> int:
    """Run the steps; how many failed, or 1 without a GPU."""
    parser = argparse.ArgumentParser(description="Check and measure on a GPU.")
    parser.add_argument("steps", nargs="*", help=f"some of: {', '.join(BUDGETS)}; default: all")
    # The tests run every line of a step but the device's own.
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"], help=argparse.SUPPRESS)
    parser.add_argument("--tiny", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, default=RESULT, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if unknown := set(arguments.steps) - set(BUDGETS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    card = _card(arguments.device)
    if card is None:
        print(
            f"gpu-check: torch {version('torch')} sees no GPU here, so there is nothing to check",
            file=sys.stderr,
        )
        return 1
    # So that a step that runs ends with us.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    failed = 0
    steps = _earlier(arguments.output, card) if arguments.steps else {}
    deadline = time.monotonic()
    for step in arguments.steps or BUDGETS:
        deadline += BUDGETS[step]
        limit = deadline - time.monotonic()
        print(f"{step} (at most {limit:.0f} s) ...", flush=True)
        steps[step] = measured = _run(step, arguments.device, arguments.tiny, limit)
        failed += measured["verdict"] != "passed"
        for key, value in measured.items():
            print(f"  {key}: {value}", flush=True)
        ordered = {name: steps[name] for name in BUDGETS if name in steps}
        _write(arguments.output, {**card, "steps": ordered})
    return failed


# In a process of its own: one that has looked at a GPU holds it, and some serve one at a time.
CARDS = """
import json, torch

count = torch.cuda.device_count() if torch.cuda.is_available() else 0
cards = [torch.cuda.get_device_properties(number) for number in range(count)]
print(json.dumps({
    "cards": [f"{card.name}, {card.total_memory / 2**30:.1f} GiB" for card in cards],
    "cuda": torch.version.cuda or f"ROCm {torch.version.hip}",
}))
"""


def _card(device: str) -> dict[str, Any] | None:
    """Names and driver of the GPUs, which all steps then need not ask for; None without any."""
    if device == "cpu":
        return {"cards": []}
    done = subprocess.run(
        [sys.executable, "-c", CARDS], stdout=subprocess.PIPE, text=True, check=True
    )
    card: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    count = len(card["cards"])
    if not count:
        return None
    names = os.environ.get(VISIBLE, ",".join(map(str, range(count)))).split(",")[:count]
    os.environ[VISIBLE] = ",".join(names)
    query = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        driver = subprocess.run(query, capture_output=True, text=True, check=True).stdout.split()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        driver = "unknown"
    return {**card, "driver": driver}


def _earlier(path: Path, card: Mapping[str, object]) -> dict[str, Any]:
    """Steps that the file has from the same cards, driver and CUDA."""
    with suppress(OSError, ValueError):
        written = json.loads(path.read_text(encoding="utf-8"))
        if all(written.get(key) == value for key, value in card.items()):
            return dict(written["steps"])
    return {}


def _run(step: str, device: str, tiny: bool, limit: float) -> dict[str, object]:
    """A step's verdict, numbers, seconds and date; shows what one printed that did not pass."""
    command = [sys.executable, str(HERE / "gpu_steps.py"), step, device, str(int(tiny))]
    begin = time.monotonic()
    printed = ""
    result: dict[str, object] = {"verdict": "over budget"}
    with _group(command) as process:
        try:
            printed, _ = process.communicate(timeout=None if tiny else limit)
            result = _result(printed)
        except subprocess.TimeoutExpired:
            _kill(process)
            with suppress(subprocess.TimeoutExpired):
                printed, _ = process.communicate(timeout=10)
    if result["verdict"] != "passed":
        print(printed[-5000:], file=sys.stderr, flush=True)
    return {**result, "seconds": round(time.monotonic() - begin, 1), "date": _now()}


def _result(printed: str) -> dict[str, object]:
    """What a step says of itself in its last line."""
    last = (printed.strip().splitlines() or ["it printed nothing"])[-1]
    try:
        result: dict[str, object] = json.loads(last)
    except json.JSONDecodeError:
        return {"verdict": "failed", "why": last}
    return result


@contextmanager
def _group(command: list[str]) -> Iterator["subprocess.Popen[str]"]:
    """A process; whatever it has started ends with the block."""
    # In a job of Slurm, a training would put the job back into the queue when its end is near.
    environment = {name: value for name, value in os.environ.items() if "SLURM" not in name}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _kill(process)
        process.wait()


def _kill(process: "subprocess.Popen[str]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _write(path: Path, measured: dict[str, object]) -> None:
    text = {
        "what": "Every part on a GPU, and beside a CPU",
        "date": _now(),
        "machine": machine(),
        **measured,
    }
    path.parent.mkdir(exist_ok=True, parents=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


if __name__ == "__main__":
    sys.exit(main())
