"""The packed store: states and attention of a text, in a folder that numpy alone can read.

    encoder.npy   (layers, positions, dim)   layer 0 is the embedding
    decoder.npy   (layers, positions, dim)   likewise; a sentence begins with the EOS that fairseq
                                             gives the decoder first, and ends before its final EOS
    enc_self.npy, enc_dec.npy, dec_self.npy  (layers, pairs, heads); layer 0 is the first layer.
                                             Pairs run over sentences, then queries, then keys.
    index.npz     encoder_offsets, decoder_offsets (sentences + 1,): where sentences begin, the end;
                  encoder_subwords, decoder_subwords (positions,): text, EOS as </s>
    store.json    format, model, hashes of checkpoint and text, shapes, checksums of all this

Sentences follow each other in the text's order at their true lengths, without padding.
A store has decoder and attention only if they were asked for.
"""

import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from ticketscope.errors import InputError
from ticketscope.representations.layout import KINDS, Integers, Kind, sides, starts
from ticketscope.representations.settings import Precision
from ticketscope.runtime.checksums import crc32

Array = NDArray[np.floating[Any]]

FORMATS = (1, 2)


class Description(BaseModel):
    """The content of store.json.

    Attributes:
        format: Number of this layout.
        precision: Type of all arrays of numbers.
        checkpoint: SHA-256 of the checkpoint's file.
        source: SHA-256 of a file of the source text's lines.
        target: The same of the target text; None: the encoder was run alone.
        unknown: Number of subwords that the dictionary lacks, by side.
        final_norm: Stacks whose last layer is followed by a LayerNorm, which is then part of the
            last state (pre-norm models).
        shapes: Shape of each array, by name.
        checksums: CRC-32 of each file, by its name; of store.json, without them. A store of format
            1 has none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: int = FORMATS[-1]
    precision: Precision
    checkpoint: str
    source: str
    target: str | None
    unknown: dict[str, int]
    final_norm: list[str]
    shapes: dict[str, list[int]]
    checksums: dict[str, str] = {}

    @property
    def checksum(self) -> str:
        """CRC-32 of all but the checksums."""
        text = self.model_dump_json(exclude={"checksums"})
        return f"{zlib.crc32(text.encode()):08x}"


@dataclass(frozen=True)
class Store:
    """An open store; arrays are memory-mapped and read-only.

    Attributes:
        path: The folder.
        description: store.json.
        encoder: States of the encoder (layers + 1, positions, dim); layer 0 is the embedding.
        decoder: States of the decoder, likewise, or None.
        attention: Attention by kind, (layers, pairs, heads) each; empty if none was asked for.
        encoder_offsets: Where each sentence begins, and the end (sentences + 1,).
        decoder_offsets: The same of the decoder, or None.
        encoder_subwords: Subwords (positions,).
        decoder_subwords: The same of the decoder, or None.
    """

    path: Path
    description: Description
    encoder: Array
    decoder: Array | None
    attention: dict[Kind, Array]
    encoder_offsets: Integers
    decoder_offsets: Integers | None
    encoder_subwords: NDArray[np.str_]
    decoder_subwords: NDArray[np.str_] | None

    @classmethod
    def open(cls, path: str | Path) -> "Store":
        """Check a store and map its arrays.

        All of it is read once, to verify the checksums.

        Args:
            path: The folder.

        Raises:
            InputError: a file is missing, truncated, or differs from store.json; names it.
        """
        path = Path(path)
        description = _description(path)
        _verify(path, description)
        arrays = {
            name: _array(path, name, shape, description.precision)
            for name, shape in description.shapes.items()
        }
        index = _index(path, arrays)
        return cls(
            path,
            description,
            arrays["encoder"],
            arrays.get("decoder"),
            {kind: arrays[kind] for kind in KINDS if kind in arrays},
            index["encoder_offsets"],
            index.get("decoder_offsets"),
            index["encoder_subwords"],
            index.get("decoder_subwords"),
        )

    @property
    def sentences(self) -> int:
        """Number of sentences."""
        return len(self.encoder_offsets) - 1

    @property
    def text(self) -> tuple[str, str | None]:
        """Digests of the source text and of the target text."""
        return self.description.source, self.description.target

    def lengths(self, kind: Kind) -> tuple[Integers, Integers]:
        """Numbers of queries and of keys of each sentence: two arrays (sentences,)."""
        encoder = np.diff(self.encoder_offsets)
        decoder = encoder if self.decoder_offsets is None else np.diff(self.decoder_offsets)
        return sides(kind, encoder, decoder)

    def pair_offsets(self, kind: Kind) -> Integers:
        """Where each sentence begins in `attention[kind]`, and the end (sentences + 1,)."""
        queries, keys = self.lengths(kind)
        return starts(queries * keys)

    def attention_map(self, kind: Kind, layer: int, sentence: int) -> Array:
        """Attention of one sentence (heads, query, key); layer 0 is the first layer."""
        queries, keys = (int(lengths[sentence]) for lengths in self.lengths(kind))
        first, last = self.pair_offsets(kind)[sentence : sentence + 2]
        pairs = self.attention[kind][layer, first:last]
        return pairs.T.reshape(pairs.shape[1], queries, keys)


def _broken(path: Path, file: str, reason: object) -> InputError:
    return InputError(
        f"{path / file} is missing, incomplete or corrupt ({' '.join(str(reason).split())}): "
        f"delete {path} and run again"
    )


def _description(path: Path) -> Description:
    try:
        content = json.loads((path / "store.json").read_text(encoding="utf-8"))
        if isinstance(content, dict) and (other := content.get("format", 1)) not in FORMATS:
            raise InputError(
                f"{path} has format {other}, this version of ticketscope reads "
                f"{' and '.join(map(str, FORMATS))}: use the version that made it, or delete it "
                "and run again"
            )
        description = Description.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise _broken(path, "store.json", f"{where}: {first['msg']}") from error
    except (OSError, ValueError) as error:
        raise _broken(path, "store.json", error) from error
    if "encoder" not in description.shapes:
        raise _broken(path, "store.json", "it names no encoder")
    return description


def _verify(path: Path, description: Description) -> None:
    if description.format == 1 and not description.checksums:
        return
    for file in ("store.json", "index.npz", *(f"{name}.npy" for name in description.shapes)):
        try:
            checksum = description.checksum if file == "store.json" else crc32(path / file)
        except (OSError, ValueError) as error:  # ValueError: half of a surrogate pair in store.json
            raise _broken(path, file, error) from error
        if checksum != description.checksums.get(file):
            raise _broken(path, file, "it differs from its checksum in store.json")


def _array(path: Path, name: str, shape: list[int], precision: Precision) -> Array:
    file = f"{name}.npy"
    try:
        array: Array = np.load(path / file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _broken(path, file, error) from error
    if list(array.shape) != shape or array.dtype != np.dtype(precision):
        raise _broken(
            path, file, f"{array.dtype} {list(array.shape)}, store.json says {precision} {shape}"
        )
    return array


def _index(path: Path, arrays: dict[str, Array]) -> dict[str, NDArray[Any]]:
    try:
        with np.load(path / "index.npz", allow_pickle=False) as stream:
            index = {name: stream[name] for name in stream.files}
        for side in ("encoder", "decoder"):
            if side in arrays:
                positions = arrays[side].shape[1]
                if index[f"{side}_offsets"][-1] != positions:
                    raise ValueError(f"{side}_offsets do not end at {positions}")
                if len(index[f"{side}_subwords"]) != positions:
                    raise ValueError(f"{side}_subwords are not {positions}")
    except (OSError, ValueError, LookupError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise _broken(path, "index.npz", error) from error
    return index
