"""A ticket, and all tickets of an experiment."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.corpus.parallel import read_lines
from ticketscope.errors import InputError
from ticketscope.representations.store import Store
from ticketscope.similarity.names import Name
from ticketscope.tickets.masks import Mask

if TYPE_CHECKING:
    from torch import Tensor

    from ticketscope.representations.model import LoadedModel

CHECKPOINTS = "tickets/seed*/*/LTH*/checkpoint.pt"


def existing(path: Path) -> Path:
    """The path, or one clear line if there is nothing."""
    if not path.exists():
        raise InputError(
            f"{path} is not there: the experiment has not got so far, or is one without it"
        )
    return path


@dataclass(frozen=True)
class Ticket(Name):
    """One network of the lottery (section 3.2): LTHk of a series and a seed.

    LTH0, which the series of a seed share, is k = 0 of the series `dense`.
    """

    root: Path = field(repr=False)

    @property
    def checkpoint(self) -> Path:
        """fairseq's checkpoint; weights that the mask cuts are exactly zero."""
        return self._file(f"tickets/{self._place}/checkpoint.pt")

    @cached_property
    def mask(self) -> Mask:
        """Which entries of each prunable parameter are left (True: kept)."""
        return Mask.load(self._file(f"tickets/{self._place}/mask.safetensors"))

    @property
    def log(self) -> pd.DataFrame:
        """The training: update, epoch, lr, loss, nll_loss (bits a subword), tokens_per_second."""
        return pd.read_csv(self._file(f"tickets/{self._place}/log.csv"))

    def parameters(self) -> "dict[str, Tensor]":
        """The checkpoint's distinct parameters by name, memory-mapped; tied ones once."""
        from ticketscope.tickets import checkpoints

        return checkpoints.parameters(checkpoints.load(self.checkpoint))

    def model(self, device: str | None = None) -> "LoadedModel":
        """The network in evaluation mode, with its dictionaries: what was translated with.

        That is the mean of the last epochs' checkpoints if `training.average_checkpoints` asks
        for it, as everywhere in the dissection.

        Args:
            device: As torch names it; None: CPU.
        """
        averaged = self.root / f"tickets/{self._place}/averaged.pt"
        checkpoint = averaged if averaged.exists() else self.checkpoint
        with _own_logging():
            from ticketscope.representations.model import load_model

            return load_model(checkpoint, self._file("corpus/bin"), device)

    def translations(self) -> list[str]:
        """What it made of the text that `decoding.split` names, detokenised; a sentence each."""
        return read_lines(self._file(f"translations/{self._place}.txt"))

    def representations(self, text: str | None = None) -> Store:
        """States and attention of every layer, memory-mapped (section 5.1).

        Args:
            text: A text of `representations.texts`; None: the corpus's own that
                `representations.split` names.

        Raises:
            InputError: they were temporary.
        """
        path = self.root / ("representations" if text is None else f"texts/{text}") / self._place
        if not path.exists():
            raise InputError(
                f"{path} is not there: dumps are temporary unless the config says "
                "`representations: {keep: true}`; with that, run `snakemake representations`"
            )
        return Store.open(path)

    def words(self, text: str) -> NDArray[Any]:
        """Vectors of the words of a text of `representations.texts`, memory-mapped.

        Returns:
            (layers + 1, words, dim), the embedding first; words of all sentences end to end
            (appendix A.1).
        """
        path = self._file(f"texts/{text}/{self._place}.words.npy")
        vectors: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        return vectors

    def matrices(self, other: "Ticket") -> dict[str, NDArray[Any]]:
        """Similarities of all layers with all of another ticket's, or of its own (section 5).

        Returns:
            `<module>/<measure>` -> (layers, other layers); for instance `encoder/LayerSim`. With
            another ticket also `<module>/maxima/<layer>` and `<module>/best/<layer>` -> (dim,):
            each neuron's highest correlation with one of the same layer there, and which that is.

        Raises:
            InputError: the two were not compared; names those that were.
        """
        label = other.ticket if other.seed == self.seed else f"seed{other.seed}-{other.ticket}"
        with np.load(self._file(f"similarity/{self._place}.npz"), allow_pickle=False) as stored:
            keys = [key.split("/", 2) for key in stored.files]
            if other.series not in (self.series, "dense") or label not in {key[1] for key in keys}:
                raise InputError(
                    f"{self} was not compared with {other}, but with: "
                    + ", ".join(dict.fromkeys(key[1] for key in keys))
                )
            return {
                f"{module}/{rest}": stored[f"{module}/{name}/{rest}"]
                for module, name, rest in keys
                if name == label
            }

    def __str__(self) -> str:
        return f"seed {self.seed} {self.series} {self.ticket}"

    @property
    def _place(self) -> str:
        return f"seed{self.seed}/{self.series}/{self.ticket}"

    def _file(self, name: str) -> Path:
        return existing(self.root / name)


class Tickets:
    """The tickets of an experiment: iterate over them, or index by (seed, series, k)."""

    def __init__(self, root: Path) -> None:
        found = []
        for path in root.glob(CHECKPOINTS):
            seed, series, ticket = path.parts[-4:-1]
            found.append(Ticket(int(seed[4:]), series, int(ticket[3:]), root))
        found.sort(key=lambda t: (t.seed, t.series != "dense", t.series, t.k))
        self._by_name = {(t.seed, t.series, t.k): t for t in found}

    def __getitem__(self, name: tuple[int, str, int]) -> Ticket:
        try:
            return self._by_name[name]
        except (KeyError, TypeError):
            raise InputError(f"no ticket (seed, series, k) = {name!r}; {self!r}") from None

    def __iter__(self) -> Iterator[Ticket]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        chains: dict[tuple[int, str], list[int]] = {}
        for ticket in self:
            chains.setdefault((ticket.seed, ticket.series), []).append(ticket.k)
        spans = [f"seed {seed} {name} {_span(ks)}" for (seed, name), ks in chains.items()]
        return f"{len(self)} tickets: {', '.join(spans)}"


@contextmanager
def _own_logging() -> Iterator[None]:
    """Keep the notebook's logging: importing fairseq makes every library print what it debugs."""
    root = logging.getLogger()
    level, handlers, disabled = root.level, root.handlers[:], root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(disabled)
        root.setLevel(level)
        root.handlers[:] = handlers


def _span(ks: list[int]) -> str:
    if len(ks) > 1 and ks == list(range(ks[0], ks[-1] + 1)):
        return f"LTH{ks[0]} to LTH{ks[-1]}"
    return " ".join(f"LTH{k}" for k in ks)
