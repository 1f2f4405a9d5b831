"""Fetch all files of a source of the free suite, from the mirror folder or from their addresses.

Output: manifest (JSON: address, path and sha256 of each file, licence, citation).
"""

import json
from pathlib import Path

from ticketscope.corpus.download import fetch
from ticketscope.probing.free import archives
from ticketscope.probing.free.sources import find
from ticketscope.runtime.files import atomic_write, sha256
from ticketscope.runtime.job import job

with job(snakemake) as progress:
    source = find(snakemake.wildcards.source)
    mirror = Path(snakemake.resources.mirror) if snakemake.resources.mirror else None
    files = []
    for file in source.files.values():
        path = fetch(file, Path("resources/sources"), mirror=mirror, progress=progress)
        if file.contents is not None:
            archives.members(path, file)  # checks the digest
        files.append({"url": file.url, "path": str(path), "sha256": sha256(path)})
    manifest = {"licence": source.licence, "citation": source.citation, "files": files}
    with atomic_write(snakemake.output.manifest) as temporary:
        temporary.write_text(json.dumps(manifest, indent=1) + "\n")
