"""A real Slurm on one machine, to try slurm/config.yaml without a cluster.

    python -m tests.slurm_lab run         bring it up, run config/smoke.yaml, take it down
    python -m tests.slurm_lab up          only up; then: source build/slurm-lab/env.sh
    python -m tests.slurm_lab down

Root and Debian's packages are needed; what is missing is said. All state lies in build/slurm-lab.
What follows `run` is given to snakemake in place of config/smoke.yaml.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from tests.slurm_lab.daemons import LabError
from tests.slurm_lab.lab import Lab, can_account, refusal

ROOT = Path(__file__).parents[2]
SNAKEMAKE = [sys.executable, "-m", "snakemake", "--profile", "slurm"]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.slurm_lab",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("command", choices=["run", "up", "down"])
    options, arguments = parser.parse_known_args()
    if (why_not := refusal()) is not None:
        print(why_not, file=sys.stderr)
        return 1
    try:
        lab = Lab(ROOT / "build/slurm-lab", accounting=can_account())
        match options.command:
            case "down":
                lab.down()
            case "up":
                lab.up()
                print(f"{lab.nodes()}\nnow: source {lab.folder}/env.sh")
            case "run":
                with lab.running():
                    print(lab.nodes(), flush=True)
                    return _run(lab, arguments or ["--configfile", "config/smoke.yaml"])
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _run(lab: Lab, arguments: list[str]) -> int:
    start = time.monotonic()
    done = subprocess.run([*SNAKEMAKE, *arguments], cwd=ROOT, env=lab.environment, check=False)
    submitted = int(lab.call("scontrol", "show", "config").partition("NEXT_JOB_ID")[2].split()[1])
    print(f"{submitted - 1} submissions, {time.monotonic() - start:.0f} s")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
