"""Fetch a public file from the mirror folder or from its address, verified and resumable."""

import http.client
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
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
    """Fetch a file into `folder` and verify it; a file that is there already is kept.

    Args:
        file: The file to fetch.
        folder: Destination; the file keeps its registry path below it.
        mirror: A folder with the same paths that is searched first; None: no mirror.
        manual: The address does not serve programs: only the mirror can have the file.
        progress: Gets a line for each tenth of the file.

    Returns:
        The path of the file.

    Raises:
        InputError: neither mirror nor network has the file, or its checksum is wrong. A partial
            download is kept and continued by the next call.
    """
    destination = folder / file.path
    if destination.exists() and _matches(destination, file):
        return destination
    if mirror is not None and (mirror / file.path).is_file():
        _verify(mirror / file.path, file, "delete it or replace it")
        with atomic_write(destination) as temporary:
            shutil.copyfile(mirror / file.path, temporary)
        return destination
    place = (mirror or Path("<mirror>")) / file.path
    advice = f"put it at {place} (`mirror:` or TICKETSCOPE_MIRROR)"
    if manual:
        raise InputError(f"{file.path} cannot be downloaded by a program: get {file.url}, {advice}")
    partial = destination.with_name(destination.name + ".part")
    with disk_errors(partial):
        partial.parent.mkdir(parents=True, exist_ok=True)
        _download(file, partial, advice, progress)
    try:
        _verify(partial, file, "it is deleted, run again")
    except InputError:
        partial.unlink()
        raise
    partial.replace(destination)
    return destination


def fetch_all(
    files: Iterable[SourceFile],
    folder: Path,
    *,
    mirror: Path | None,
    manual: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> list[dict[str, str]]:
    """Fetch files as `fetch` does; address, path and SHA-256 of each, for a manifest."""
    fetched = []
    for file in files:
        path = fetch(file, folder, mirror=mirror, manual=manual, progress=progress)
        fetched.append({"url": file.url, "path": str(path), "sha256": sha256(path)})
    return fetched


def _download(
    file: SourceFile, partial: Path, advice: str, progress: Callable[[str], None]
) -> None:
    for attempt in range(1, _TRIES + 1):
        try:
            _continue(file, partial, progress)
            return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise InputError(
                    f"{file.url} answers {error.code} {error.reason}; {advice}"
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
    raise InputError(f"cannot download {file.url} ({reason}); without a network {advice}")


def _continue(file: SourceFile, partial: Path, progress: Callable[[str], None]) -> None:
    size = partial.stat().st_size if partial.exists() else 0
    if size and size == file.bytes:
        return
    request = urllib.request.Request(file.url)
    if size:
        request.add_header("Range", f"bytes={size}-")
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != 416:  # the partial file is longer than the source: begin anew
            raise
        partial.unlink()
        return _continue(file, partial, progress)
    with response:
        resumed = response.status == 206
        length = response.headers.get("Content-Length")
        total = int(length) + (size if resumed else 0) if length else None
        with partial.open("ab" if resumed else "wb") as stream:
            reported = 0  # tenths
            while chunk := response.read(_CHUNK):
                stream.write(chunk)
                if total and stream.tell() * 10 // total > reported:
                    reported = stream.tell() * 10 // total
                    progress(f"{file.path}: {reported * 10} % of {total / 1e6:.1f} MB")
            if total and stream.tell() < total:
                raise http.client.IncompleteRead(b"", total - stream.tell())


def _matches(path: Path, file: SourceFile) -> bool:
    return file.sha256 is None or sha256(path) == file.sha256


def _verify(path: Path, file: SourceFile, advice: str) -> None:
    if file.sha256 is None:
        return
    digest = sha256(path)
    if digest != file.sha256:
        raise InputError(
            f"checksum mismatch: {path} has sha256 {digest}, expected {file.sha256}; {advice}"
        )
