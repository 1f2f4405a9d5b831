"""What makes a result stale, and what does not, on a package of a few lines."""

from pathlib import Path

import pytest

from ticketscope.errors import InputError
from ticketscope.runtime.fingerprint import fingerprint

# pkg.late is imported inside a function; pkg.ring and pkg.core import each other; pkg.plugin and
# pkg.unrelated are reached by nothing.
FILES = {
    "script.py": '"""Doc."""\nfrom pkg import core\nprint(core.total([1, 2]))\n',
    "pkg/__init__.py": '"""The package."""\n',
    "pkg/core.py": (
        '"""Doc."""\n'
        "from .low.sums import add\n"
        "from . import ring\n\n"
        "def total(values):\n"
        '    """Doc."""\n'
        "    from pkg import late\n"
        "    return late.twice(add(values))\n"
    ),
    "pkg/ring.py": "import pkg.core\nSIZE = 1\n",
    "pkg/late.py": "from .data.table import TABLE\n\ndef twice(x):\n    return 2 * x\n",
    "pkg/low/__init__.py": "LIMIT = 9\n",
    "pkg/low/sums.py": "from ..base import ZERO\n\ndef add(v):\n    return sum(v, ZERO)\n",
    "pkg/base.py": 'ZERO = 0\n\n\nclass Settings:\n    size = Field(3, description="Words.")\n',
    "pkg/data/__init__.py": "",
    "pkg/data/table.py": (
        '"""Not of unused.yaml."""\nTABLE = __file__ + "/../table.yaml"\nMORE = "table.json"\n'
    ),
    "pkg/data/table.yaml": "a: 1\n",
    "pkg/data/table.json": "{}\n",
    "pkg/data/unused.yaml": "a: 1\n",
    "pkg/plugin.py": "from pkg.plugged import X\n",
    "pkg/plugged.py": "X = 1\n",
    "pkg/unrelated.py": "X = 1\n",
}


class Project:
    """Writes the files with some replaced, each time into a folder of its own: reads are cached."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def __call__(self, *also: str, **changed: str) -> str:
        self.count += 1
        root = self.folder / str(self.count)
        for name, text in (FILES | changed).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return fingerprint(root / "script.py", root / "pkg", also=also)

    def edited(self, name: str, old: str, new: str, *also: str) -> str:
        assert old in FILES[name]
        return self(*also, **{name: FILES[name].replace(old, new)})


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_it_is_a_sha256_and_does_not_depend_on_the_folder(project: Project) -> None:
    value = project()
    assert len(bytes.fromhex(value)) == 32
    assert value == project()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("script.py", "Doc.", "Another sentence."),
        ("script.py", "print(", "# why\n\nprint(\n    "),
        ("pkg/core.py", '    """Doc."""\n', ""),
        ("pkg/core.py", '"""Doc."""', '"""Names pkg.unrelated."""'),
        ("pkg/low/sums.py", "sum(v, ZERO)", "(sum( v,ZERO, ))"),
        ("pkg/low/sums.py", "def add", "\n\n\n# moved down\ndef add"),
        ("pkg/base.py", "Words.", "Other words."),
    ],
)
def test_words_and_looks_count_for_nothing(project: Project, name: str, old: str, new: str) -> None:
    assert project.edited(name, old, new) == project()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("script.py", "[1, 2]", "[1, 3]"),
        ("pkg/__init__.py", '"""The package."""', "import sys"),
        ("pkg/core.py", "return late", "return 1 + late"),
        ("pkg/ring.py", "SIZE = 1", "SIZE = 2"),
        ("pkg/late.py", "2 * x", "x * 2"),
        ("pkg/low/__init__.py", "LIMIT = 9", "LIMIT = 8"),
        ("pkg/low/sums.py", "sum(v, ZERO)", "sum(v) + ZERO"),
        ("pkg/base.py", "ZERO = 0", "ZERO = 1"),
        ("pkg/base.py", "Field(3", "Field(4"),
        ("pkg/base.py", "Field(3, d", "Spoken(3, d"),
        ("pkg/data/__init__.py", "", "import sys"),
        ("pkg/data/table.yaml", "a: 1", "a: 1 # bytes count"),
        ("pkg/data/table.json", "{}", "{ }"),
    ],
)
def test_a_change_in_anything_reached_counts(
    project: Project, name: str, old: str, new: str
) -> None:
    assert project.edited(name, old, new) != project()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("pkg/unrelated.py", "X = 1", "X = 2"),
        ("pkg/unrelated.py", "X = 1", "not Python"),
        ("pkg/plugged.py", "X = 1", "X = 2"),
        ("pkg/data/unused.yaml", "a: 1", "a: 2"),
    ],
)
def test_a_change_elsewhere_does_not(project: Project, name: str, old: str, new: str) -> None:
    assert project.edited(name, old, new) == project()


def test_a_module_that_only_a_string_reaches_can_be_added(project: Project) -> None:
    with_plugin = project("pkg.plugin")
    assert with_plugin != project()
    assert project.edited("pkg/plugged.py", "X = 1", "X = 2", "pkg.plugin") != with_plugin
    assert project.edited("pkg/unrelated.py", "X = 1", "X = 2", "pkg.plugin") == with_plugin


def test_the_same_code_under_another_name_is_another_program(project: Project) -> None:
    """Two modules that swap their contents are not the same."""
    swapped = {"pkg/ring.py": FILES["pkg/base.py"], "pkg/base.py": FILES["pkg/ring.py"]}
    assert project(**swapped) != project()


def test_a_syntax_error_names_file_and_line(project: Project) -> None:
    with pytest.raises(InputError, match=r"pkg/base\.py, line 2: "):
        project(**{"pkg/base.py": "ZERO = 0\nONE = = 1\n"})


def test_a_missing_script_and_a_missing_extra_module_are_named(
    project: Project, tmp_path: Path
) -> None:
    project()
    with pytest.raises(InputError, match=r"absent\.py: No such file"):
        fingerprint(tmp_path / "1/absent.py", tmp_path / "1/pkg")
    with pytest.raises(InputError, match=r"pkg\.plugins: no such module in "):
        fingerprint(tmp_path / "1/script.py", tmp_path / "1/pkg", also=["pkg.plugins"])


def test_every_file_is_read_once_per_process(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = project()
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"read again: {path}"))
    assert fingerprint(tmp_path / "1/script.py", tmp_path / "1/pkg") == value


def test_the_workflow_s_own_scripts_have_one(root: Path) -> None:
    scripts = sorted((root / "workflow/scripts").glob("*.py"))
    assert scripts
    assert len({fingerprint(script, root / "src/ticketscope") for script in scripts}) == len(
        scripts
    )
