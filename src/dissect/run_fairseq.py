"""Start one of fairseq's programs quickly: `python -m dissect.run_fairseq train ...`.

An experiment starts fairseq twice a ticket. Half of its start-up went into importing scikit-learn,
which two of its tasks for speech and sentence classification want, and into the garbage collector,
which walked through ever more modules and found nothing.
"""

import gc
import importlib
import sys
import types


class _NotImported(types.ModuleType):
    """Stands for a module whose functions no translation calls."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)

        def refuse(*arguments: object, **options: object) -> None:
            raise ImportError(f"{self.__name__}.{name} is not available in this process")

        return refuse


def main() -> None:
    """Run fairseq_cli.<first argument> with the other arguments."""
    gc.disable()
    absent = [_NotImported("sklearn"), _NotImported("sklearn.metrics")]
    sys.modules.update({module.__name__: module for module in absent})
    sys.argv[:2] = [f"fairseq_cli.{sys.argv[1]}"]
    program = importlib.import_module(sys.argv[0])
    for module in absent:  # whoever asks from now on gets the real one
        del sys.modules[module.__name__]
    gc.freeze()
    gc.enable()
    program.cli_main()


if __name__ == "__main__":
    main()
