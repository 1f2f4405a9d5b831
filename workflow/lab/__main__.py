"""A real Slurm on one machine, to try slurm/config.yaml without a cluster.

    python -m workflow.lab run            bring it up, run config/smoke.yaml, take it down
    python -m workflow.lab up             only up; then: source build/slurm-lab/env.sh
    python -m workflow.lab down

Root and Debian's packages are needed; what is missing is said. All state lies in build/slurm-lab.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from workflow.lab.daemons import LabError
from workflow.lab.lab import Lab, can_account, for_profile, refusal

ROOT = Path(__file__).parents[2]
SNAKEMAKE = [sys.executable, "-m", "snakemake", "--profile", "slurm"]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m workflow.lab",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("command", choices=["run", "up", "down"])
    parser.add_argument("--folder", type=Path, default=ROOT / "build/slurm-lab", help="its state")
    parser.add_argument("--no-accounting", action="store_true", help="no slurmdbd, no sacct")
    options, arguments = parser.parse_known_args()
    if (why_not := refusal()) is not None:
        print(why_not, file=sys.stderr)
        return 1
    accounting = can_account() and not options.no_accounting
    lab = Lab(for_profile(options.folder, ROOT / "slurm/config.yaml", accounting=accounting))
    try:
        if options.command == "down":
            lab.down()
            return 0
        start = time.monotonic()
        lab.up()
        kind = "with accounting" if accounting else "without accounting"
        print(f"Slurm is up after {time.monotonic() - start:.1f} s, {kind}:", flush=True)
        print(lab.call("sinfo", "--Node", "--format=%N %P %c CPUs %m MB %G"), flush=True)
        if options.command == "up":
            print(f"now: source {options.folder}/env.sh")
            return 0
        try:
            return _run(lab, arguments or ["--configfile", "config/smoke.yaml"])
        finally:
            lab.down()
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _run(lab: Lab, arguments: list[str]) -> int:
    start = time.monotonic()
    done = subprocess.run([*SNAKEMAKE, *arguments], cwd=ROOT, env=lab.environment, check=False)
    submitted = int(lab.call("scontrol", "show", "config").partition("NEXT_JOB_ID")[2].split()[1])
    print(f"{submitted - 1} submissions, {time.monotonic() - start:.0f} s")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
