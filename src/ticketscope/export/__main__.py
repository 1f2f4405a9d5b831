"""`python -m ticketscope.export TICKET OUTPUT`: a ticket's folder as a model of Transformers."""

import sys
from collections.abc import Sequence
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.export.ticket import export, find

USAGE = (
    "give a ticket's folder and one to write to: "
    "python -m ticketscope.export results/toy/tickets/seed1/magnitude/LTH9 exported/LTH9"
)


def main(arguments: Sequence[str]) -> str:
    """Export a ticket; what to print.

    Raises:
        InputError: as `find` and `export`, or there are not two arguments.
    """
    if len(arguments) != 2 or not all(arguments):
        raise InputError(USAGE)
    ticket, output = find(Path(arguments[0])), Path(arguments[1])
    export(ticket, output)
    return f"{ticket} is in {output}: {ticket.mask.sparsity:.1%} of its prunable weights are zero"


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except InputError as error:
        sys.exit(f"error: {error}")
