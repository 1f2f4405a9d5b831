"""Fetching a public file: from the mirror folder or from its address; verified, resumable."""

import http.client
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from ticketscope.corpus.registry import SourceFile
from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write, disk_errors, sha256

_TRIES = 3
_TIMEOUT = 30  # seconds without a byte
_CHUNK = 1 << 20


def fetch(
    file: SourceFile,
    folder: Path,
    *,
    mirror: Path | None,
    manual: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> Path:
    """Bring a file to `folder`, verified; what is there already is not fetched again.

    Args:
        file: What to fetch.
        folder: Where to; the file keeps its registry path below it.
        mirror: A folder to look in first, with the same paths.
        manual: The address serves no program: only the mirror will do.
        progress: Gets a line now and then.

    Raises:
        InputError: neither mirror nor network has it, or its checksum is wrong. A partial
            download stays and is continued by the next call.
    """
    destination = folder / file.path
    if destination.exists() and _matches(destination, file):
        return destination
    if mirror is not None and (mirror / file.path).is_file():
        _verify(mirror / file.path, file, "delete it or replace it")
        with atomic_write(destination) as temporary:
            shutil.copyfile(mirror / file.path, temporary)
        return destination
    put = f"put it at {(mirror or Path('<mirror>')) / file.path} (`mirror:` or TICKETSCOPE_MIRROR)"
    if manual:
        raise InputError(f"{file.path} cannot be downloaded by a program: get {file.url}, {put}")
    partial = destination.with_name(destination.name + ".part")
    with disk_errors(partial):
        partial.parent.mkdir(parents=True, exist_ok=True)
        _download(file, partial, put, progress)
    try:
        _verify(partial, file, "it is deleted, run again")
    except InputError:
        partial.unlink()
        raise
    partial.replace(destination)
    return destination


def _download(file: SourceFile, partial: Path, put: str, progress: Callable[[str], None]) -> None:
    for attempt in range(1, _TRIES + 1):
        try:
            _continue(file, partial, progress)
            return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise InputError(
                    f"{file.url} answers {error.code} {error.reason}; {put}"
                ) from error
            reason: object = f"{error.code} {error.reason}"
        except (
            urllib.error.URLError,
            http.client.HTTPException,
            ConnectionError,
            TimeoutError,
        ) as e:
            reason = getattr(e, "reason", e)
        progress(f"{file.url}: {reason} (try {attempt} of {_TRIES})")
        if attempt < _TRIES:
            time.sleep(attempt)
    raise InputError(f"cannot download {file.url} ({reason}); without a network {put}")


def _continue(file: SourceFile, partial: Path, progress: Callable[[str], None]) -> None:
    have = partial.stat().st_size if partial.exists() else 0
    if have and have == file.bytes:
        return
    request = urllib.request.Request(file.url)
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != 416:  # we hold more than there is: begin anew
            raise
        partial.unlink()
        return _continue(file, partial, progress)
    with response:
        resumed = response.status == 206
        length = response.headers.get("Content-Length")
        total = int(length) + (have if resumed else 0) if length else None
        with partial.open("ab" if resumed else "wb") as stream:
            said = 0
            while chunk := response.read(_CHUNK):
                stream.write(chunk)
                if total and stream.tell() * 10 // total > said:
                    said = stream.tell() * 10 // total
                    progress(f"{file.path}: {said * 10} % of {total / 1e6:.1f} MB")
            if total and stream.tell() < total:
                raise http.client.IncompleteRead(b"", total - stream.tell())


def _matches(path: Path, file: SourceFile) -> bool:
    return file.sha256 is None or sha256(path) == file.sha256


def _verify(path: Path, file: SourceFile, advice: str) -> None:
    if file.sha256 is None:
        return
    found = sha256(path)
    if found != file.sha256:
        raise InputError(
            f"checksum mismatch: {path} has sha256 {found}, expected {file.sha256}; {advice}"
        )
