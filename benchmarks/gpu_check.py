"""What only a GPU can show, in at most eight minutes: benchmarks/results/gpu.json.

    make gpu-check

Each step is a function in `gpu_checks` or `gpu_speed`, runs in a process of its own within its
budget, and is written down before the next one begins: an interrupted run keeps what it has
measured. A step that finds what it must not find raises `gpu_step.CheckError`; the others go on.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from run import machine

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
        print("gpu-check: torch sees no GPU here, so there is nothing to check", file=sys.stderr)
        return 1
    # So that a step that runs ends with us.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    failed = 0
    steps: dict[str, object] = {}
    for step in arguments.steps or BUDGETS:
        print(f"{step} (at most {BUDGETS[step]} s) ...", flush=True)
        steps[step] = measured = _run(step, arguments.device, arguments.tiny)
        failed += measured["verdict"] != "passed"
        for key, value in measured.items():
            print(f"  {key}: {value}", flush=True)
        _write(arguments.output, {**card, "steps": steps})
    return failed


def _card(device: str) -> dict[str, object] | None:
    """Names and driver of the GPUs; None where there is none."""
    if device == "cpu":
        return {"cards": []}
    import torch

    if not torch.cuda.is_available():
        return None
    query = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        driver = subprocess.run(query, capture_output=True, text=True, check=True).stdout.split()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        driver = "unknown"
    cards = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
    return {
        "cards": [f"{card.name}, {card.total_memory / 2**30:.1f} GiB" for card in cards],
        "driver": driver,
        "cuda": torch.version.cuda or f"ROCm {torch.version.hip}",
    }


def _run(step: str, device: str, tiny: bool) -> dict[str, object]:
    """A step's verdict, seconds and numbers."""
    command = [sys.executable, str(HERE / "gpu_steps.py"), step, device, str(int(tiny))]
    begin = time.monotonic()
    with _group(command) as process:
        try:
            printed, _ = process.communicate(timeout=None if tiny else BUDGETS[step])
        except subprocess.TimeoutExpired:
            return {"verdict": "over budget", "budget": BUDGETS[step]}
    lines = printed.strip().splitlines() or ["it printed nothing"]
    try:
        result: dict[str, object] = json.loads(lines[-1])
    except json.JSONDecodeError:
        print(printed, file=sys.stderr)
        result = {"verdict": "failed", "why": lines[-1]}
    return {**result, "seconds": round(time.monotonic() - begin, 1)}


@contextmanager
def _group(command: list[str]) -> Iterator["subprocess.Popen[str]"]:
    """A process; whatever it has started ends with the block."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _write(path: Path, measured: dict[str, object]) -> None:
    text = {
        "what": "Every part on a GPU, and beside a CPU",
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": machine(),
        **measured,
    }
    path.parent.mkdir(exist_ok=True, parents=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


if __name__ == "__main__":
    sys.exit(main())
