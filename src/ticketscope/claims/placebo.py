"""The claims judged where sparsity is the same: a control labelled as magnitude.

    python -m ticketscope.claims.placebo results/mixed reordered

`reordered` is a second control, with another `order_seed`: it differs from the first by the order
of the data alone. At equal training no claim about sparsity should then be decided more often than
its level allows (docs/results/calibration.md).
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ticketscope.claims.judge import judge
from ticketscope.claims.model import claims
from ticketscope.claims.tables import COLUMNS, CONTROL, MAGNITUDE, RANDOM, file_of, read_tables
from ticketscope.errors import InputError

# Tables of masks: a control has none, and the sparsities that a trend runs over stay magnitude's.
_OF_MASKS = ("sparsity", "module_sparsity")


def as_magnitude(tables: Mapping[str, pd.DataFrame], series: str) -> dict[str, pd.DataFrame]:
    """The tables with a series in the place of magnitude, and without random.

    Args:
        tables: By name, as in `tables.COLUMNS`.
        series: A control.

    Raises:
        InputError: no table has the series.
    """
    relabelled, has_series = {}, False
    for name, table in tables.items():
        if name not in _OF_MASKS and "series" in table:  # contrast_items has items, no tickets
            has_series |= bool((table["series"] == series).any())
            table = table[~table["series"].isin([MAGNITUDE, RANDOM])]
            table = table.assign(series=table["series"].replace(series, MAGNITUDE))
        relabelled[name] = table
    if not has_series:
        raise InputError(f"no table has a series {series}: name one of pruning.series")
    return relabelled


def placebo(tables: Mapping[str, pd.DataFrame], series: str) -> pd.DataFrame:
    """Verdicts at equal training of the sentences about sparsity, as in tables/claims.csv.

    Claims about masks are left out, and so are those that something does not change, which hold.
    """
    asked = [
        claim
        for claim in claims()
        if "equal_training" in claim.references and claim.within is None and not claim.above
    ]
    judged, _ = judge(as_magnitude(tables, series), asked)
    sentences = judged[judged["part_of"] == ""]
    columns = ["id", "sentence", "seeds"]
    columns += [f"{name}_equal_training" for name in ("effect", "low", "high", "p", "verdict")]
    return sentences[columns]


def main() -> None:
    """Print the verdicts, and how many claims were decided."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("results", type=Path, help="results/<experiment>")
    parser.add_argument("series", help=f"a second control; the first is {CONTROL}")
    options = parser.parse_args()
    folder = options.results / "tables"
    paths = {name: sorted(map(str, folder.glob(file_of(name)))) for name in COLUMNS}
    try:
        verdicts = placebo(read_tables(paths), options.series)
    except InputError as error:
        sys.exit(f"error: {error}")
    verdicts.to_csv(sys.stdout, index=False)
    verdict = verdicts["verdict_equal_training"]
    tested = verdict.isin(["supported", "contradicted", "negligible", "open"])
    decided = verdict.isin(["supported", "contradicted"])
    print(
        f"{decided.sum()} of {tested.sum()} claims decided; {(~tested).sum()} not tested",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
