"""Train a translation Transformer, prune it ticket by ticket, dissect what every ticket knows.

`plan` derives the jobs of an experiment from its `config`. The packages of the steps follow in the
order in which the data flow, and none imports a later one; docs/design.md lists them all.
`ticketscope.load("results/toy")` opens what an experiment has written.
"""

from importlib import import_module

__all__ = ["load"]


def __getattr__(name: str) -> object:
    """Import `load` when it is first asked for.

    Every job imports this module, so an import would cost each its time, and would make `results`
    and all that it reads part of each rule's fingerprint.
    """
    if name in __all__:
        return getattr(import_module("ticketscope.results"), name)
    raise AttributeError(f"module {__name__} has no attribute {name}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
