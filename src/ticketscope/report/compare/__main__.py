"""`python -m ticketscope.report.compare results/x results/y`: what `make compare` runs."""

import sys
from collections.abc import Sequence
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.plan.paths import COMPARISONS
from ticketscope.report.compare.comparison import Comparison
from ticketscope.report.compare.page import page
from ticketscope.report.compare.results import open_results
from ticketscope.runtime.outputs import write_table, write_text

USAGE = "give two folders of results: make compare A=results/x B=results/y"


def main(arguments: Sequence[str]) -> str:
    """Compare two experiments; what to print.

    Writes results/compare/<a>-<b>/.

    Raises:
        InputError: a folder is missing, or holds no finished experiment.
    """
    if len(arguments) != 2 or not all(arguments):
        raise InputError(USAGE)
    comparison = Comparison.of(*map(open_results, arguments))
    folder = Path(COMPARISONS) / f"{comparison.a.name}-{comparison.b.name}"
    for name, table in comparison.tables().items():
        write_table(folder / f"{name}.csv", table)
    write_text(folder / "compare.html", page(comparison))
    return "\n".join([*filter(None, comparison.summary()), f"{folder}/compare.html"])


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except InputError as error:
        sys.exit(f"error: {error}")
