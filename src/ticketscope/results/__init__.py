"""The results of an experiment, for notebooks: `ticketscope.load("results/toy")`.

No path has to be put together by hand, and a file is read when it is asked for. Tables, masks and
stores need no torch; `Ticket.model` and `Ticket.parameters` import it.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from ticketscope.corpus.parallel import read_lines
from ticketscope.errors import InputError, hint
from ticketscope.plan.names import DENSE
from ticketscope.results.frames import Frames
from ticketscope.results.ticket import CHECKPOINTS, PATHS, Ticket, Tickets, existing
from ticketscope.runtime import recorded
from ticketscope.runtime.json_text import read_json

__all__ = ["Frames", "Results", "Ticket", "Tickets", "load"]


def load(path: str | Path) -> "Results":
    """Open the results of an experiment, finished or not.

    Args:
        path: `results/<experiment>`.

    Raises:
        InputError: there is neither a finished ticket at `path` nor, of joined experiments, their
            claims.
    """
    root = Path(path)
    if not _has_results(root):
        others = [str(other) for other in sorted(root.parent.glob("*")) if _has_results(other)]
        raise InputError(
            f"{root} holds no ticket of an experiment: "
            + (hint(str(root), others) if others else "run snakemake first, then name its results")
        )
    return Results(root)


class Results:
    """An experiment's results.

    Attributes:
        path: The folder, results/<experiment>.
        tickets: All finished tickets.
        tables: The tables by name: `tables.similarity` is tables/similarity.csv. What a finished
            experiment recorded of one in provenance.json is verified.
        corpus: The raw text of each split by name: a row for each sentence pair, a column for each
            language.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tickets = Tickets(path)
        tables = [file.stem for file in (path / PATHS.tables).glob("*.csv")]
        self.tables = Frames("table", tables, self._table)
        splits = [file.stem for file in path.glob(f"{PATHS.raw}/*.json")]
        self.corpus = Frames("split", splits, self._pairs)

    def ticket(self, series: str = DENSE, k: int = 0, *, seed: int | None = None) -> Ticket:
        """One ticket; without arguments LTH0, which is also k = 0 of every series.

        Args:
            series: Name of its series in `pruning.series`.
            k: Iteration.
            seed: Its seed; may be left out if the experiment has only one.

        Raises:
            InputError: there is no such ticket, or there are several seeds and none is given.
        """
        seeds = {ticket.seed for ticket in self.tickets}
        if seed is None:
            if not seeds:
                raise InputError(f"{self.path} has only tables: load the experiments that it joins")
            if len(seeds) > 1:
                raise InputError(f"which ticket? give one of the seeds: {sorted(seeds)}")
            (seed,) = seeds
        exists = any(ticket.series == series for ticket in self.tickets)
        return self.tickets[seed, DENSE if exists and k == 0 else series, k]

    @property
    def claims(self) -> pd.DataFrame:
        """The paper's claims by id: the value measured, its interval, the verdict, its source.

        Raises:
            InputError: the experiment has not got so far.
        """
        return self.tables["claims"].set_index("id")

    @property
    def provenance(self) -> dict[str, Any]:
        """How the results were made: config, versions, code, machines, and the cost of each rule.

        Raises:
            InputError: the experiment has not got so far.
        """
        record: dict[str, Any] = read_json(existing(self.path / PATHS.provenance))
        return record

    @property
    def languages(self) -> tuple[str, str]:
        """Source and target language, as ISO 639-1 codes.

        Raises:
            InputError: the corpus has not been prepared yet.
        """
        folder = existing(self.path / PATHS.binary)
        # fairseq's names: test.en-de.en.bin.
        source, target = next(folder.glob("*.bin")).name.split(".")[1].split("-")
        return source, target

    def __repr__(self) -> str:
        return f"{self.path}\n{self.tickets!r}\n{self.tables!r}\ncorpus {self.corpus!r}"

    def _table(self, name: str) -> pd.DataFrame:
        folder = self.path / PATHS.tables
        if (self.path / PATHS.provenance).exists():
            recorded.verify(folder, self.provenance, [f"{name}.csv"])
        return pd.read_csv(existing(folder / f"{name}.csv"))

    def _pairs(self, split: str) -> pd.DataFrame:
        folder = self.path / PATHS.raw
        return pd.DataFrame(
            {lang: read_lines(existing(folder / f"{split}.{lang}")) for lang in self.languages}
        )


def _has_results(folder: Path) -> bool:
    return any(folder.glob(CHECKPOINTS)) or (folder / PATHS.tables / "claims.csv").is_file()
