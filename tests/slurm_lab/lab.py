"""Bring the lab up and down."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.slurm_lab.configuration import GPUS, NODES, cluster
from tests.slurm_lab.daemons import (
    MARK,
    LabError,
    has,
    kill_rest,
    parent,
    pid_of,
    processes,
    start,
    stop,
    wait,
)

PACKAGES = {
    "munged": "munge",
    "slurmctld": "slurmctld",
    "slurmd": "slurmd",
    "sbatch": "slurm-client",
}
ACCOUNTING_PACKAGES = {"slurmdbd": "slurmdbd", "mariadbd": "mariadb-server"}
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
# A unix socket's path may have 107 bytes.
_LONGEST = 80


def refusal() -> str | None:
    """Why there can be no lab here, in one line; None: there can."""
    if os.getuid() != 0:
        return "the Slurm lab needs root: slurmd starts jobs as whoever submitted them"
    missing = _missing(PACKAGES)
    if missing:
        return f"the Slurm lab needs Debian's packages: apt-get install {' '.join(missing)}"
    return None


def can_account() -> bool:
    return not _missing(ACCOUNTING_PACKAGES)


def _missing(packages: dict[str, str]) -> list[str]:
    return [package for name, package in packages.items() if not shutil.which(name, path=_PATH)]


class Lab:
    """A Slurm of this machine's own: controller, nodes, and accounting if asked for.

    Args:
        folder: Its state; a lab that was up there before is the same one.
        accounting: With slurmdbd, so that `sacct` answers.
    """

    def __init__(self, folder: Path, *, accounting: bool = False) -> None:
        self.cluster = cluster(folder, accounting=accounting)
        self.folder = self.cluster.folder
        if len(str(self.folder)) > _LONGEST:
            raise LabError(f"{self.folder} is too long a name for sockets: at most {_LONGEST}")
        # jobstep 0.6.1 drops SLURM_CONF before its srun, so a srun that knows it comes first.
        self.environment = {
            **os.environ,
            "SLURM_CONF": str(self.folder / "conf/slurm.conf"),
            "PATH": f"{self.folder}/bin:{_PATH}",
            "LAB_OF_JOBS": str(self.folder),
            # Seconds between two questions to Slurm.
            "TICKETSCOPE_PAUSE": "2",
        }

    @contextlib.contextmanager
    def running(self) -> Iterator["Lab"]:
        """The lab, up until the context ends."""
        try:
            self.up()
            yield self
        finally:
            self.down()

    def up(self) -> None:
        """Start what does not run yet, and wait until all nodes are idle."""
        self._write()
        self._start_munge()
        if self.cluster.accounting:
            self._start_accounting()
        self._start("slurmctld", "slurmctld", "-D")
        for node in NODES:
            self.start_node(node)
        wait(self._all_idle, f"idle nodes (see {self.folder}/log)", 60)

    def down(self) -> None:
        """End all jobs and daemons, the ones that others need last."""
        if (self.folder / "run/slurmctld.pid").exists():
            self.call("scancel", "--user=root")
        for node in NODES:
            stop(self.folder, node)
        for name in ("slurmctld", "slurmdbd", "mariadbd", "munged"):
            stop(self.folder, name)
        kill_rest(self.folder)

    def nodes(self) -> str:
        """A table of the nodes for people, and whether `sacct` answers."""
        accounting = "with" if self.cluster.accounting else "without"
        listed = self.call("sinfo", "--Node", "--format=%N %P %c CPUs %m MB %G")
        return f"Slurm is up {accounting} accounting:\n{listed}"

    def start_node(self, node: str) -> None:
        self._start(node, "slurmd", "-D", "-N", node)

    def kill_node(self, node: str) -> None:
        """As if its power went: SIGKILL of its daemon, the keepers of its jobs, and the jobs."""
        known = [f"SLURMD_NODENAME={node}", f"LAB_OF_JOBS={self.folder}"]
        jobs = [pid for pid in processes() if has(pid, *known)]
        # Each job's first process is a child of its keeper, slurmstepd.
        keepers = [pid for pid in processes() if has(pid, f"{MARK}={self.folder}")]
        keepers = [pid for pid in keepers if pid in {parent(job) for job in jobs}]
        for pid in [pid_of(self.folder, node), *keepers, *jobs]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        stop(self.folder, node)

    def call(self, *command: str) -> str:
        """Standard output of one of Slurm's commands; empty if it fails."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    def _start(self, name: str, *command: str) -> None:
        path = shutil.which(command[0], path=_PATH)
        assert path is not None
        start(self.folder, name, [path, *command[1:]], self.environment)

    def _write(self) -> None:
        for name in ("bin", "conf", "dev", "log", "munge", "mysql", "run", "spool", "state"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(GPUS):
            device = self.folder / f"dev/gpu{number}"
            if not device.is_symlink():
                device.symlink_to("/dev/null")
        (self.folder / "conf/slurm.conf").write_text(self.cluster.slurm())
        (self.folder / "conf/gres.conf").write_text(self.cluster.gres())
        srun = self.folder / "bin/srun"
        real = shutil.which("srun", path=_PATH)
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={self.folder}/conf/slurm.conf exec {real} "$@"\n')
        srun.chmod(0o755)
        variables = ("SLURM_CONF", "PATH", "LAB_OF_JOBS")
        (self.folder / "env.sh").write_text(
            "".join(f"export {name}='{self.environment[name]}'\n" for name in variables)
        )
        key = self.folder / "munge/key"
        if not key.exists():
            key.touch(0o600)
            key.write_bytes(secrets.token_bytes(128))

    def _start_munge(self) -> None:
        munge = self.folder / "munge"
        munge.chmod(0o711)
        files = {"key-file": "key", "socket": "socket", "pid-file": "pid", "seed-file": "seed"}
        options = [f"--{option}={munge / name}" for option, name in files.items()]
        # --force: only root submits here, so others need not reach the socket.
        self._start("munged", "munged", "--foreground", "--force", *options)
        wait((munge / "socket").exists, "munged", 60)

    def _start_accounting(self) -> None:
        data, connection = self.folder / "mysql/data", f"--socket={self.folder}/mysql/socket"
        if not data.exists():
            self._must("mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}")
        self._start(
            "mariadbd", "mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", connection,
            "--bind-address=127.0.0.1", f"--port={self.cluster.port + 2}",
            "--skip-name-resolve", "--innodb-lock-wait-timeout=900",
        )  # fmt: skip
        ping = ("mariadb-admin", "--no-defaults", connection, "ping")
        wait(lambda: self.call(*ping), "mariadbd", 120)
        settings = self.folder / "conf/slurmdbd.conf"
        if not settings.exists():
            password = secrets.token_hex(16)
            grant = f"GRANT ALL ON slurm.* TO 'slurm'@'127.0.0.1' IDENTIFIED BY '{password}'"
            self._must("mariadb", "--no-defaults", connection, "--execute", grant)
            settings.touch(0o600)  # slurmdbd refuses one that others can read
            settings.write_text(self.cluster.slurmdbd(password))
        self._start("slurmdbd", "slurmdbd", "-D")
        wait(lambda: self._accounts("cluster"), "slurmdbd", 120)

    def _accounts(self, kind: str) -> bool:
        """Whether slurmdbd answers; what is missing in it is added."""
        done = subprocess.run(
            ["sacctmgr", "--noheader", "show", kind], env=self.environment, capture_output=True,
            check=False,
        )  # fmt: skip
        if done.returncode != 0:
            return False
        account = self.cluster.account or "lab"
        self.call("sacctmgr", "-i", "add", "cluster", "lab")
        self.call("sacctmgr", "-i", "add", "account", account, "Cluster=lab")
        self.call("sacctmgr", "-i", "add", "user", "root", f"Account={account}")
        return True

    def _must(self, *command: str) -> None:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise LabError(f"{command[0]} failed: {_last_line(done.stderr or done.stdout)}")

    def _all_idle(self) -> bool:
        states = self.call("sinfo", "--noheader", "--Node", "--format=%N %T").splitlines()
        idle = {line.split()[0] for line in states if line.split()[1:] == ["idle"]}
        return idle == set(NODES)


def _last_line(text: str) -> str:
    return next(iter(reversed(text.strip().splitlines())), "it said nothing")
