"""What a job asks the cluster for: what it needs with a margin, and more at each attempt."""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ticketscope.plan.needs import Need, need
from ticketscope.plan.scale import Scale

MARGIN = 2.0  # of time: a busy node, a slow file system
SHORTEST = 5  # minutes: starting Python on a cold file system takes some of them
# Longest request, in minutes. A training that takes longer is cut into pieces, each of which goes
# on from the last one's save; anything else must fit.
LONGEST = 48 * 60

# Rules whose jobs use one GPU if there is one; a training uses as many as it has devices.
ON_GPU = {
    "saliency", "translate", "translate_further", "comet", "score_contrasts", "probabilities",
    "erase", "segments", "sensitivity", "represent", "represent_text", "represent_probing",
    "compare_ticket", "categories", "probe",
}  # fmt: skip


class Request(NamedTuple):
    """What a job asks Slurm for: MB, minutes."""

    memory: int
    runtime: int


def request(expected: Need, attempt: int) -> Request:
    """What the job asks for at its first, second, ... attempt: as many times as much."""
    runtime = max(SHORTEST, math.ceil(expected.minutes * MARGIN)) * attempt
    memory = math.ceil(expected.memory * (1 + attempt) / 2 / 100) * 100
    return Request(memory, min(runtime, LONGEST))


def gpus(scale: Scale, rule: str) -> int:
    """How many GPUs a job of the rule uses where there are some."""
    if rule in ("train_dense", "retrain"):
        return scale.config.training.devices
    return int(rule in ON_GPU)


def rule_resources(scale: Scale, rule: str) -> dict[str, Callable[..., int] | int]:
    """What a rule's jobs ask for; mem_mb and runtime are functions of wildcards and attempt."""

    def mem_mb(wildcards: Mapping[str, str], attempt: int) -> int:
        return request(need(scale, rule, wildcards), attempt).memory

    def runtime(wildcards: Mapping[str, str], attempt: int) -> int:
        return request(need(scale, rule, wildcards), attempt).runtime

    needed = gpus(scale, rule)
    return {"mem_mb": mem_mb, "runtime": runtime} | ({"gpu": needed} if needed else {})
