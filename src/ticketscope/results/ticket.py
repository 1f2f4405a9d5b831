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
from ticketscope.plan.names import DENSE, TicketName
from ticketscope.plan.paths import TICKET, Paths
from ticketscope.representations.store import Store
from ticketscope.representations.vectors import open_vectors
from ticketscope.runtime import published
from ticketscope.runtime.json_text import read_json
from ticketscope.tickets.masks import Mask

if TYPE_CHECKING:
    from torch import Tensor

    from ticketscope.representations.model import LoadedModel

PATHS = Paths(results=".", logs="")  # below results/<experiment>
CHECKPOINTS = "tickets/seed*/*/LTH*/checkpoint.pt"


def existing(path: Path) -> Path:
    """The path, whose files are as they were when a job wrote them (`runtime.published`).

    Raises:
        InputError: it does not exist, or a file was changed or damaged.
    """
    if not path.exists():
        raise InputError(
            f"{path} is missing: the experiment has not made it yet, or does not make it"
        )
    published.verify([path])
    return path


@dataclass(frozen=True)
class Ticket:
    """One network of the lottery (section 3.2): LTHk of a series and a seed.

    LTH0, which all series of a seed share, is k = 0 of the series `dense`. Whatever is read from a
    file raises InputError if the experiment has not written it, or if it was changed since.

    Attributes:
        seed: Seed of the initialisation and of the order of the data.
        series: Its series, as in `pruning.series`; `dense` for LTH0.
        k: Iteration; 0 for LTH0.
        root: Folder of the experiment's results.
    """

    seed: int
    series: str
    k: int
    root: Path = field(repr=False)

    @property
    def name(self) -> TicketName:
        """Seed, series and k, as one value."""
        return TicketName(self.seed, self.series, self.k)

    @property
    def label(self) -> str:
        """LTHk, as the paper and the tables call it."""
        return self.name.label

    @property
    def checkpoint(self) -> Path:
        """fairseq's checkpoint; the weights that the mask prunes are exactly zero."""
        return self._file(PATHS.checkpoint)

    @property
    def decoded_checkpoint(self) -> Path:
        """The checkpoint that it was translated and analysed with.

        Where `training.average_checkpoints` is set, that is the mean of the last epochs'
        checkpoints. One that an earlier config left behind does not count, once the experiment is
        finished.
        """
        averaged, provenance = self._path(PATHS.averaged), self.root / PATHS.provenance
        if not averaged.exists():
            return self.checkpoint
        training = read_json(provenance)["config"]["training"] if provenance.exists() else {}
        return averaged if training.get("average_checkpoints", 2) > 1 else self.checkpoint

    @cached_property
    def mask(self) -> Mask:
        """Which entries of each prunable parameter are kept (True) and pruned (False)."""
        return Mask.load(self._file(PATHS.mask))

    @property
    def log(self) -> pd.DataFrame:
        """The course of the training.

        Columns: update, epoch, lr, loss and nll_loss (bits per target subword), tokens_per_second
        (target subwords).
        """
        return pd.read_csv(self._file(f"{PATHS.ticket}/log.csv"))

    def parameters(self) -> "dict[str, Tensor]":
        """The checkpoint's distinct parameters by name, memory-mapped; tied ones appear once."""
        from ticketscope.tickets import checkpoints

        return checkpoints.parameters(checkpoints.load(self.checkpoint))

    def model(self, device: str | None = None) -> "LoadedModel":
        """The network of `decoded_checkpoint` in evaluation mode, with its dictionaries.

        Args:
            device: Device, as torch names it; None: CPU.
        """
        with _preserved_logging():
            from ticketscope.representations.model import load_model

            return load_model(self.decoded_checkpoint, self._file(PATHS.binary), device)

    def translations(self) -> list[str]:
        """Its translation of the text that `decoding.split` names: detokenised sentences."""
        return read_lines(self._file(f"{PATHS.hypotheses}.txt"))

    def representations(self, text: str | None = None) -> Store:
        """States and attention of every layer, memory-mapped (section 5.1).

        Args:
            text: A text of `representations.texts`; None: the corpus's split that
                `representations.split` names.

        Raises:
            InputError: they were deleted after use, or the store is damaged.
        """
        path = self._path(
            PATHS.representations if text is None else f"{PATHS.texts}/{TICKET}", text
        )
        if not path.exists():
            raise InputError(
                f"{path} is not there: representations are deleted after use unless the config "
                "says `representations: {keep: true}`; with that, run `snakemake representations`"
            )
        return Store.open(path)

    def words(self, text: str) -> NDArray[Any]:
        """Vectors of the words of a text of `representations.texts`, memory-mapped.

        Args:
            text: Its name.

        Returns:
            (layers + 1, words, dim): layer 0 is the embedding, words of all sentences follow each
            other (appendix A.1). A word's vector is made from its subwords as
            `representations.pooling` says.
        """
        return open_vectors(existing(self._path(f"{PATHS.texts}/{TICKET}.words.npy", text)))

    def matrices(self, other: "Ticket") -> dict[str, NDArray[Any]]:
        """Similarities of all layers with all layers of another ticket, or its own (section 5).

        Args:
            other: The other ticket.

        Returns:
            `<module>/<measure>` -> (layers, other layers); for instance `encoder/LayerSim`. With
            another ticket also `<module>/maxima/<layer>` and `<module>/best/<layer>` -> (dim,):
            each neuron's highest correlation with a neuron of the same layer of the other ticket,
            and the number of that neuron.

        Raises:
            InputError: the two were not compared; lists the tickets that were.
        """
        beside = other.name.beside(self.name)
        with np.load(self._file(f"{PATHS.similarity}.npz"), allow_pickle=False) as stored:
            keys = [key.split("/", 2) for key in stored.files]
            if other.series not in (self.series, DENSE) or beside not in {key[1] for key in keys}:
                raise InputError(
                    f"{self} was not compared with {other}, but with: "
                    + ", ".join(dict.fromkeys(key[1] for key in keys))
                )
            return {
                f"{module}/{rest}": stored[f"{module}/{label}/{rest}"]
                for module, label, rest in keys
                if label == beside
            }

    def __str__(self) -> str:
        return f"seed {self.seed} {self.series} {self.label}"

    def _path(self, pattern: str, text: str | None = None) -> Path:
        return self.root / pattern.format(**self.name._asdict(), text=text)

    def _file(self, pattern: str) -> Path:
        return existing(self._path(pattern))


class Tickets:
    """The finished tickets of an experiment: iterate over them, or index by (seed, series, k).

    Raises:
        InputError: there is no ticket of that name; lists those that there are.
    """

    def __init__(self, root: Path) -> None:
        tickets = []
        for path in root.glob(CHECKPOINTS):
            seed, series, label = path.parts[-4:-1]
            tickets.append(Ticket(int(seed[4:]), series, int(label[3:]), root))
        tickets.sort(key=lambda t: (t.seed, t.series != DENSE, t.series, t.k))
        self._by_name = {ticket.name: ticket for ticket in tickets}

    def __getitem__(self, name: tuple[int, str, int]) -> Ticket:
        try:
            return self._by_name[TicketName(*name)]
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
def _preserved_logging() -> Iterator[None]:
    """Keep the notebook's logging: importing fairseq makes every library print debug messages."""
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
