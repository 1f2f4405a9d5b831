"""The mask: which entries of each prunable parameter are still there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save_file

from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.floating]


@dataclass(frozen=True)
class Mask:
    """Boolean arrays by parameter name, each of its parameter's shape; True where an entry is kept.

    The order of the names is the parameters' order in the model.
    """

    kept: dict[str, BoolArray]

    @classmethod
    def full(cls, shapes: Mapping[str, tuple[int, ...]]) -> "Mask":
        """The mask of a dense model: nothing pruned."""
        return cls({name: np.ones(shape, dtype=np.bool_) for name, shape in shapes.items()})

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each parameter."""
        return {name: array.shape for name, array in self.kept.items()}

    @property
    def total(self) -> int:
        """Number of prunable entries."""
        return sum(array.size for array in self.kept.values())

    @property
    def pruned(self) -> int:
        """Number of entries cut."""
        return self.total - sum(int(np.count_nonzero(array)) for array in self.kept.values())

    @property
    def sparsity(self) -> float:
        """Share of the prunable entries that is cut (Table A1, 'excl. emb.')."""
        return self.pruned / self.total

    def is_nested_in(self, earlier: "Mask") -> bool:
        """Whether everything that `earlier` cut is cut here too."""
        return self.shapes == earlier.shapes and not any(
            np.any(self.kept[name] & ~earlier.kept[name]) for name in self.kept
        )

    def check_fits(self, shapes: Mapping[str, tuple[int, ...]], what: str) -> None:
        """Refuse a mask of another architecture.

        Raises:
            InputError: names the first parameter that `what` lacks or has in another shape.
        """
        for name, shape in self.shapes.items():
            if name not in shapes:
                raise InputError(f"{what} is of another architecture: it has no parameter {name}")
            if tuple(shapes[name]) != shape:
                raise InputError(
                    f"{what} is of another architecture: the mask of {name} has the shape "
                    f"{shape}, the parameter {tuple(shapes[name])}"
                )

    def save(self, path: str | Path) -> None:
        """Write as safetensors, one boolean tensor a parameter; same mask, same bytes."""
        # safetensors orders tensors by dtype and name, so the model's order travels beside them.
        with atomic_write(path) as temporary:
            save_file(self.kept, temporary, metadata={"parameters": "\n".join(self.kept)})

    @classmethod
    def load(cls, path: str | Path) -> "Mask":
        """Read a mask.

        Raises:
            InputError: the file is absent, corrupt, truncated or not boolean.
        """
        try:
            kept = load_file(path)
        except FileNotFoundError:
            raise InputError(f"mask {path} is missing") from None
        except (SafetensorError, OSError) as error:
            raise InputError(
                f"mask {path} is corrupt or truncated ({error}): delete it and run again"
            ) from error
        for name, array in kept.items():
            if array.dtype != np.bool_:
                raise InputError(f"mask {path}: {name} is {array.dtype}, expected bool")
        return cls({name: kept[name] for name in _order(path, kept)})


def _order(path: str | Path, kept: Mapping[str, BoolArray]) -> list[str]:
    with safe_open(path, framework="numpy") as stream:
        names = (stream.metadata() or {}).get("parameters", "").split("\n")
    # A mask that somebody else wrote has no such order; any fixed one will do.
    return names if sorted(names) == sorted(kept) else sorted(kept)
