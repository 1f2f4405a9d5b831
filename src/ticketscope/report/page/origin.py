"""The page's provenance: what ran, on what, with what, and what it cost."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ticketscope.report import energy
from ticketscope.report.page.parts import Table

_COSTS = {
    "wall (s)": "Seconds from start to end, summed over jobs; some ran side by side.",
    "CPU (s)": "Seconds of a core in use, summed over jobs.",
    "GPU (s)": "Seconds in which a job held a GPU.",
    "peak (MiB)": "Memory of the largest job.",
}


def origin(provenance: Mapping[str, Any]) -> str:
    """Code, jobs, time and energy, in a few sentences."""
    code, rules = provenance["code"], provenance["rules"]
    jobs = sum(rule["jobs"] for rule in rules)
    cpu, gpu = (sum(rule[column] for rule in rules) / 3600 for column in ("cpu_s", "gpu_s"))
    commit = f"commit {code['commit']}" if code["commit"] else "no checkout, so no commit"
    return (
        f"Made by ticketscope {code['ticketscope']} ({commit}) in {jobs} jobs, "
        f"{cpu:.2f} hours of a core and {gpu:.2f} of a GPU; "
        f"about {energy.watt_hours(rules):.3g} Wh. {energy.NOTE} "
        "A job that was interrupted counts from its last start."
    )


def origins(provenance: Mapping[str, Any]) -> list[Table]:
    """What each rule cost, the machines, the packages, the data's licences."""
    costs = [
        {
            "rule": rule["rule"],
            "jobs": rule["jobs"],
            "wall (s)": f"{rule['wall_s']:.1f}",
            "CPU (s)": f"{rule['cpu_s']:.1f}",
            "GPU (s)": f"{rule['gpu_s']:.1f}",
            "peak (MiB)": f"{rule['peak_mib']:.0f}",
        }
        for rule in provenance["rules"]
    ]
    machines, versions = (
        pd.DataFrame(list(provenance[key].items()), columns=columns)
        for key, columns in (
            ("machines", ["machine", "jobs"]),
            ("versions", ["package", "version"]),
        )
    )
    return [
        Table("Cost of each rule", pd.DataFrame(costs, columns=["rule", "jobs", *_COSTS]),
              explanations=_COSTS),
        Table("Machines", machines),
        Table("Versions", versions),
        Table("Licences of the data", pd.DataFrame(provenance["licences"])),
    ]  # fmt: skip
