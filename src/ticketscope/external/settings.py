"""The part of the config that names tickets trained elsewhere."""

import os
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from ticketscope.runtime.files import require_file
from ticketscope.settings import Languages, Name, Section

# The series that has LTH0 alone.
DENSE = "dense"


class ExternalTicket(Section):
    """A checkpoint that fairseq trained elsewhere, and the ticket that it is."""

    seed: Annotated[int, Field(ge=0)] = Field(
        1, description="Name of the replicate: tickets of one seed descend from one LTH0."
    )
    series: Name = Field(
        description="`dense` for LTH0. The claims look for `magnitude`, `random` and `control`."
    )
    k: Annotated[int, Field(ge=0)] = Field(
        description="Number of the ticket in its series; 0 for LTH0."
    )
    checkpoint: str = Field(description="Checkpoint of fairseq.")
    mask: str | None = Field(
        None,
        description="Boolean tensors by parameter name, True: kept (.safetensors, or torch's "
        ".pt). Unset: weights that are exactly zero count as pruned.",
    )

    @property
    def name(self) -> str:
        """Its name in messages."""
        return f"seed {self.seed} {self.series} LTH{self.k}"


class ExternalTickets(Section):
    """Tickets trained elsewhere, used instead of training (docs/extend/external-tickets.md)."""

    data: str | None = Field(
        None, description="Folder with the checkpoints' dictionaries (dict.en.txt, dict.de.txt)."
    )
    codes: str | None = Field(
        None,
        description="File of the BPE merges that the checkpoints' text was encoded with, or of its "
        "SentencePiece model; subwords.tokenizer says how it was tokenised.",
    )
    tickets: list[ExternalTicket] = Field(
        [], description="The tickets, with an LTH0 for each seed. Empty: train tickets instead."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for key in ("data", "codes"):
            if bool(self.tickets) != (getattr(self, key) is not None):
                raise ValueError(
                    f"{key} is {'unset' if self.tickets else 'set'}, and there are "
                    f"{len(self.tickets)} tickets: give data, codes and tickets together"
                )
        files = [os.path.realpath(ticket.checkpoint) for ticket in self.tickets]
        for number, ticket in enumerate(self.tickets):
            if (ticket.series == DENSE) != (ticket.k == 0):
                raise ValueError(
                    f"tickets.{number}: {ticket.name}: give series {DENSE} to LTH0 and to no other "
                    "ticket"
                )
            if ticket.k == 0 and ticket.mask is not None:
                raise ValueError(f"tickets.{number}: {ticket.name} is dense: it takes no mask")
            for other, file in zip(self.tickets[:number], files, strict=False):
                if ticket.name == other.name:
                    raise ValueError(f"tickets: {ticket.name} is listed twice")
                if files[number] == file:
                    raise ValueError(
                        f"tickets: {other.name} and {ticket.name} are the same file, "
                        f"{ticket.checkpoint}"
                    )
        for seed in self.seeds:
            if not any(ticket.seed == seed and ticket.k == 0 for ticket in self.tickets):
                raise ValueError(
                    f"tickets: seed {seed} has no LTH0, with which its tickets are compared: add "
                    f"{{seed: {seed}, series: {DENSE}, k: 0, checkpoint: ...}}"
                )
        return self

    @property
    def seeds(self) -> list[int]:
        """Seeds of the tickets, ascending."""
        return sorted({ticket.seed for ticket in self.tickets})

    def names(self, seed: int) -> list[tuple[str, int]]:
        """Tickets of a seed as (series, k): LTH0, then each series in the order of the list."""
        series = [DENSE, *(ticket.series for ticket in self.tickets)]
        names = [(ticket.series, ticket.k) for ticket in self.tickets if ticket.seed == seed]
        return sorted(names, key=lambda name: (series.index(name[0]), name[1]))

    def find(self, seed: int, series: str, k: int) -> ExternalTicket:
        """The ticket of this name, which must be listed."""
        return next(t for t in self.tickets if (t.seed, t.series, t.k) == (seed, series, k))

    def dictionaries(self, languages: Languages) -> list[Path]:
        """fairseq's dictionaries of source and target language; none if there are no tickets."""
        if self.data is None:
            return []
        return [
            Path(self.data, f"dict.{language}.txt")
            for language in (languages.source, languages.target)
        ]

    def check_files(self, languages: Languages) -> None:
        """Check that every file exists.

        Raises:
            InputError: a file is missing; names the key and the file.
        """
        files = {f"tickets ({t.name})": t.checkpoint for t in self.tickets}
        files |= {f"tickets ({t.name}), mask": t.mask for t in self.tickets if t.mask is not None}
        files |= {f"data, {path.name}": str(path) for path in self.dictionaries(languages)}
        if self.codes is not None:
            files["codes"] = self.codes
        for key, path in files.items():
            require_file(path, f"config error: external_tickets.{key}")
