"""The lab's configuration files: as small a Slurm as behaves like a large one."""

import contextlib
import re
import socket
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.slurm_lab.daemons import LabError

PROFILE = Path(__file__).parents[2] / "slurm/config.yaml"
NODES = ("node1", "node2")  # each is a slurmd of its own
GPUS = 2  # of a node; they are counted and handed out, and compute nothing

# Slurm's own defaults are those of a cluster whose jobs take hours. Here a change is seen within
# seconds; what is slow on a cluster but the same in kind is quick.
_SLURM = """\
ClusterName=lab
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
# A requeued job may start when its first credential has expired: after 120 s by default.
AuthInfo=socket={folder}/munge/socket,cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/run/slurmctld.slurm.pid
SlurmdPidFile={folder}/run/%n.slurm.pid
# No cgroups: processes are found by their parents, and memory is looked at each second.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
# Believe the CPUs and the memory below, not the machine.
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
GresTypes=gpu
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=2,sched_interval=2,sched_min_interval=0,batch_sched_delay=0
PriorityType=priority/basic
MinJobAge=300
KillWait=3
InactiveLimit=0
SlurmdTimeout=20
ReturnToService=2
JobRequeue=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
{accounting}
NodeName=DEFAULT State=UNKNOWN
NodeName={nodes} NodeHostname={host} NodeAddr=127.0.0.1 Port=[{first}-{last}] \
CPUs=4 RealMemory=16000 Gres=gpu:{gpus}
PartitionName=DEFAULT Nodes=ALL State=UP MaxTime=7-0 DefaultTime=10
{partitions}
# What is submitted here takes the nodes away from the others.
PartitionName=urgent PriorityTier=10 PreemptMode=OFF
"""

_ACCOUNTING = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStoragePort={port}
AccountingStoragePass={folder}/munge/socket
AccountingStorageTRES=gres/gpu"""

_SLURMDBD = """\
DbdHost=localhost
DbdPort={port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
PidFile={folder}/run/slurmdbd.slurm.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={database_port}
StorageUser=slurm
StoragePass={password}
StorageLoc=slurm
"""


@dataclass(frozen=True)
class Cluster:
    """What the lab pretends to be.

    Attributes:
        folder: Holds everything: configuration, keys, state, logs, process ids.
        partitions: Names of the partitions that jobs are submitted to.
        account: Account that jobs run under; used with accounting only.
        accounting: With slurmdbd, so that `sacct` answers.
        port: The controller's TCP port; the others follow it.
    """

    folder: Path
    partitions: list[str]
    account: str | None
    accounting: bool
    port: int

    def slurm(self) -> str:
        """slurm.conf."""
        given = {"folder": self.folder, "port": self.port + 1}
        return _SLURM.format(
            folder=self.folder,
            host=socket.gethostname().split(".")[0],
            port=self.port,
            first=self.port + 10,
            last=self.port + 9 + len(NODES),
            accounting=_ACCOUNTING.format(**given) if self.accounting else "",
            nodes=",".join(NODES),
            gpus=GPUS,
            partitions="\n".join(
                f"PartitionName={name} PriorityTier=1 PreemptMode=REQUEUE GraceTime=2"
                for name in self.partitions
            ),
        )

    def gres(self) -> str:
        """gres.conf. A device must be a character device, else jobs are told of none."""
        devices = f"{self.folder}/dev/gpu[0-{GPUS - 1}]"
        return f"NodeName={','.join(NODES)} Name=gpu File={devices}\n"

    def slurmdbd(self, password: str) -> str:
        """slurmdbd.conf."""
        return _SLURMDBD.format(
            folder=self.folder,
            port=self.port + 1,
            database_port=self.port + 2,
            password=password,
        )


def cluster(folder: Path, *, accounting: bool) -> Cluster:
    """A cluster with the partitions and the account that the profile names."""
    settings = yaml.safe_load(PROFILE.read_text(encoding="utf-8"))
    resources = [settings["default-resources"], *settings.get("set-resources", {}).values()]
    partitions = [each["slurm_partition"] for each in resources if "slurm_partition" in each]
    return Cluster(
        folder.resolve(),
        partitions=list(dict.fromkeys(partitions)),
        account=settings["default-resources"].get("slurm_account"),
        accounting=accounting,
        port=_known_port(folder) or _free_ports(),
    )


def _known_port(folder: Path) -> int | None:
    """The controller's, of a lab that was up in this folder before."""
    written = folder / "conf/slurm.conf"
    match = re.search(r"SlurmctldPort=(\d+)", written.read_text()) if written.exists() else None
    return int(match[1]) if match else None


def _free_ports() -> int:
    """The first of as many ports as a lab takes, none of them in use."""
    for first in range(26900, 32000, 20):
        with contextlib.ExitStack() as opened, contextlib.suppress(OSError):
            for port in range(first, first + 20):
                opened.enter_context(socket.socket()).bind(("", port))
            return first
    raise LabError("no twenty free ports in a row from 26900 to 32000")
