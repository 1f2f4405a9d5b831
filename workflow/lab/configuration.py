"""The lab's configuration files: as small a Slurm as behaves like a large one."""

from dataclasses import dataclass
from pathlib import Path

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
NodeName=node[1-{nodes}] NodeHostname={host} NodeAddr=127.0.0.1 Port=[{first}-{last}] \
CPUs={cpus} RealMemory={memory} Gres=gpu:{gpus}
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
        host: This machine's name.
        partitions: Names of the partitions that jobs are submitted to.
        account: Account that jobs run under; used with accounting only.
        accounting: With slurmdbd, so that `sacct` answers.
        nodes: How many; each is a slurmd of its own.
        cpus: CPUs of a node.
        memory: Memory of a node, MB.
        gpus: GPUs of a node; they are counted and handed out, and compute nothing.
        port: The controller's TCP port; the others follow it.
    """

    folder: Path
    host: str
    partitions: tuple[str, ...] = ("gpu", "cpu")
    account: str | None = None
    accounting: bool = False
    nodes: int = 2
    cpus: int = 4
    memory: int = 16000
    gpus: int = 2
    port: int = 26900

    @property
    def node_names(self) -> list[str]:
        return [f"node{number}" for number in range(1, self.nodes + 1)]

    def slurm(self) -> str:
        """slurm.conf."""
        given = {"folder": self.folder, "port": self.port + 1}
        return _SLURM.format(
            folder=self.folder,
            host=self.host,
            port=self.port,
            first=self.port + 10,
            last=self.port + 9 + self.nodes,
            accounting=_ACCOUNTING.format(**given) if self.accounting else "",
            nodes=self.nodes,
            cpus=self.cpus,
            memory=self.memory,
            gpus=self.gpus,
            partitions="\n".join(
                f"PartitionName={name} PriorityTier=1 PreemptMode=REQUEUE GraceTime=2"
                for name in self.partitions
            ),
        )

    def gres(self) -> str:
        """gres.conf. A device must be a character device, else jobs are told of none."""
        devices = f"{self.folder}/dev/gpu[0-{self.gpus - 1}]"
        return f"NodeName=node[1-{self.nodes}] Name=gpu File={devices}\n"

    def slurmdbd(self, password: str) -> str:
        """slurmdbd.conf."""
        return _SLURMDBD.format(
            folder=self.folder,
            port=self.port + 1,
            database_port=self.port + 2,
            password=password,
        )
