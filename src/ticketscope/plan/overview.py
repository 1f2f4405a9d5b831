"""How far the tickets of an experiment are, read from its files while Snakemake runs.

`make watch`, or `python -m ticketscope.plan.overview config.yaml ...`, shows it again and again, in
another terminal or on another machine that sees the same files.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ticketscope.config import load
from ticketscope.errors import InputError
from ticketscope.plan.experiment import Plan
from ticketscope.plan.names import TicketName
from ticketscope.tickets.workfolder import ROWS, read_rows

SILENT = 120  # seconds without a row after which a training is no longer called running
RECENT = 50  # rows of the log that tell the present speed


@dataclass(frozen=True)
class Progress:
    """A training that is under way.

    Attributes:
        epoch: Epochs behind it, counted from LTH0's first.
        update: Updates behind it.
        loss: Of the last row of its log.
        tokens_per_second: Target subwords, all devices together.
        seconds_per_epoch: None before two rows of one run.
        age: Seconds since its last row.
    """

    epoch: float
    update: int
    loss: float
    tokens_per_second: float
    seconds_per_epoch: float | None
    age: float


def progress(rows: Path, now: float) -> Progress | None:
    """What a training's rows say; None before the first."""
    recent = read_rows(rows)[-RECENT:]
    if not recent:
        return None
    last = first = recent[-1]
    for row in reversed(recent):
        if first["time"] - row["time"] > SILENT:  # of a run that was killed
            break
        first = row
    epochs = last["epoch"] - first["epoch"]
    return Progress(
        last["epoch"],
        last["update"],
        last["loss"],
        last["tokens_per_second"],
        (last["time"] - first["time"]) / epochs if epochs > 0 else None,
        now - last["time"],
    )


def overview(plan: Plan, now: float) -> str:
    """A line for each series of each seed: tickets that are done, the one that trains, its end."""
    trained = [name for name in plan.tickets if Path(name.fill(plan.paths.checkpoint)).exists()]
    head = f"{plan.config.experiment}: {len(trained)} of {len(plan.tickets)} tickets trained"
    lines = [f"{head}, {time.strftime('%H:%M:%S', time.localtime(now))}"]
    for (seed, series), tickets in groupby(plan.tickets, key=lambda name: name[:2]):
        lines.append(
            f"  seed {seed} {series:<10} {_series(plan, list(tickets), set(trained), now)}"
        )
    return "\n".join(lines)


def _series(plan: Plan, tickets: Sequence[TicketName], trained: set[TicketName], now: float) -> str:
    left = [name for name in tickets if name not in trained]
    marks = "".join("#" if name in trained else "." for name in tickets)
    if not left:
        return f"[{marks}] done"
    current = progress(Path(left[0].fill(plan.paths.work), ROWS), now)
    if current is None:
        return f"[{marks}] {left[0].label} waits"
    line = (
        f"[{marks.replace('.', '>', 1)}] {left[0].label}: epoch {current.epoch:.1f}/"
        f"{plan.training.last_epoch(left[0])}, update {current.update:,}, "
        f"loss {current.loss:.2f}, {current.tokens_per_second / 1000:.1f}k tok/s"
    )
    if current.age > SILENT:
        return f"{line}; no news for {current.age / 60:,.0f} minutes: stopped, or in a queue"
    if current.seconds_per_epoch is None:
        return line
    here = plan.training.last_epoch(left[0]) - current.epoch
    after = sum(plan.training.epochs(name) for name in left[1:])
    seconds = here * current.seconds_per_epoch
    end = now + (here + after) * current.seconds_per_epoch
    return f"{line}, {_duration(seconds)} left; series ends about {_clock(end, now)}"


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _clock(moment: float, now: float) -> str:
    today = moment - now < 12 * 3600
    return time.strftime("%H:%M" if today else "%a %d %b, %H:%M", time.localtime(moment))


def main() -> None:
    """Show the overview every few seconds, until all tickets are trained."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("config", nargs="+", type=Path, help="config.yaml and its overlays")
    parser.add_argument("--once", action="store_true", help="show it once")
    parser.add_argument("--interval", type=float, default=5, help="seconds (default: 5)")
    options = parser.parse_args()
    try:
        config = load(*options.config)
        if config.joined:
            raise InputError("a joined experiment trains nothing; watch those that it joins")
        plan = Plan(config)
    except InputError as error:
        sys.exit(f"error: {error}")
    clear = "\033[H\033[2J" if sys.stdout.isatty() else ""
    try:
        while True:
            print(f"{clear}{overview(plan, time.time())}", flush=True)
            done = all(Path(name.fill(plan.paths.checkpoint)).exists() for name in plan.tickets)
            if options.once or done:
                return
            time.sleep(options.interval)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
