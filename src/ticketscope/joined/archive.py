"""A finished experiment's observations as one small file: what a study keeps of a seed.

    python -m ticketscope.joined.archive results/toy-seed11 study/default/seed11.tar.xz

Arrays are kept as they are and compressed with all else: thousands of short ones, each compressed
by itself, take twice the space.
"""

import copy
import hashlib
import io
import json
import lzma
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from ticketscope.errors import InputError
from ticketscope.joined.parts import read_part
from ticketscope.joined.tables import read_arrays
from ticketscope.runtime import recorded
from ticketscope.runtime.files import atomic_write

SUFFIX = ".tar.xz"


def pack(results: Path, archive: Path) -> None:
    """Write the tables of observations and provenance.json into an archive.

    The same results give the same bytes.

    Args:
        results: Of a finished experiment.
        archive: To write, *.tar.xz.

    Raises:
        InputError: the experiment is not finished, a table was changed since, or the archive has
            another ending.
    """
    if not archive.name.endswith(SUFFIX):
        raise InputError(f"{archive}: an archive of results ends in {SUFFIX}")
    part = read_part(results)
    tables = results / "tables"
    recorded.verify(tables, part.record, part.tables)
    contents = {f"tables/{name}": _content(tables / name) for name in part.tables}
    provenance: dict[str, Any] = copy.deepcopy(dict(part.record))
    digests = provenance["tables"]["sha256"]
    for name in part.tables:
        digests[name] = hashlib.sha256(contents[f"tables/{name}"]).hexdigest()
    contents["provenance.json"] = json.dumps(provenance, indent=1).encode()
    archive.parent.mkdir(parents=True, exist_ok=True)
    with (
        atomic_write(archive) as temporary,
        lzma.open(temporary, "wb", preset=9) as stream,
        tarfile.open(fileobj=stream, mode="w") as members,
    ):
        for name, content in sorted(contents.items()):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o644
            members.addfile(member, io.BytesIO(content))


def _content(path: Path) -> bytes:
    if path.suffix != ".npz":
        return path.read_bytes()
    stored = io.BytesIO()
    np.savez(stored, allow_pickle=False, **read_arrays(path))
    return stored.getvalue()


if __name__ == "__main__":
    if len(sys.argv) != 3 or not all(sys.argv[1:]):
        sys.exit("error: give results/<experiment> and the archive to write, *.tar.xz")
    try:
        pack(*map(Path, sys.argv[1:]))
    except InputError as error:
        sys.exit(f"error: {error}")
