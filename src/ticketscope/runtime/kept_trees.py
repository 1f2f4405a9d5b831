"""What `fingerprint` read off syntax trees, kept between processes in the user's cache folder."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write

# Trees that are kept: of a dozen states of all our modules.
MOST = 4000


class Tree(NamedTuple):
    """What counts of a module."""

    digest: str  # SHA-256 of its code, in hexadecimal digits
    imports: list[str]  # dotted names
    texts: list[str]  # strings that may name a file, without folders


def cache_file() -> Path:
    """Where trees are kept: in XDG_CACHE_HOME, by default ~/.cache.

    A user without a home, as in a container, keeps none.
    """
    folder = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    if folder.startswith("~"):
        folder = os.devnull  # in which there is no file to read, nor to write
    return Path(folder, "ticketscope/syntax_trees.json")


class KeptTrees(dict[str, Tree]):
    """Trees by a hash of all that they depend on, so that none is ever out of date.

    A file that is damaged holds nothing, and one that cannot be written stays as it is: then
    modules are parsed again.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        with suppress(OSError, ValueError, TypeError, AttributeError):
            kept = json.loads(path.read_text(encoding="utf-8"))
            self.update({key: Tree(*tree) for key, tree in kept.items()})

    @contextmanager
    def saved(self) -> Iterator[None]:
        """Write the file when the block ends, if it added any; of two at once, the later stays."""
        before = len(self)
        yield
        if len(self) > before:
            with suppress(OSError, InputError), atomic_write(self._path) as temporary:
                latest = dict(list(self.items())[-MOST:])
                temporary.write_text(json.dumps(latest), encoding="utf-8")
