"""Where the experiment's numbers come from: config, code, versions, machines, costs, licences.

Input: files that have to be finished before costs are summed; tables (CSV, npz), whose checksums
are recorded; free_statistics (JSON, of the free suite's tasks), parts (JSON, the provenance of
experiments that are joined). Output: provenance (JSON).
"""

import json
from pathlib import Path

from ticketscope.config import validate
from ticketscope.probing.free import page as free_suite
from ticketscope.report.provenance import joined, provenance
from ticketscope.runtime import recorded
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake):
    settings = snakemake.params.settings
    record = provenance(validate(settings["config"]), Path(settings["logs"]), settings["made_by"])
    parts = [json.loads(Path(path).read_text(encoding="utf-8")) for path in snakemake.input.parts]
    if parts:
        record = joined(record, dict(zip(settings["folders"], parts, strict=True)))
    else:
        paths = {Path(path).parent.name: Path(path) for path in snakemake.input.free_statistics}
        data = free_suite.about(paths).to_dict("records")
        record["probing"] = settings["probing"] | {"data": data}
        record |= {name: settings[name] for name in ("training_version", "measured_by")}
    tables = zip(settings["tables"], map(Path, snakemake.input.tables), strict=True)
    record["tables"] = recorded.record(dict(tables))
    record["figures"] = settings["figures"]
    with atomic_write(snakemake.output.provenance) as temporary:
        temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
