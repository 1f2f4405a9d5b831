"""Pruning criteria: what ranks the weights. Each module of this package is one, by its name.

A criterion is a module with a function

    scores(weights, *, seed, k) -> {name: array}

of the prunable parameters by name, float32 and exactly zero where an earlier iteration has cut, of
the seed of the experiment and of the iteration k. Its arrays are of the parameters' shapes and not
negative; the lowest scores are cut first.
"""

from pkgutil import iter_modules


def names() -> list[str]:
    """All criteria. Their modules are not imported: the settings must not load numpy."""
    return sorted(module.name for module in iter_modules(__path__))
