"""Fetching from a real HTTP server on this machine, and from a mirror folder."""

import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ticketscope.corpus import download, registry
from ticketscope.corpus.registry import SourceFile
from ticketscope.errors import InputError

CONTENT = bytes(range(256)) * 4000  # one megabyte


class Server(ThreadingHTTPServer):
    """Serves CONTENT at any address, with ranges; can break off, fail, or ignore ranges."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[str | None] = []  # the Range header of each
        self.break_off: list[int] = []  # answer with so many bytes, then hang up
        self.fail: list[int] = []  # status codes to answer with first
        self.ranges = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/file.bin"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.requests.append(wanted)
        if self.server.fail:
            self.send_error(self.server.fail.pop(0))
            return
        body = CONTENT
        if wanted and self.server.ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
            if start >= len(body):
                self.send_error(416)
                return
            body = body[start:]
            self.send_response(206)
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.break_off:
            body = body[: self.server.break_off.pop(0)]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between attempts, and no proxy, which the user's environment may name."""
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def file(server: Server, **changes: object) -> SourceFile:
    known = {"sha256": hashlib.sha256(CONTENT).hexdigest(), "bytes": len(CONTENT)}
    return SourceFile(**{"url": server.url, "path": "text/file.bin", **known, **changes})


def test_a_file_is_downloaded_verified_and_not_fetched_twice(server, tmp_path):
    seen = []
    path = download.fetch(file(server), tmp_path, mirror=None, progress=seen.append)
    assert path == tmp_path / "text/file.bin"
    assert path.read_bytes() == CONTENT
    assert seen[-1] == "text/file.bin: 100 % of 1.0 MB"
    download.fetch(file(server), tmp_path, mirror=None)
    assert len(server.requests) == 1
    assert [entry.name for entry in path.parent.iterdir()] == ["file.bin"]


def test_a_broken_download_is_continued_where_it_broke_off(server, tmp_path):
    server.break_off = [300_000, 200_000]
    path = download.fetch(file(server), tmp_path, mirror=None)
    assert path.read_bytes() == CONTENT
    assert server.requests == [None, "bytes=300000-", "bytes=500000-"]


def test_what_an_earlier_run_left_is_continued_by_the_next(server, tmp_path):
    server.break_off = [100_000, 1, 1]
    with pytest.raises(InputError, match=r"cannot download http.*without a network put it at"):
        download.fetch(file(server), tmp_path, mirror=None)
    assert not (tmp_path / "text/file.bin").exists()
    assert download.fetch(file(server), tmp_path, mirror=None).read_bytes() == CONTENT
    assert server.requests[-1] == "bytes=100002-"


def test_a_server_without_ranges_sends_all_of_it_again(server, tmp_path):
    server.break_off, server.ranges = [300_000], False
    assert download.fetch(file(server), tmp_path, mirror=None).read_bytes() == CONTENT


def test_a_partial_file_longer_than_the_source_is_begun_anew(server, tmp_path):
    (tmp_path / "text").mkdir()
    (tmp_path / "text/file.bin.part").write_bytes(CONTENT + b"more")
    assert download.fetch(file(server), tmp_path, mirror=None).read_bytes() == CONTENT


def test_a_server_that_stumbles_is_asked_again(server, tmp_path):
    server.fail = [503, 500]
    assert download.fetch(file(server), tmp_path, mirror=None).read_bytes() == CONTENT


def test_an_address_that_is_gone_is_named_at_once(server, tmp_path):
    server.fail = [404]
    with pytest.raises(InputError, match=rf"{server.url} answers 404 Not Found; put it at"):
        download.fetch(file(server), tmp_path, mirror=tmp_path / "mirror")
    assert len(server.requests) == 1


def test_a_wrong_checksum_names_both_sums_and_leaves_nothing(server, tmp_path):
    with pytest.raises(InputError, match=r"checksum mismatch: .*file\.bin.*expected 0000"):
        download.fetch(file(server, sha256="0" * 64), tmp_path, mirror=None)
    assert list((tmp_path / "text").iterdir()) == []


def test_no_network_says_where_to_put_the_file(tmp_path):
    closed = SourceFile(url="http://127.0.0.1:9/text.gz", path="text.gz")
    with pytest.raises(InputError) as error:
        download.fetch(closed, tmp_path, mirror=Path("/data/mirror"))
    assert str(error.value) == (
        "cannot download http://127.0.0.1:9/text.gz ([Errno 111] Connection refused); without a "
        "network put it at /data/mirror/text.gz (`mirror:` or TICKETSCOPE_MIRROR)"
    )


def test_the_mirror_is_looked_at_first_and_verified_too(server, tmp_path):
    mirror = tmp_path / "mirror/text"
    mirror.mkdir(parents=True)
    (mirror / "file.bin").write_bytes(CONTENT)
    path = download.fetch(file(server), tmp_path / "here", mirror=tmp_path / "mirror")
    assert path.read_bytes() == CONTENT
    (mirror / "file.bin").write_bytes(CONTENT[:-1])
    with pytest.raises(InputError, match=r"checksum mismatch: .*mirror/text/file\.bin.*delete it"):
        download.fetch(file(server), tmp_path / "there", mirror=tmp_path / "mirror")
    assert server.requests == []


def test_what_no_program_can_fetch_says_how_to_provide_it(tmp_path):
    source = registry.find("wmt16_en_de")
    assert source.manual
    with pytest.raises(InputError) as error:
        download.fetch(source.files()[0], tmp_path, mirror=None, manual=True)
    assert "wmt16_en_de.tar.gz cannot be downloaded by a program: get http" in str(error.value)
    assert "put it at <mirror>/" in str(error.value)
    assert "\n" not in str(error.value)


def test_every_registered_file_of_the_mirror_is_what_the_registry_says(mirror, tmp_path):
    seen = 0
    for source in registry.registry().values():
        for entry in source.files():
            if (mirror / entry.path).is_file():
                path = download.fetch(entry, tmp_path, mirror=mirror)
                assert path.stat().st_size == entry.bytes
                seen += 1
    assert seen >= 11


def test_registry_entries_say_licence_citation_and_address():
    for name, source in registry.registry().items():
        assert source.licence and source.citation, name
        for entry in source.files():
            assert entry.url.startswith("https://"), name
            assert not Path(entry.path).is_absolute()
            assert entry.sha256 or source.manual, name
        registry.side(name, "test", "de")


def test_unknown_names_are_met_with_what_there_is():
    with pytest.raises(InputError, match="unknown corpus source multi30; did you mean multi30k"):
        registry.find("multi30")
    with pytest.raises(InputError, match="unknown corpus source qqq; known: toy, multi30k"):
        registry.find("qqq")
    with pytest.raises(InputError, match="multi30k has no split dev; it has train, valid, test"):
        registry.side("multi30k", "dev", "en")
    with pytest.raises(InputError, match="multi30k has no text in fr; it has en, de"):
        registry.side("multi30k", "train", "fr")
