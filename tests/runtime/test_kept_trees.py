"""What a fingerprint read off syntax trees is kept between processes, and never out of date."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ticketscope.runtime import fingerprint
from ticketscope.runtime.kept_trees import MOST, KeptTrees, Tree, cache_file


@pytest.fixture
def new_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Forgets what this process read, so that only files are left; the cache folder is empty."""
    caches = (fingerprint._read, fingerprint._kept_trees)

    def forget() -> None:
        for function in caches:
            function.cache_clear()

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    forget()
    yield forget
    forget()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "script.py").write_text("import pkg.a\n")
    (tmp_path / "pkg/__init__.py").write_text("")
    (tmp_path / "pkg/a.py").write_text("from . import b\nTABLE = 'table.yaml'\n")
    (tmp_path / "pkg/b.py").write_text("X = 1\n")
    (tmp_path / "pkg/table.yaml").write_text("a: 1\n")
    return tmp_path


def value(project: Path) -> str:
    return fingerprint.fingerprint(project / "script.py", project / "pkg")


def test_another_process_parses_nothing_again(project, new_process, monkeypatch):
    first = value(project)
    new_process()
    monkeypatch.setattr(fingerprint, "_parse", lambda *_: pytest.fail("parsed again"))
    assert value(project) == first


@pytest.mark.parametrize(("name", "text"), [("b.py", "X = 2\n"), ("table.yaml", "a: 2\n")])
def test_a_change_is_seen_whatever_is_kept(project, new_process, name, text):
    first = value(project)
    (project / "pkg" / name).write_text(text)
    new_process()
    assert value(project) != first


def test_the_same_text_in_another_package_reaches_other_modules(project, new_process):
    (project / "pkg/low").mkdir()
    for name in ("__init__", "a", "b"):
        (project / f"pkg/low/{name}.py").write_bytes((project / f"pkg/{name}.py").read_bytes())
    (project / "pkg/b.py").write_text("from .low import a\n")
    reached = fingerprint.reached_modules(project / "script.py", project / "pkg")
    assert {"pkg.b", "pkg.low.b"} <= reached.keys()


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"x": 1}', '{"x": ["too", "few"]}'])
def test_a_damaged_file_is_replaced(project, new_process, content):
    first = value(project)
    cache_file().write_text(content)
    new_process()
    assert value(project) == first
    assert KeptTrees(cache_file())


def test_where_nothing_can_be_kept_all_is_parsed(project, new_process):
    cache_file().parent.parent.mkdir()
    cache_file().parent.write_text("a file where the folder would be")
    first = value(project)
    new_process()
    assert value(project) == first


def test_a_user_without_a_home_keeps_nothing(project, new_process, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    monkeypatch.chdir(project)
    before = set(project.rglob("*"))
    assert value(project)
    assert set(project.rglob("*")) == before


def test_the_file_does_not_grow_for_ever(tmp_path):
    path = tmp_path / "kept.json"
    trees = KeptTrees(path)
    with trees.saved():
        trees.update({str(i): Tree("", [], []) for i in range(MOST + 5)})
    assert next(iter(KeptTrees(path))) == "5"
    assert len(KeptTrees(path)) == MOST
