"""The mask: which entries of each prunable parameter are still there."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file
from safetensors.numpy import save as serialized

from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write

# Of the record that a mask carries; the first says nothing of it.
FORMAT = 1

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

    @property
    def digest(self) -> str:
        """SHA-256 of names, their order, shapes and entries, whatever file the mask is read from.

        It is that of the file which versions before 0.3 wrote, so that a training which they
        finished is found again under a mask that is made anew.
        """
        return hashlib.sha256(self._serialized({"parameters": "\n".join(self.kept)})).hexdigest()

    def _serialized(self, metadata: Mapping[str, str]) -> bytes:
        arrays = {name: np.ascontiguousarray(array) for name, array in self.kept.items()}
        return serialized(arrays, metadata=dict(metadata))

    def save(self, path: str | Path) -> None:
        """Write as safetensors, one boolean tensor a parameter; same mask, same bytes.

        The metadata holds `mask`, a JSON object: the parameters in the model's order, since
        safetensors orders them by name, and the digest, by which `load` notices any change. It is
        one entry, since safetensors writes several in any order.
        """
        record = json.dumps({"parameters": list(self.kept), "sha256": self.digest})
        with atomic_write(path) as temporary:
            temporary.write_bytes(self._serialized({"mask": record}))

    @classmethod
    def load(cls, path: str | Path) -> "Mask":
        """Read a mask and verify it against what was recorded when it was written.

        A mask of a version before 0.3 has no record: of that one, names and values are checked.

        Raises:
            InputError: the file is absent, corrupt, truncated, not boolean, or was changed.
        """
        try:
            kept = load_file(path)
            with safe_open(path, framework="numpy") as stream:
                metadata = stream.metadata() or {}
        except FileNotFoundError:
            raise InputError(f"mask {path} is missing") from None
        # numpy lacks types that safetensors has, and has fewer dimensions.
        except (SafetensorError, OSError, TypeError, AttributeError, ValueError) as error:
            raise InputError(
                f"mask {path} is corrupt or truncated ({error}): delete it and run again"
            ) from error
        if not kept:
            raise _changed(path, "it names no parameter")
        for name, array in kept.items():
            if array.dtype != np.bool_:
                raise InputError(f"mask {path}: {name!r} is {array.dtype}, expected bool")
            if array.size and array.view(np.uint8).max() > 1:
                raise _changed(path, f"{name!r} has a byte that is neither 0 nor 1")
        names, digest = _record(path, metadata)
        # A mask that another program wrote has no record, nor an order; any fixed one will do.
        mask = cls({name: kept[name] for name in names or sorted(kept) if name in kept})
        if names is not None and sorted(names) != sorted(kept):
            (name, *_) = sorted(set(names) ^ set(kept)) or names
            raise _changed(path, f"{name!r} is {'missing' if name in names else 'no part of it'}")
        if digest is not None and mask.digest != digest:
            raise _changed(path, "its entries differ from its recorded SHA-256")
        return mask


def _record(path: str | Path, metadata: Mapping[str, str]) -> tuple[list[str] | None, str | None]:
    """Names in their order, and the digest, as far as they are recorded."""
    try:
        if "mask" in metadata:
            record = json.loads(metadata["mask"])
            if record.get("format", FORMAT) != FORMAT:
                raise InputError(
                    f"mask {path} has format {record['format']}, this version of ticketscope reads "
                    f"{FORMAT}: use the version that made it, or delete it and run again"
                )
            return [str(name) for name in record["parameters"]], str(record["sha256"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _changed(path, f"its record cannot be read: {error}") from None
    if any('"sha256"' in value for value in metadata.values()):
        raise _changed(path, "its record is under another name")
    # Versions before 0.3 recorded the order alone.
    return metadata["parameters"].split("\n") if "parameters" in metadata else None, None


def _changed(path: str | Path, reason: str) -> InputError:
    return InputError(f"mask {path} was changed or damaged ({reason}): delete it and run again")
