"""The tables of the page's provenance."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ticketscope.report.page.parts import Table

# Columns of provenance.json's rules as the page names, explains and rounds them.
_COSTS = {
    "wall (s)": ("wall_s", 1, "Seconds from start to end, summed over jobs; jobs can overlap."),
    "CPU (s)": ("cpu_s", 1, "Seconds of core time, summed over jobs."),
    "GPU (s)": ("gpu_s", 1, "Seconds in which a job held a GPU."),
    "peak (MiB)": ("peak_mib", 0, "Memory of the largest job."),
}


def origins(provenance: Mapping[str, Any]) -> list[Table]:
    """What each rule cost, the machines, the packages, the data's licences."""
    costs = [
        {"rule": rule["rule"], "jobs": rule["jobs"]}
        | {name: f"{rule[column]:.{digits}f}" for name, (column, digits, _) in _COSTS.items()}
        for rule in provenance["rules"]
    ]
    explanations = {name: text for name, (_, _, text) in _COSTS.items()}
    parts = {
        "other versions": "Packages whose version differs from the first experiment's.",
        "other code": "Rules whose code differs from the first experiment's; the numbers may still "
        "be the same.",
    }
    joined = pd.DataFrame(provenance.get("joined", []))
    differ = not joined.empty and joined[list(parts)].fillna("").ne("").to_numpy().any()
    title = f"Joined experiments: {len(joined)}{', not all of the same software' if differ else ''}"
    machines, versions = provenance["machines"].items(), provenance["versions"].items()
    return [
        *([] if joined.empty else [Table(title, joined, explanations=parts, folded=True)]),
        Table("Cost of each rule", pd.DataFrame(costs), explanations=explanations, folded=True),
        Table("Machines", pd.DataFrame(machines, columns=["machine", "jobs"]), folded=True),
        Table("Versions", pd.DataFrame(versions, columns=["package", "version"]), folded=True),
        Table("Licences of the data", pd.DataFrame(provenance["licences"]), folded=True),
    ]
