"""Where the experiment's numbers come from: config, code, versions, machines, costs, licences.

Input: files that have to be finished before costs are summed. Output: provenance (JSON).
"""

import json
from pathlib import Path

from ticketscope.config import validate
from ticketscope.report.provenance import provenance
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    settings = snakemake.params.settings
    record = provenance(validate(settings["config"]), Path(settings["logs"]), settings["made_by"])
    with atomic_write(snakemake.output.provenance) as temporary:
        temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
