"""A real experiment compared with itself: every number finds its partner, and nothing differs."""

from pathlib import Path

import pandas as pd
import pytest

from ticketscope.report.compare.__main__ import main
from ticketscope.report.compare.measures import MEASURES


@pytest.fixture(scope="module")
def printed(smoke: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("compare")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        said = main([str(smoke / "results/smoke")] * 2)
    return said, folder / "results/compare/smoke-smoke"


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_row_has_its_partner_and_no_difference(printed, measure):
    table = pd.read_csv(printed[1] / f"{measure.name}.csv")
    assert len(table) > 0
    assert (table["difference"] == 0).all()
    assert (table["verdict"] == "described").all()  # of one seed
    if measure.name in ("bleu", "probes"):
        assert set(table["interval"]) == {"test items"}


def test_the_summary_says_so(printed, smoke):
    said = printed[0]
    claims = pd.read_csv(smoke / "results/smoke/tables/claims.csv")
    judged = claims.loc[claims["part_of"].isna(), claims.columns.str.startswith("verdict")]
    assert f"Of {judged.notna().to_numpy().sum()} verdicts on claims, 0 differ in B" in said
    assert (pd.read_csv(printed[1] / "claims.csv")["difference"].dropna() == 0).all()
    assert "all are equal." in said and "Every row has a partner." in said
    assert (printed[1] / "compare.html").is_file()
