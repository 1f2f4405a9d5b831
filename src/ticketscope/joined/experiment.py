"""The experiment that a config asks for: trained here, or joined from finished ones."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ticketscope import config_files
from ticketscope.config import Config, complete, validate
from ticketscope.joined.parts import Part, resolve
from ticketscope.plan.experiment import Plan


def read_experiment(
    given: Mapping[str, Any], overlays: Iterable[str]
) -> tuple[Config, list[Part], Plan]:
    """What the rules ask.

    Args:
        given: The config as Snakemake merged it; of a key that is given twice it took the last.
        overlays: The files that it read, which are therefore read once more.

    Returns:
        The whole config, the experiments that are joined (none, if tickets are trained) and the
        plan of jobs.

    Raises:
        InputError: the config is wrong, or its parts do not fit together; one line.
    """
    for overlay in overlays:
        config_files.read(Path(overlay))
    config, parts = resolve(validate(complete(given)))
    return config, parts, Plan(config, parts[0].tasks if parts else None)
