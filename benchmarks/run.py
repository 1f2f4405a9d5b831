"""Measure, and write what was measured to benchmarks/results, with machine and date.

    python benchmarks/run.py                 all but the long ones and what needs a peer's package
    python benchmarks/run.py cut masking     some

What a finished experiment cost is measured by benchmarks/experiment.py.

Each measurement is a module here with a function `measure() -> dict`: ratios against a peer or a
limit that ran beside it. `LIMITS`, if it has them, are what the numbers should keep to; a number
that does not is named under `missed`.
"""

import importlib
import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).parent
SHORT = ["masking", "cut", "paper_cut", "dag", "extraction", "probing", "sparse"]
ALL = [*SHORT, "similarity", "store", "clean_clone", "slurm", "slurm_groups"]

# By a number's name, `outer.inner` if it is within another result.
Limits = Mapping[str, tuple[Literal["at most", "at least"], float]]


def machine() -> dict[str, object]:
    """What the numbers depend on."""
    cpu = "unknown"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "numpy", "snakemake", "ve-fairseq")},
    }


def main(names: list[str]) -> int:
    """Run the named measurements; how many missed a limit."""
    unknown = set(names) - set(ALL)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(ALL)}", file=sys.stderr)
        return 2
    sys.path.insert(0, str(HERE))
    failed = 0
    for name in names or SHORT:
        print(f"{name} ...", flush=True)
        module = importlib.import_module(name)
        result = judged(module.measure(), getattr(module, "LIMITS", {}))
        write(HERE / f"results/{name}.json", module.__doc__, result)
        failed += bool(result.get("missed"))
    return failed


def judged(result: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """A result with its limits and those that it missed; a number that is not there has none."""
    if not limits:
        return dict(result)
    numbers = {name: number for name in limits if (number := _number(result, name)) is not None}
    missed = [
        f"{name} is {number}, the limit {side} {limit}"
        for name, number in numbers.items()
        for side, limit in [limits[name]]
        if (number > limit if side == "at most" else number < limit)
    ]
    kept = {name: "{} {}".format(*limits[name]) for name in numbers}
    return {"limits": kept, "missed": missed, **result}


def _number(result: Mapping[str, Any], name: str) -> Any:
    outer, _, inner = name.partition(".")
    value = result.get(outer)
    return _number(value, inner) if inner and value is not None else value


def write(path: Path, what: str, result: Mapping[str, object]) -> None:
    """Write and show a result, with machine and date; `what` is the text of the measurement."""
    measured = {
        "what": what.split("\n")[0],
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": machine(),
        **result,
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    for key, value in result.items():
        print(f"  {key}: {value}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
