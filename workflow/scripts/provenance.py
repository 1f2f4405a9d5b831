"""Where the experiment's numbers come from: config, code, versions, machines, costs, licences.

Input: files that have to be finished before costs are summed; free_statistics (JSON, of the free
suite's tasks). Output: provenance (JSON).
"""

import json
from pathlib import Path

from ticketscope.config import validate
from ticketscope.probing.free import page as free_suite
from ticketscope.report.provenance import provenance
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    settings = snakemake.params.settings
    record = provenance(validate(settings["config"]), Path(settings["logs"]), settings["made_by"])
    paths = {Path(path).parent.name: Path(path) for path in snakemake.input.free_statistics}
    record["probing"] = {
        "skipped": settings["skipped"],
        "data": free_suite.about(paths).to_dict("records"),
    }
    with atomic_write(snakemake.output.provenance) as temporary:
        temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
