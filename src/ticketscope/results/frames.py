"""Data frames that are read by name."""

from collections.abc import Callable, Iterator

import pandas as pd

from ticketscope.errors import InputError


class Frames:
    """Data frames by name, each read when it is asked for.

    `frames.similarity` and `frames["similarity"]` are the same; iterating yields the names.

    Raises:
        InputError: there is no frame of that name; lists those that there are. Attribute access
            raises AttributeError instead.
    """

    def __init__(self, kind: str, names: list[str], read: Callable[[str], pd.DataFrame]) -> None:
        self._kind, self._names, self._read = kind, sorted(names), read

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise InputError(f"no {self._kind} {name} (yet); there are: {', '.join(self._names)}")
        return self._read(name)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):  # notebooks and copy look for such names
            raise AttributeError(name)
        try:
            return self[name]
        except InputError as error:
            raise AttributeError(str(error)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._names]

    def _ipython_key_completions_(self) -> list[str]:
        return self._names

    def __repr__(self) -> str:
        return f"{self._kind}s: {', '.join(self._names)}"
