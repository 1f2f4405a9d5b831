"""An estimate of the energy that an experiment took: from times and memory, not from a meter.

The formula and its constants are those of Green Algorithms (Lannelongue, Grealey & Inouye 2021,
doi 10.1002/advs.202100707): power of the cores in use and of the memory held, times the data
centre's overhead. A GPU is counted at full power for as long as a job held it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

CORE_W = 12.0  # a core in use, where the model is not known
MEMORY_W = 0.3725  # a GiB held (theirs: a GB)
GPU_W = 300.0  # our assumption: between a workstation's card and a data centre's
OVERHEAD = 1.67  # power usage effectiveness, their world average
NOTE = (
    f"Energy is an estimate, not a measurement, and may be wrong by a factor of two: {CORE_W:g} W "
    f"for a busy core, {MEMORY_W:g} W for a GiB of memory at its peak, {GPU_W:g} W for a GPU that "
    f"is held, times {OVERHEAD:g} for the data centre (Green Algorithms, Lannelongue et al. 2021; "
    "the GPU's is our assumption)."
)


def watt_hours(rules: Iterable[Mapping[str, Any]]) -> float:
    """Energy in Wh.

    Args:
        rules: What each took: cpu_s and gpu_s in seconds, memory_gib_s in GiB times seconds.
    """
    watt_seconds = sum(
        CORE_W * rule["cpu_s"] + MEMORY_W * rule["memory_gib_s"] + GPU_W * rule["gpu_s"]
        for rule in rules
    )
    return OVERHEAD * watt_seconds / 3600
