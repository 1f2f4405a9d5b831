"""docs/tour.ipynb, cell by cell on the smoke experiment.

Cells run in one namespace, as a kernel runs them. Without one, since that would be twenty more
pinned packages for a notebook that has no magics; nbformat comes with snakemake.
"""

import ast
import shutil
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure

from tests.workflow.conftest import ROOT

NOTEBOOK = ROOT / "docs/tour.ipynb"


def code_cells() -> list[Any]:
    notebook = nbformat.read(NOTEBOOK, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def run(source: str, namespace: dict[str, Any]) -> Any:
    """Execute a cell; the value of a last expression, which a notebook shows."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), str(NOTEBOOK), "exec"), namespace)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), namespace)


def test_it_is_committed_without_outputs():
    for cell in code_cells():
        assert cell.outputs == [] and cell.execution_count is None


def test_the_first_cell_alone_says_where_the_experiment_is():
    first, *others = (cell.source for cell in code_cells())
    assert first == 'EXPERIMENT = "../results/toy"'
    assert not any("/toy" in source or "EXPERIMENT =" in source for source in others)


def test_every_cell_runs_and_shows_something(smoke: Path, capsys: pytest.CaptureFixture[str]):
    results = smoke / "results/smoke"
    namespace: dict[str, Any] = {"EXPERIMENT": str(results)}
    shown = [run(cell.source, namespace) for cell in code_cells()[1:]]
    frames = [value for value in shown if isinstance(value, pd.DataFrame)]
    assert len(frames) == 6 and not any(frame.empty for frame in frames)
    table_a1, text, left, similarities, components, arcs = frames
    assert len(table_a1) == 7
    assert list(text.columns) == ["en", "de", "LTH0", "LTH2"]
    assert left["share left"].between(0, 1).all()
    assert similarities.shape == (3, 3)
    assert components.loc[("encoder", "dense")].dropna().between(1, 32).all()
    assert list(arcs.index) == [("dense", "LTH0"), ("magnitude", "LTH2"), ("untrained", "LTH0")]
    printed = capsys.readouterr().out
    assert "seed 1 magnitude LTH2: 75.0% of" in printed
    assert "tables/similarity.csv" in printed
    figure = namespace["figure"]
    assert isinstance(figure, Figure)
    assert len(figure.axes[0].containers) == 3
    plt.close(figure)


def test_with_several_seeds_each_cell_is_about_one(smoke: Path, smoke_copy: Path) -> None:
    several = smoke_copy / "results/smoke"
    (several / "provenance.json").unlink()  # which records the tables
    shutil.copytree(several / "tickets/seed1", several / "tickets/seed0")
    for name in ("spectra", "probes", "similarity"):
        path = several / f"tables/{name}.csv"
        table = pd.read_csv(path)
        path.unlink()  # and with it the checksum of what a job wrote
        numbers = table.select_dtypes("float").columns
        other = table.assign(seed=0, **{column: table[column] / 2 for column in numbers})
        pd.concat([other, table]).to_csv(path, index=False)
    shown = []
    for results in (smoke / "results/smoke", several):
        namespace: dict[str, Any] = {"EXPERIMENT": str(results)}
        values = [run(cell.source, namespace) for cell in code_cells()[1:]]
        lines = namespace["figure"].axes[0].get_lines()
        heights = pd.DataFrame([line.get_ydata() for line in lines])
        shown.append([*(each for each in values if isinstance(each, pd.DataFrame)), heights])
        plt.close(namespace["figure"])
    for of_one, of_several in zip(*shown, strict=True):
        pd.testing.assert_frame_equal(of_one, of_several)
