"""Import fairseq in half the time: without scikit-learn, if nobody has imported that yet.

Two of its tasks, for speech and for sentence classification, want it; no translation does, and an
experiment starts fairseq five times a ticket. Import this module before fairseq.
"""

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


_absent = {
    name: _NotImported(name) for name in ("sklearn", "sklearn.metrics") if name not in sys.modules
}
sys.modules.update(_absent)
try:
    import fairseq  # noqa: F401
finally:
    for _name in _absent:  # whoever asks from now on gets the real one
        del sys.modules[_name]
