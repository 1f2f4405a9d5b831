"""Failures on a real Slurm of this machine: bytes of a training beside an undisturbed one."""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.slurm_lab.experiment import DENSE, Experiment  # noqa: E402
from tests.slurm_lab.failures import SCENARIOS, check  # noqa: E402
from tests.slurm_lab.lab import Lab, refusal  # noqa: E402

# In pieces, the row of the log in which a piece ends averages over fewer updates.
LIMITS = {
    f"{scenario}.{name}": ("at least", True)
    for scenario in SCENARIOS
    for name in ("same_bytes", "same_log")
    if (scenario, name) != ("in_pieces", "same_log")
}


def measure() -> dict[str, object]:
    """What was seen in each scenario; each has a Slurm of its own, without accounting."""
    if (why_not := refusal()) is not None:
        sys.exit(why_not)
    seen: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        undisturbed = Experiment(folder / "undisturbed")
        undisturbed.run(DENSE)
        for scenario in SCENARIOS:
            with Lab(folder / f"slurm-{scenario}").running() as lab:
                result = check(scenario, folder / scenario, lab, undisturbed)
            # One that fails has neither.
            seen[scenario] = {"same_bytes": False, "same_log": False, **result}
    return seen
