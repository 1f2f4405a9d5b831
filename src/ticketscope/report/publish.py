"""A finished report as a small static page, to be kept where results are not.

    python -m ticketscope.report.publish results/multi30k docs/results/multi30k

Pictures become files of their own, small tables come along, and links to anything else become
plain text.
"""

import base64
import re
import shutil
import sys
from pathlib import Path

from ticketscope.errors import InputError

LARGEST = 32 * 1024  # bytes of a table that comes along
_PICTURE = re.compile(r'<figure id="(\w+)">.*?src="data:image/svg\+xml;base64,([^"]+)"', re.DOTALL)
_DATA = re.compile(r'src="data:image/svg\+xml;base64,[^"]+"')
# With the dot that stands between the formats of a figure.
_LINK = re.compile(r'<a [^>]*href="([^"#:]+)"[^>]*>([^<]*)</a>( ·)?')


def publish(results: Path, folder: Path) -> None:
    """Write index.html, figures/*.svg and small tables.

    Args:
        results: Of a finished experiment.
        folder: To make; what is there is replaced.

    Raises:
        InputError: there is no report.
    """
    report = results / "report.html"
    if not report.is_file():
        raise InputError(f"{report} does not exist: finish the experiment first")
    page = report.read_text(encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "figures").mkdir(parents=True)
    pictures = _PICTURE.findall(page)
    for name, data in pictures:
        (folder / f"figures/{name}.svg").write_bytes(base64.b64decode(data))
    names = iter(pictures)
    page = _DATA.sub(lambda _: f'src="figures/{next(names)[0]}.svg"', page)

    def link(found: re.Match[str]) -> str:
        path, text, dot = found[1], found[2], found[3] or ""
        file, copy = results / path, folder / path
        if file.suffix == ".csv" and file.stat().st_size <= LARGEST:
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, copy)
        if copy.is_file():
            return found[0]
        return "" if dot else text

    (folder / "index.html").write_text(_LINK.sub(link, page), encoding="utf-8")


if __name__ == "__main__":
    try:
        publish(*map(Path, sys.argv[1:3]))
    except (InputError, TypeError) as error:
        sys.exit(f"error: {error}")
