"""A finished report as a small static page, to be kept where results are not.

    python -m ticketscope.report.publish results/toy docs/results/toy

The page is rendered once more, with pictures as files of their own. Both tables of claims and
small tables come along; what does not is named without a link.
"""

import shutil
import sys
from pathlib import Path

from ticketscope.errors import InputError
from ticketscope.report.page import report_page
from ticketscope.report.page.links import Links
from ticketscope.runtime import recorded
from ticketscope.runtime.json_text import read_json
from ticketscope.runtime.outputs import write_text

LARGEST = 32 * 1024  # bytes of a table that comes along
ALWAYS = ("tables/claims.csv", "tables/extension_claims.csv")
# In index.html: whoever made the folder. Only such a folder is replaced.
MARK = "<!-- Made by ticketscope.report.publish; publishing again replaces this folder. -->\n"
# What a published folder holds beside index.html.
FOLDERS = {"figures": {".svg", ".csv"}, "tables": {".csv"}}


class Published(Links):
    """Links of a page that takes along what they lead to.

    Attributes:
        files: Paths below the results that have been linked to and come along.
    """

    def __init__(self, results: Path) -> None:
        super().__init__(results)
        self.files: set[str] = set()

    def to(self, path: str) -> str:
        """The address of a table that comes along, or of a picture; else empty."""
        file = self.results / path
        if not file.is_file() or file.suffix not in FOLDERS.get(Path(path).parent.as_posix(), ()):
            return ""
        if file.suffix == ".csv" and file.stat().st_size > LARGEST and path not in ALWAYS:
            return ""
        self.files.add(path)
        return path

    def picture(self, path: str) -> str:
        """The address of an SVG beside the page."""
        return self.to(path)


def publish(results: Path, folder: Path, notice: str = "") -> None:
    """Write index.html, figures/*.svg and small tables.

    Args:
        results: Of a finished experiment.
        folder: To make; what an earlier call made there is replaced.
        notice: What a reader has to know first.

    Raises:
        InputError: the experiment is not finished, one of its tables was changed since, or the
            folder holds something else.
    """
    if not (results / "report.html").is_file():
        raise InputError(f"{results}/report.html does not exist: finish the experiment first")
    _check(folder)
    recorded.verify(results / "tables", read_json(results / "provenance.json"))
    links = Published(results)
    page = report_page(results, links, notice)
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in sorted(links.files):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(results / path, folder / path)
    write_text(folder / "index.html", MARK + page)


def _check(folder: Path) -> None:
    """Refuse a folder with anything in it that was not published there."""
    if not folder.exists():
        return
    if not folder.is_dir() or folder.is_symlink():
        raise InputError(f"{folder}: not a folder of its own; name one that does not exist")
    inside = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    if not inside:
        return
    index = folder / "index.html"
    if not index.is_file() or not index.read_text(encoding="utf-8", errors="replace").startswith(
        MARK
    ):
        raise InputError(
            f"{folder}: holds files that publish did not make; remove the folder yourself or name "
            "another one"
        )
    for path in inside:
        place = path.relative_to(folder)
        published = path.suffix in FOLDERS.get(place.parent.as_posix(), ())
        if path.is_symlink() or (path != index and not published):
            raise InputError(
                f"{path}: publish did not make it; move it away, since publishing replaces the "
                "folder"
            )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("error: give results/<experiment> and the folder to write")
    try:
        publish(Path(sys.argv[1]), Path(sys.argv[2]))
    except InputError as error:
        sys.exit(f"error: {error}")
