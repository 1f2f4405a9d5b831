"""Fetch all files of a public contrast set, from the mirror folder or from their addresses.

Output: manifest (JSON: address, path, sha256 and licence of each file).
"""

from pathlib import Path

from ticketscope.behaviour.registry import find
from ticketscope.corpus.download import fetch_all
from ticketscope.plan.paths import SOURCES
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_json

with job(snakemake) as progress:
    public = find(snakemake.wildcards.name)
    mirror = Path(snakemake.resources.mirror) if snakemake.resources.mirror else None
    files = fetch_all(public.files(), Path(SOURCES), mirror=mirror, progress=progress)
    manifest = {"licence": public.licence, "citation": public.citation, "files": files}
    write_json(snakemake.output.manifest, manifest)
