"""A table as Markdown."""

import re

import pandas as pd


def table(frame: pd.DataFrame) -> str:
    """Markdown; empty where there is no row."""
    if frame.empty:
        return ""
    lines = ["| " + " | ".join(map(str, frame.columns)) + " |", "|" + " --- |" * len(frame.columns)]
    for row in frame.itertuples(index=False):
        lines.append("| " + " | ".join("" if pd.isna(cell) else _cell(cell) for cell in row) + " |")
    return "\n".join(lines)


def _cell(value: object) -> str:
    """Its text on one line; of HTML, which names of others may contain, line breaks alone."""
    text = " ".join(str(value).splitlines()).replace("|", "\\|")
    return re.sub(r"<(?!br>)(?=[a-zA-Z/!?])", "&lt;", text)
