"""Pruning criteria: what ranks the weights. Each module of this package is one, by its name.

A criterion is a module with a function

    scores(weights, *, seed, k) -> {name: array}

of the prunable parameters by name, float32 and exactly zero where an earlier iteration has cut, of
the seed of the experiment and of the iteration k. Its arrays are of the parameters' shapes; the
lowest scores are cut first.

A criterion that needs more lists it as `NEEDS`, a literal tuple, and `scores` gets each of these as
a further keyword argument, by parameter as `weights` is: a statistic of the previous ticket on
calibration sentences (`representations.saliency`), or `rewound`, the weights to which this ticket
is rewound.
"""

import ast
from pathlib import Path
from pkgutil import iter_modules

from ticketscope.errors import InputError

REWOUND = "rewound"
STATISTICS = ("gradient_product", "squared_gradient_product", "input_norm")


def names() -> list[str]:
    """All criteria. Their modules are not imported: the settings must not load numpy."""
    return sorted(module.name for module in iter_modules(__path__))


def needs(name: str) -> tuple[str, ...]:
    """What a criterion needs beside weights; its module is read, not imported.

    Raises:
        InputError: it needs what does not exist, or its NEEDS is no literal.
    """
    module = ast.parse(Path(__path__[0], f"{name}.py").read_text(encoding="utf-8"))
    needed: tuple[str, ...] = ()
    for node in module.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name("NEEDS")], value=value)
                | ast.AnnAssign(target=ast.Name("NEEDS"), value=ast.expr() as value)
            ):
                try:
                    needed = tuple(ast.literal_eval(value))
                except (ValueError, TypeError) as error:
                    raise InputError(
                        f"criterion {name}: NEEDS must be a literal tuple, such as "
                        f'("{REWOUND}",), not {ast.unparse(value)}'
                    ) from error
    if unknown := set(needed) - {REWOUND, *STATISTICS}:
        raise InputError(
            f"criterion {name} needs {min(unknown)}; there are {', '.join(STATISTICS)} and "
            f"{REWOUND}"
        )
    return needed
