"""Each neuron's correlation with the neuron of LTH0 that is most like it, all tickets in one file.

tables/neuron_maxima.npz has for each ticket, module and layer an array
`seed1/magnitude/LTH3/encoder/6` (dim,).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketscope.plan.names import TicketName


def neuron_maxima(files: Mapping[TicketName, Path | str]) -> dict[str, NDArray[Any]]:
    """The arrays of tables/neuron_maxima.npz.

    Args:
        files: `TicketSimilarity.matrices` (npz), by ticket.
    """
    maxima: dict[str, NDArray[Any]] = {}
    for ticket, path in files.items():
        with np.load(path, allow_pickle=False) as matrices:
            for key in matrices.files:
                module, other, measure, *layer = key.split("/")
                # LTH0 has no maxima with itself.
                if (other, measure) == ("LTH0", "maxima"):
                    maxima[f"{ticket.key}/{module}/{layer[0]}"] = matrices[key]
    return maxima
