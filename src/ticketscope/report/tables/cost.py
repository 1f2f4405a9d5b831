"""What tickets cost beside their dense model, as the figures show it (docs/steps/cost.md)."""

import pandas as pd

from ticketscope.report.tables.shared import DENSE, insert_places, over_seeds

# Columns of cost.csv, and what a legend calls them.
FORMATS = {
    "bytes_bitmask": "bit for each weight, values kept",
    "bytes_csr": "compressed rows (CSR), int32",
    "bytes_deflate": "deflate (zip, gzip)",
}
_KEYS = ["series", "ticket", "k"]


def stored_bytes(cost: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Bytes of each format, and the weights that are not zero, in % of the dense model's.

    Args:
        cost: tables/cost.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns series, ticket, k, x_percent, format, percent, low, high, seeds and single seeds;
        series that prune nothing are left out.
    """
    kept = {"nonzero": 4 * cost["nonzero"]}  # bytes of the values alone
    shares = {name: cost[name] for name in FORMATS} | kept
    rows = [
        cost[["seed", *_KEYS]].assign(format=name, percent=100 * sizes / cost["bytes_dense"])
        for name, sizes in shares.items()
    ]
    frame = over_seeds(pd.concat(rows), [*_KEYS, "format"], "percent")
    insert_places(frame, 3, sparsity)
    prunes = set(cost.loc[cost["nonzero"] < cost["parameters"], "series"]) | {DENSE}
    return frame[frame["series"].isin(prunes)].reset_index(drop=True)


def time_ratios(speed: pd.DataFrame, sparsity: pd.DataFrame) -> pd.DataFrame:
    """Time with sparse products as a multiple of the time with dense ones.

    Args:
        speed: tables/speed.csv.
        sparsity: tables/sparsity.csv.

    Returns:
        Columns series, ticket, k, side, x_percent, ratio, low, high, seeds and single seeds.
    """
    seconds = speed.pivot(index=["seed", *_KEYS, "side"], columns="kernel", values="seconds")
    ratios = (seconds["csr"] / seconds["dense"]).rename("ratio").reset_index()
    frame = over_seeds(ratios, [*_KEYS, "side"], "ratio")
    insert_places(frame, 4, sparsity)
    return frame
