"""Where the page's links lead: to files of the experiment, and only to those that exist."""

import base64
from pathlib import Path


class Links:
    """Links of results/<experiment>/report.html, which shows its pictures without other files.

    Args:
        results: Folder of the experiment.
    """

    def __init__(self, results: Path) -> None:
        self.results = results

    def to(self, path: str) -> str:
        """The address of a file, given below the folder; empty where there is none."""
        return path if (self.results / path).is_file() else ""

    def picture(self, path: str) -> str:
        """The address of an SVG: a data address, because the ids of two inline SVGs would clash."""
        data = (self.results / path).read_bytes()
        return f"data:image/svg+xml;base64,{base64.b64encode(data).decode()}"
