"""Fetch all files of a public source, from the mirror folder or from their addresses.

Output: manifest (JSON: address, path, sha256 and licence of each file).
"""

from pathlib import Path

from ticketscope.corpus.download import fetch_all
from ticketscope.corpus.registry import find
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_json

with job(snakemake) as progress:
    source = find(snakemake.wildcards.source)
    mirror = Path(snakemake.resources.mirror) if snakemake.resources.mirror else None
    files = fetch_all(
        source.files(),
        Path("resources/sources"),
        mirror=mirror,
        manual=source.manual,
        progress=progress,
    )
    manifest = {"licence": source.licence, "citation": source.citation, "files": files}
    write_json(snakemake.output.manifest, manifest)
