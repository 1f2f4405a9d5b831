"""A fingerprint of a script and of all our modules that it reaches: what makes a result stale.

Snakemake's own code trigger looks at a script's modification time and never at what it imports.
This looks at the syntax trees, so that comments, formatting and docstrings count for nothing and
a changed function counts for just the rules that can reach it.
"""

import ast
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from dissect.errors import InputError


def fingerprint(script: Path, package: Path, *, also: Sequence[str] = ()) -> str:
    """Hexadecimal SHA-256 over a script and the modules of `package` that it reaches.

    Imports are followed without importing anything: absolute and relative ones, those inside
    functions, and parent packages. A data file (.yaml, .json) beside a module counts, byte by
    byte, if the module names it in a string.

    Args:
        script: A Python file.
        package: The package's folder; its name is the package's name.
        also: Dotted modules that are reached in another way, such as fairseq's plugin.

    Raises:
        InputError: a file is not valid Python; names file and line.
    """
    reached: dict[str, Path] = {}
    waiting = [*_imports(script, "", package), *also]
    while waiting:
        name = waiting.pop()
        path = _file(name, package)
        if path is None or name in reached:
            continue
        reached[name] = path
        waiting += _imports(path, name, package)
        if "." in name:
            waiting.append(name.rpartition(".")[0])
    digest = hashlib.sha256(_code(script).encode())
    for name in sorted(reached):
        digest.update(f"\n{name}\n{_code(reached[name])}".encode())
        for data in _data_files(reached[name]):
            digest.update(data.name.encode() + data.read_bytes())
    return digest.hexdigest()


def _file(name: str, package: Path) -> Path | None:
    """The file of a dotted module of the package; None for anything else."""
    top, _, rest = name.partition(".")
    if top != package.name:
        return None
    base = package.joinpath(*rest.split(".")) if rest else package
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None


@cache
def _tree(path: Path) -> ast.Module:
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except SyntaxError as error:
        raise InputError(f"{path}, line {error.lineno}: {error.msg}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                del node.body[0]
    return tree


@cache
def _code(path: Path) -> str:
    return ast.dump(_tree(path))


@cache
def _imports(path: Path, name: str, package: Path) -> tuple[str, ...]:
    """Dotted names that a file may import; some are functions, which `_file` then drops."""
    inside = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: list[str] = []
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = inside.split(".")[: len(inside.split(".")) - node.level + 1]
                base = ".".join([*parents, base]).rstrip(".")
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return tuple(_prefixes(found))


def _prefixes(names: Iterable[str]) -> Iterable[str]:
    """Every name with its parents: importing a.b.c runs a and a.b too."""
    for name in names:
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            yield ".".join(parts[:end])


@cache
def _data_files(path: Path) -> tuple[Path, ...]:
    texts = {
        node.value
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    beside = sorted([*path.parent.glob("*.yaml"), *path.parent.glob("*.json")])
    return tuple(data for data in beside if data.name in texts)
