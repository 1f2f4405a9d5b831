"""`python -m ticketscope.report.study study/study.yaml`: what `make study-page` runs."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib import rc_context

from ticketscope.errors import InputError
from ticketscope.report.figures.forms import caption
from ticketscope.report.figures.style import RC, save
from ticketscope.report.publish import publish
from ticketscope.report.study.experiment import Finished, finished
from ticketscope.report.study.forest import forest, points
from ticketscope.report.study.gallery import gallery
from ticketscope.report.study.outcomes import COUNTED, verdict_rows
from ticketscope.report.study.page import page
from ticketscope.report.study.settings import read_study
from ticketscope.runtime.outputs import write_table, write_text

OUTPUT = Path("docs/results")
USAGE = "give study/study.yaml and, if not docs/results, the folder to write to"


def main(arguments: Sequence[str]) -> str:
    """Write study.md, gallery.md and study/: verdicts, forest plots, the report of each experiment.

    The gallery has the figures of the first experiment that is in.

    Returns:
        The path of the page.

    Raises:
        InputError: the study or one of its experiments is not as it has to be.
    """
    if len(arguments) not in (1, 2) or not all(arguments):
        raise InputError(USAGE)
    study = read_study(Path(arguments[0]))
    folder = Path(arguments[1]) if len(arguments) == 2 else OUTPUT
    experiments = [finished(planned) for planned in study.experiments if planned.folder]
    trusted = [each for each in experiments if each.has_verdicts and each.is_trusted]
    out = folder / "study"
    for experiment in experiments:
        publish(experiment.results.folder, out / experiment.name, experiment.notice)
    rows = verdict_rows(trusted) if trusted else pd.DataFrame()
    extensions = verdict_rows(trusted, extension=True) if trusted else pd.DataFrame()
    if trusted:
        _write_verdicts(rows, extensions, out / "verdicts.csv")
        _draw(rows, trusted, out)
    text = page(study, experiments, rows, extensions, out)
    pages = {"study.md": text}
    if experiments:
        first = experiments[0]
        report = out / first.name
        pages["gallery.md"] = gallery(first.planned.title, first.status, report, folder)
    for name, written in pages.items():
        write_text(folder / name, written)
    return f"{folder}/study.md"


def _write_verdicts(rows: pd.DataFrame, extensions: pd.DataFrame, path: Path) -> None:
    both = pd.concat([rows.assign(whose="paper"), extensions.assign(whose="ours")])
    write_table(path, both.drop(columns=["sentence", "note"]))


def _draw(rows: pd.DataFrame, trusted: Sequence[Finished], out: Path) -> None:
    titles = {each.name: f"{each.name}\n{each.status}" for each in trusted}
    for reference in COUNTED:
        data = points(rows, reference)
        path = out / f"forest_{reference}"
        write_table(f"{path}.csv", data)
        with rc_context(RC):
            figure, description = forest(data, titles)
            caption(figure, description, "")
        save(figure, f"{path}.svg", f"{path}.pdf")


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except InputError as error:
        sys.exit(f"error: {error}")
