"""Scores over layers: means of replicates, best layers, z-scores (sections 4.2 and 4.4)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.probing.settings import UNTRAINED

TICKET = ["suite", "task", "group", "probe", "metric", "seed", "series", "ticket"]


def over_replicates(table: pd.DataFrame) -> pd.DataFrame:
    """One row per layer: mean and sample sd of replicates; the sd of one replicate is NaN.

    A layer is at its floor if one of its probes is (`result.Row`).
    """
    if "at_floor" not in table:  # a table of version 0.2
        table = table.assign(at_floor=False)
    return table.groupby([*TICKET, "layer"], as_index=False).agg(
        dev=("dev", "mean"),
        test=("test", "mean"),
        test_sd=("test", "std"),
        replicates=("test", "size"),
        at_floor=("at_floor", "max"),
    )


def best_layers(table: pd.DataFrame) -> pd.DataFrame:
    """One row per ticket: the best layer after averaging replicates, chosen on test and on dev.

    `test` and `layer` follow the paper, which chooses the best layer on test. `clean_test` and
    `clean_layer` belong to the best layer on dev. The lowest of equally good layers counts. Layer
    0, the embeddings, is excluded.
    """
    mean = over_replicates(table)
    mean = mean[mean["layer"] > 0].reset_index(drop=True)
    groups = mean.groupby(TICKET)
    on_test = mean.loc[groups["test"].idxmax()].reset_index(drop=True)
    on_dev = mean.loc[groups["dev"].idxmax()].reset_index(drop=True)
    clean = on_dev[["layer", "test", "test_sd", "at_floor"]].add_prefix("clean_")
    return pd.concat([on_test.drop(columns=["dev", "at_floor"]), clean], axis=1)


def z_scores(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """z of a task's scores (layers 1.., tickets): mean and sd over all cells together.

    The rule of Figures 1 to 3 and A3. Figure 1 shows the maximum of each column; a cell of Figure 3
    is the mean over a group's tasks. NaN cells stay NaN and count for nothing; cells that are all
    equal have z 0.
    """
    spread = np.nanstd(grid)
    centred = grid - np.nanmean(grid)
    return np.asarray(centred / spread if spread > 0 else centred * 0)


def tasks_at_floor(probes: pd.DataFrame) -> set[str]:
    """Tasks that have a linear probe which never left its floor, on a layer of any ticket.

    Args:
        probes: tables/probes.csv.
    """
    if "at_floor" not in probes:  # a table of version 0.2
        return set()
    rows = probes[(probes["layer"] > 0) & (probes["series"] != UNTRAINED)]
    return set(rows.loc[(rows["probe"] == "linear") & rows["at_floor"].astype(bool), "task"])
