"""What the place of an experiment must allow before anything is planned.

Snakemake ends with tracebacks where it cannot write its records or its path has braces, and fails
jobs whose inputs are dated later than now.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.runtime.files import disk_errors

# Seconds by which the clock of a file server may be ahead.
AHEAD = 600


def check_place(records: Path, results: Path) -> None:
    """Check that Snakemake's records can be written, and that no result is from the future.

    Args:
        records: Snakemake's folder; made if absent.
        results: Folder of the experiment's results, if there is one.

    Raises:
        InputError: the disk is full or read-only, the clock was set back, or there is a brace in
            the path.
    """
    if "{" in str(records.absolute()):
        raise InputError(
            f"{records.absolute().parent}: Snakemake takes a brace in a path for the beginning of "
            "a name: rename the folder"
        )
    with disk_errors(records):
        records.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=records) as probe:
            probe.write(bytes(1 << 16))
    now = time.time()
    for path, changed in _times(results):
        if changed > now + AHEAD:
            date = time.strftime("%Y-%m-%d %H:%M", time.localtime(changed))
            raise InputError(
                f"{path} is dated {date}, in the future: set the clock right; if it is right, run: "
                f"find {results} -newermt now -exec touch -h -d now {{}} +"
            )


def _times(folder: Path) -> Iterator[tuple[Path, float]]:
    """What is below a folder and when it was changed.

    Beside a dry-run another snakemake may run, whose jobs remove files and folders meanwhile.
    """
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent, name)
            with suppress(FileNotFoundError):
                yield path, path.lstat().st_mtime
