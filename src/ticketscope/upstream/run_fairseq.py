"""Start one of fairseq's programs quickly: `python -m ticketscope.upstream.run_fairseq train ...`.

An experiment starts fairseq twice a ticket. More than half of its start-up went into importing what
no translation calls (see `absent`) and into the garbage collector, which walked through ever more
modules and found nothing.
"""

import gc
import importlib
import sys

from ticketscope.upstream.fairseq_imports import without_statistics


def main() -> None:
    """Run fairseq_cli.<first argument> with the other arguments."""
    gc.disable()
    sys.argv[:2] = [f"fairseq_cli.{sys.argv[1]}"]
    # The program sets up logging before it imports the rest of fairseq.
    with without_statistics():
        program = importlib.import_module(sys.argv[0])
    gc.freeze()
    gc.enable()
    program.cli_main()


if __name__ == "__main__":
    main()
