"""A fingerprint of a script and of all our modules that it reaches: what makes a result stale.

Snakemake's own code trigger looks at a script's modification time and never at what it imports.
This looks at the syntax trees, so that comments, formatting, docstrings and descriptions of
settings count for nothing and a changed function counts for just the rules that can reach it.

Parsing three hundred modules takes half of a dry-run, so what was read off a tree is kept between
processes, by the bytes of its file.
"""

import ast
import hashlib
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ticketscope.errors import InputError
from ticketscope.runtime.kept_trees import KeptTrees, Tree, cache_file


def fingerprint(script: Path, package: Path, *, also: Sequence[str] = ()) -> str:
    """Hexadecimal SHA-256 over a script and the modules of `package` that it reaches.

    Imports are followed without importing anything: absolute and relative ones, those inside
    functions, and parent packages. A data file beside a module counts, byte by byte, if the module
    names it in a string. A file is read once per process.

    Args:
        script: A Python file.
        package: The package's folder; its name is the package's name.
        also: Dotted modules that are reached in another way, such as fairseq's plugin.

    Raises:
        InputError: a file is missing or is not valid Python (names file and line), or `also` names
            a module that is not there.
    """
    reached = reached_modules(script, package, also=also)
    parts = [module_digest(script), *(f"{name} {reached[name]}" for name in sorted(reached))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def module_digest(path: Path) -> str:
    """Hexadecimal SHA-256 of one file's syntax tree.

    Raises:
        InputError: the file is missing or is not valid Python.
    """
    return _read(path, "").digest


def reached_modules(script: Path, package: Path, *, also: Sequence[str] = ()) -> dict[str, str]:
    """Digests of the modules of `package` that a script reaches, by dotted name.

    Arguments and errors are those of `fingerprint`.
    """
    for name in also:
        if _file(name, package) is None:
            raise InputError(f"{name}: no such module in {package}")
    with _kept_trees().saved():
        return _follow({*_read(script, "").imports, *also}, package)


def _follow(waiting: set[str], package: Path) -> dict[str, str]:
    """Digests of some modules of the package and of all that they reach."""
    reached: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        imports = {name.rpartition(".")[0]}  # importing a.b.c runs a and a.b too
        path = _file(name, package)
        if path is not None:
            module = _read(path, name)
            reached[name] = module.digest
            imports |= module.imports
        waiting |= imports - reached.keys() - {""}
    return reached


class _Module(NamedTuple):
    digest: str  # of its code and its data files
    imports: frozenset[str]  # dotted names; those of functions and of others' modules among them


@cache
def _file(name: str, package: Path) -> Path | None:
    """The file of a dotted module of the package; None for anything else."""
    top, *rest = name.split(".")
    if top != package.name:
        return None
    folder = package.joinpath(*rest)
    for path in (folder / "__init__.py", folder.with_name(f"{folder.name}.py")):
        if path.is_file():
            return path
    return None


@cache
def _kept_trees() -> KeptTrees:
    return KeptTrees(cache_file())


_OURSELVES = Path(__file__).read_bytes()


@cache
def _read(path: Path, name: str) -> _Module:
    """Read a file; `name` is its dotted name, empty for a script."""
    try:
        source = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    # What is kept depends on this module and on Python too, whose trees they are.
    depends = b"\n".join([_OURSELVES, sys.version.encode(), package.encode(), source])
    key = hashlib.sha256(depends).hexdigest()
    kept = _kept_trees()
    if key not in kept:
        kept[key] = _parse(source, path, package)
    digest, imports, texts = kept[key]
    if name:
        for data in sorted(path.parent.iterdir()):
            if data.name in texts and data.suffix != ".py" and data.is_file():
                whole = f"{digest}\n{data.name}\n".encode() + data.read_bytes()
                digest = hashlib.sha256(whole).hexdigest()
    return _Module(digest, frozenset(imports))


def _parse(source: bytes, path: Path, package: str) -> Tree:
    try:
        tree = ast.parse(source, str(path))
    except SyntaxError as error:
        raise InputError(f"{path}, line {error.lineno}: {error.msg}") from error
    imports, texts = set[str](), set[str]()
    _strip_words(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                imports |= {alias.name for alias in node.names}
            case ast.ImportFrom():
                # Each further dot is one package up.
                parents = package.split(".")[: 1 - node.level or None] if node.level else []
                base = ".".join(filter(None, [*parents, node.module]))
                imports |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
            case ast.Constant(value=str() as text):
                texts.add(text.rpartition("/")[2])
    digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return Tree(digest, sorted(imports), sorted(text for text in texts if "." in text))


def _strip_words(tree: ast.Module) -> None:
    """Take out what only people read: docstrings, and descriptions of pydantic's fields."""
    with_docstring = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in ast.walk(tree):
        if isinstance(node, with_docstring) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Field":
            node.keywords = [each for each in node.keywords if each.arg != "description"]
