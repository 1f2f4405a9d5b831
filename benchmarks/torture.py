"""A small experiment, killed at random instants and started again, beside the undisturbed one.

    make torture              200 kills
    make torture KILLS=20     some

One seed (torture.yaml) and its join with another run undisturbed. Then both run again in new
folders: `make results` is killed, started again, killed again, and in the end left alone. It must
end well then; every published file must be that of the undisturbed run, but for measured times; and
no kill may have cost a training more updates than lie between two saves.

Each round is written down in build/torture before the next begins, so an interrupted run goes on.
`--add benchmarks/results/torture.json --seed 2 --output ...` adds other instants to an earlier run.
Without --output, the tables of docs/reliability.md are written anew, too.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from run import write

HERE = Path(__file__).parent
ROOT = HERE.parent
RESULT, PAGE = HERE / "results/torture.json", ROOT / "docs/reliability.md"
WORKFLOW = ("Makefile", "Snakefile", "config.yaml", "config", "envs", "profiles", "rules", "slurm",
            "workflow")  # fmt: skip
OVERLAYS = "config/smoke.yaml config/demo.yaml torture.yaml"
INTERVAL = yaml.safe_load((HERE / "torture.yaml").read_text())["training"]["save_interval_updates"]

# What runs, by experiment: its CONFIG, and how often a round kills it.
RUNS = {"torture1": (f"{OVERLAYS} torture1.yaml", 16), "joined": ("joined.yaml", 4)}
OTHER_SEED = "torture2"

# Names of the processes of jobs, as `forks.name_process` cuts them.
JOBS = {path.name[:15]: path.stem for path in (ROOT / "workflow/scripts").glob("*.py")}
# Half of the kills come as soon as one of these runs: most are over in a moment.
STAGES = ["train_dense", "prune", "retrain", "translate", "represent", "probe", "similarity",
          "join_tables"]  # fmt: skip

NO_JOB = "no job"
JOB, TREE, SERVER, SNAKEMAKE, ALL, TERM, INTERRUPT = KINDS = (
    "SIGKILL of a job",
    "SIGKILL of a job and its children",
    "SIGKILL of the server of scripts",
    "SIGKILL of snakemake",
    "SIGKILL of everything",
    "SIGTERM of snakemake",
    "Ctrl-C",
)

# Files that hold measured times, or follow from them: they only have to be there.
MEASURED = re.compile(
    r"provenance\.json|report\.html|(.*\.)?speed\.csv|cost_speed\.\w+|recipe\.json"
)
MARKS = "<!-- Written by benchmarks/torture.py. -->", "<!-- End. -->"  # of the tables in PAGE
LONGEST = 1200  # seconds that a start may take before it counts as hung


def main() -> int:
    """Kill as often as is asked for; the number of rounds in which something was lost."""
    parser = argparse.ArgumentParser(description="Kill a small experiment at random instants.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="of the instants")
    parser.add_argument("--add", type=Path, help="results of a run, to which these are added")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/torture")
    parser.add_argument("--output", type=Path, default=RESULT)
    arguments = parser.parse_args()
    # What was started in the background may ignore Ctrl-C, and what it starts would, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if arguments.add and arguments.add.resolve() == arguments.output.resolve():
        sys.exit("error: --output is the run that --add names, and would be added again next time")
    folder = arguments.folder.resolve() / f"seed{arguments.seed}"
    undisturbed, seconds = _undisturbed(folder / "undisturbed")
    log = folder / "rounds.jsonl"
    rounds = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    begun, before = time.monotonic(), sum(len(done["kills"]) for done in rounds)
    while (kills := sum(len(done["kills"]) for done in rounds)) < arguments.kills:
        if kills > before:
            left = (time.monotonic() - begun) / (kills - before) * (arguments.kills - kills)
            print(f"{kills} of {arguments.kills} kills, {left / 60:.0f} minutes left", flush=True)
        done = Round(
            folder / f"round{len(rounds)}", random.Random(f"{arguments.seed} {len(rounds)}")
        )
        rounds.append(done.run(undisturbed, seconds, arguments.kills - kills))
        with log.open("a", encoding="utf-8") as out:
            out.write(json.dumps(rounds[-1]) + "\n")
    sums = _sums(rounds)
    if arguments.add:
        sums = _added(json.loads(arguments.add.read_text()), sums)
    write(arguments.output, __doc__, sums)
    if arguments.output == RESULT:
        PAGE.write_text(with_tables(PAGE.read_text(), sums))
    return sum(bool(done["lost"]) for done in rounds)


def _undisturbed(folder: Path) -> tuple[Path, dict[str, float]]:
    """The folder of what nobody kills, made if it is not there, and the seconds of each run."""
    _prepare(folder)
    note = folder / "seconds.json"
    seconds = json.loads(note.read_text()) if note.exists() else {}
    others = {OTHER_SEED: (f"{OVERLAYS} {OTHER_SEED}.yaml", 0)}
    for name, (config, _) in (others | RUNS).items():
        print(f"{name}, undisturbed ...", flush=True)
        begun = time.monotonic()
        with _started(folder, config) as process:
            if process.wait() != 0:
                sys.exit(f"error: {name} fails undisturbed: see {folder / 'printed.txt'}")
        seconds.setdefault(name, round(time.monotonic() - begun, 1))
    note.write_text(json.dumps(seconds))
    return folder, seconds


def _prepare(folder: Path) -> None:
    """The workflow, its environment, and the configs of two seeds and their join."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in WORKFLOW:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, dirs_exist_ok=True)
        else:
            shutil.copy2(source, folder / name)
    shutil.copy2(HERE / "torture.yaml", folder)
    names = [f"torture{seed}" for seed in (1, 2)]
    for seed, name in enumerate(names, 1):
        (folder / f"{name}.yaml").write_text(f"experiment: {name}\nseeds: [{seed}]\n")
    parts = [f"results/{name}" for name in names]
    (folder / "joined.yaml").write_text(yaml.safe_dump({"experiment": "joined", "joined": parts}))
    if not (folder / ".venv").is_symlink():
        (folder / ".venv").symlink_to(sys.prefix)


@contextmanager
def _started(folder: Path, config: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`make results`, in a process group of its own; what it prints is appended to printed.txt."""
    command = ["make", "--old-file", ".venv/.installed", "results", f"CONFIG={config}", "CORES=2"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    with (folder / "printed.txt").open("ab") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise


@dataclass(frozen=True)
class Process:
    """A process of the experiment."""

    parent: int
    name: str
    command: bytes


def _processes(folder: Path) -> dict[int, Process]:
    """What runs in a folder, by number."""
    processes = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink() == folder:
                name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
                parent = int(rest.split()[1])
                processes[int(entry.name)] = Process(parent, name, (entry / "cmdline").read_bytes())
    return processes


def _jobs(running: dict[int, Process]) -> dict[int, str]:
    """Rules' scripts, by process."""
    return {pid: JOBS[process.name] for pid, process in running.items() if process.name in JOBS}


def _victims(
    kind: str, running: dict[int, Process], group: int, generator: random.Random
) -> list[int]:
    """Whom a kill is for: processes, or a group as a negative number; none: it has to wait."""
    if kind in (ALL, INTERRUPT):
        return [-group]
    if kind in (SNAKEMAKE, TERM):
        return [
            pid
            for pid, process in running.items()
            if process.name.startswith("python") and b"\0snakemake\0results\0" in process.command
        ]
    jobs = sorted(_jobs(running))
    if not jobs:
        return []
    job = generator.choice(jobs)
    if kind == JOB:
        return [job]
    if kind == SERVER:  # between it and a job is a process that waits for the job
        waiting = running.get(running[job].parent)
        return [waiting.parent] if waiting and waiting.parent in running else []
    tree = [job]
    for pid in tree:
        tree += [child for child, process in running.items() if process.parent == pid]
    return tree


class Round:
    """One life of the experiment and of its join, with its kills.

    Args:
        folder: To make; it stays if something was lost.
        generator: Of the instants.
    """

    def __init__(self, folder: Path, generator: random.Random) -> None:
        self._folder = folder
        self._generator = generator
        self._kinds: list[str] = []
        self._kills: list[dict[str, Any]] = []
        self._lost: list[str] = []
        self._counts = Counter(files=0, left_over=0)
        self._rows = folder.with_name(f"{folder.name}.rows")

    def run(self, undisturbed: Path, seconds: dict[str, float], most: int) -> dict[str, Any]:
        """Run and kill; what happened.

        Args:
            undisturbed: Folder with what has to come out.
            seconds: What that took, by experiment.
            most: Largest number of kills.
        """
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.rmtree(self._rows, ignore_errors=True)
        _prepare(self._folder)
        self._rows.mkdir()
        for name, (config, times) in RUNS.items():
            if self._lost:
                break
            if name == "joined":
                other = f"results/{OTHER_SEED}"
                shutil.copytree(undisturbed / other, self._folder / other)
            times = min(times, most - len(self._kills))
            self._until_done(name, config, times, seconds[name])
            if not self._lost:
                self._compare(undisturbed / "results" / name, self._folder / "results" / name)
        done = {
            "kills": self._kills,
            **self._counts,
            **self._trained(),
            "lost": self._lost,
        }
        shutil.rmtree(self._rows)
        if not self._lost:
            shutil.rmtree(self._folder)
        return done

    def _until_done(self, name: str, config: str, times: int, seconds: float) -> None:
        """Start the command until it has ended by itself; kill it the first few times."""
        left, ended = times, False
        while not ended:
            ended = True
            with _started(self._folder, config) as process:
                while left:
                    kind = self._next_kind()
                    # On the average, each kill lets it get ahead by its share of the whole.
                    wait = self._generator.uniform(0, 2 * seconds / times)
                    if not (jobs := self._kill(kind, process, time.monotonic() + wait)):
                        break
                    left, ended = left - 1, False
                    self._kills.append({"kind": kind, "of": name, "jobs": jobs})
                    print(f"  {name}: {kind} ({', '.join(jobs)})", flush=True)
                    if kind != SERVER:  # which it survives
                        break
                code = self._wait(process)
        if code != 0:
            self._lost.append(f"{name} ended with {code} after {len(self._kills)} kills")
        end = time.monotonic() + 60
        while (running := _processes(self._folder)) and time.monotonic() < end:
            time.sleep(0.1)
        self._lost += [f"{name}: {process.name} still runs" for process in running.values()]

    def _compare(self, undisturbed: Path, killed: Path) -> None:
        expected, after_kills = published(undisturbed), published(killed)
        for path in sorted(expected | after_kills):
            if expected.get(path) != after_kills.get(path):
                self._lost.append(f"{killed.name}/{path} differs, is missing or is not expected")
        self._counts["files"] += len(expected)
        # Of a file that was half written: hidden beside where it was to go.
        hidden = (path.relative_to(killed) for path in killed.rglob(".*"))
        self._counts["left_over"] += sum(not (undisturbed / path).exists() for path in hidden)

    def _next_kind(self) -> str:
        """All kinds in turn, in another order each time."""
        if not self._kinds:
            self._kinds = self._generator.sample(KINDS, len(KINDS))
        return self._kinds.pop()

    def _kill(self, kind: str, process: "subprocess.Popen[bytes]", latest: float) -> list[str]:
        """Kill at the given time, or as soon as a job of some stage runs; which jobs ran then.

        Nothing if the command has ended before.
        """
        stage = self._generator.choice([*STAGES, *[None] * len(STAGES)])
        while process.poll() is None:
            self._keep_rows()
            running = _processes(self._folder)
            if time.monotonic() > latest or stage in _jobs(running).values():
                time.sleep(self._generator.uniform(0, 0.3))
                running = _processes(self._folder)
                if victims := _victims(kind, running, process.pid, self._generator):
                    number = {TERM: signal.SIGTERM, INTERRUPT: signal.SIGINT}.get(
                        kind, signal.SIGKILL
                    )
                    for pid in victims:
                        with suppress(ProcessLookupError):
                            os.kill(pid, number)
                    return sorted(_jobs(running).values()) or [NO_JOB]
            time.sleep(0.03)
        return []

    def _wait(self, process: "subprocess.Popen[bytes]") -> int:
        end = time.monotonic() + LONGEST
        while process.poll() is None:
            self._keep_rows()
            time.sleep(0.05)
            if time.monotonic() > end:
                self._lost.append(f"hung for {LONGEST} s: see {self._folder / 'printed.txt'}")
                os.killpg(process.pid, signal.SIGKILL)
        return process.wait()

    def _keep_rows(self) -> None:
        """Link the rows of running trainings, which the end of a training removes."""
        for rows in self._folder.glob("results/*/work/*/*/*/rows.jsonl"):
            with suppress(OSError):
                ticket = "-".join(rows.parts[-4:-1])
                (self._rows / f"{ticket}.{rows.stat().st_ino}").hardlink_to(rows)

    def _trained(self) -> dict[str, int]:
        """Updates that were trained, and those among them that had been trained before."""
        trained: dict[str, list[list[int]]] = defaultdict(list)
        for path in sorted(self._rows.iterdir()):
            if updates := list(_updates(path.read_text().splitlines())):
                trained[path.stem].append(updates)
        repeated = []
        for ticket, times in trained.items():
            if len(times) > 1:
                self._lost.append(f"{ticket} was trained {len(times)} times")
            for updates in times:
                again = [
                    before - update + 1 for before, update in pairwise(updates) if update <= before
                ]
                if again and max(again) > INTERVAL:
                    self._lost.append(f"{ticket} repeated {max(again)} updates after a kill")
                repeated += again
        return {
            "trainings": len(trained),
            "updates": sum(len(set(updates)) for times in trained.values() for updates in times),
            "repeated": sum(repeated),
            "most_repeated": max(repeated, default=0),
        }


def _updates(lines: Iterable[str]) -> Iterator[int]:
    """Numbers of updates in the order in which they were trained."""
    for line in lines:
        with suppress(json.JSONDecodeError):  # cut off by a kill
            yield json.loads(line[line.rfind("{") :])["update"]


def published(results: Path) -> dict[str, str]:
    """Digests of what an experiment has published, by path; empty for measured times."""
    digests = {}
    for path in results.rglob("*"):
        place = path.relative_to(results)
        if path.is_file() and place.parts[0] != "work" and not path.name.startswith("."):
            text = path.read_bytes()
            if path.name == "log.csv":  # its last column is the speed
                text = b"\n".join(line.rpartition(b",")[0] for line in text.splitlines())
            measured = MEASURED.fullmatch(path.name)
            digests[str(place)] = "" if measured else hashlib.sha256(text).hexdigest()
    return digests


def _sums(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    kills = [kill for done in rounds for kill in done["kills"]]
    ran = Counter(job for kill in kills for job in kill["jobs"])
    sums = ("files", "trainings", "updates", "repeated", "left_over")
    return {
        "limit": f"nothing lost; at most {INTERVAL} updates repeated by a kill",
        "kills": len(kills),
        "rounds": len(rounds),
        "kinds": {kind: sum(kill["kind"] == kind for kill in kills) for kind in KINDS},
        "killed": dict(Counter(kill["of"] for kill in kills)),
        "jobs_that_ran": dict(ran.most_common()),
        **{name: sum(done[name] for done in rounds) for name in sums},
        "most_repeated": max((done["most_repeated"] for done in rounds), default=0),
        "lost": [line for done in rounds for line in done["lost"]],
    }


def _added(earlier: dict[str, Any], sums: dict[str, Any]) -> dict[str, Any]:
    """The sums of two runs."""
    total: dict[str, Any] = {}
    for name, value in sums.items():
        if name == "limit":
            total[name] = value
        elif name == "most_repeated":
            total[name] = max(earlier[name], value)
        elif isinstance(value, dict):
            counts = Counter(earlier[name])
            counts.update(value)  # keeps what never happened, as `+` does not
            total[name] = dict(counts.most_common())
        else:
            total[name] = earlier[name] + value
    return total


def with_tables(page: str, sums: Mapping[str, Any]) -> str:
    """The page, with these sums in the tables between its marks."""
    lost = "nothing" if not sums["lost"] else "; ".join(sums["lost"])
    rows = {
        "kind of kill": "times",
        **{kind: sums["kinds"].get(kind, 0) for kind in KINDS},
        "**all kills**": sums["kills"],
    }
    jobs = {f"`{name}`": sums["jobs_that_ran"].get(name, 0) for name in STAGES}
    ran = {
        "while jobs of this rule ran": "kills",
        **jobs,
        NO_JOB: sums["jobs_that_ran"].get(NO_JOB, 0),
    }
    counts = {
        "of all rounds": "number",
        "rounds": sums["rounds"],
        "files compared": sums["files"],
        "updates trained": sums["updates"],
        "updates trained again after a kill": sums["repeated"],
        "most of them after one kill": sums["most_repeated"],
        "half-written hidden files left": sums["left_over"],
        "lost": lost,
    }
    tables = "\n\n".join(map(_table, (rows, ran, counts)))
    before, after = page.split(MARKS[0])[0], page.split(MARKS[1])[1]
    return f"{before}{MARKS[0]}\n{tables}\n{MARKS[1]}{after}"


def _table(cells: Mapping[str, object]) -> str:
    """Two columns, the first pair their heads."""
    (head, *rows) = (
        f"| {name} | {f'{value:,}' if isinstance(value, int) else value} |"
        for name, value in cells.items()
    )
    return "\n".join([head, "| --- | --- |", *rows])


if __name__ == "__main__":
    sys.exit(main())
