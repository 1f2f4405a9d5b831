"""What an experiment has written, for notebooks: `ticketscope.load("results/toy")`.

No path is put together by hand, and a file is read when it is asked for. Tables, masks and stores
need no torch; `Ticket.model` and `Ticket.parameters` import it.
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from ticketscope.corpus.parallel import read_lines
from ticketscope.errors import InputError, hint
from ticketscope.results.frames import Frames
from ticketscope.results.ticket import CHECKPOINTS, Ticket, Tickets, existing

__all__ = ["Frames", "Results", "Ticket", "Tickets", "load"]


def load(path: str | Path) -> "Results":
    """Open an experiment: `results/<experiment>`, as far as it has got.

    Raises:
        InputError: there is no finished ticket at `path`.
    """
    root = Path(path)
    if not _has_tickets(root):
        others = [str(other) for other in sorted(root.parent.glob("*")) if _has_tickets(other)]
        raise InputError(
            f"{root} holds no ticket of an experiment: "
            + (hint(str(root), others) if others else "run snakemake first, then name its results")
        )
    return Results(root)


class Results:
    """An experiment's results.

    Attributes:
        path: results/<experiment>.
        tickets: All that are finished.
        tables: tables/<name>.csv by name.
        corpus: The splits as raw text: a row a pair, a column a language.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tickets = Tickets(path)
        tables = path / "tables"
        self.tables = Frames(
            "table",
            [file.stem for file in tables.glob("*.csv")],
            lambda name: pd.read_csv(tables / f"{name}.csv"),
        )
        splits = [file.stem for file in path.glob("corpus/raw/*.json")]
        self.corpus = Frames("split", splits, self._pairs)

    def ticket(self, series: str = "dense", k: int = 0, *, seed: int | None = None) -> Ticket:
        """One ticket; LTH0 by default, which is also k = 0 of every series.

        Args:
            series: Its name in `pruning.series`.
            k: Iteration.
            seed: May be left out if the experiment has one.

        Raises:
            InputError: no such ticket, or several seeds.
        """
        seeds = {ticket.seed for ticket in self.tickets}
        if seed is None and len(seeds) > 1:
            raise InputError(f"which ticket? give one of the seeds: {sorted(seeds)}")
        given = min(seeds) if seed is None else seed
        known = any(ticket.series == series for ticket in self.tickets)
        return self.tickets[given, "dense" if known and k == 0 else series, k]

    @property
    def claims(self) -> pd.DataFrame:
        """The paper's claims by id: what was measured, its interval, the verdict, from where."""
        return self.tables["claims"].set_index("id")

    @property
    def provenance(self) -> dict[str, Any]:
        """How it was made: config, versions, code, machines, and what each rule's jobs cost."""
        text = existing(self.path / "provenance.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found

    @property
    def languages(self) -> tuple[str, str]:
        """Translated from, and into."""
        folder = existing(self.path / "corpus/bin")
        # fairseq's names: test.en-de.en.bin.
        source, target = next(folder.glob("*.bin")).name.split(".")[1].split("-")
        return source, target

    def __repr__(self) -> str:
        return f"{self.path}\n{self.tickets!r}\n{self.tables!r}\ncorpus {self.corpus!r}"

    def _pairs(self, split: str) -> pd.DataFrame:
        folder = self.path / "corpus/raw"
        return pd.DataFrame(
            {lang: read_lines(folder / f"{split}.{lang}") for lang in self.languages}
        )


def _has_tickets(folder: Path) -> bool:
    return any(folder.glob(CHECKPOINTS))
