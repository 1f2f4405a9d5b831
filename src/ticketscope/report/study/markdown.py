"""A table as Markdown."""

import pandas as pd


def table(frame: pd.DataFrame) -> str:
    """Markdown; empty where there is no row."""
    if frame.empty:
        return ""
    lines = ["| " + " | ".join(map(str, frame.columns)) + " |", "|" + " --- |" * len(frame.columns)]
    for row in frame.itertuples(index=False):
        cells = ["" if pd.isna(cell) else str(cell).replace("|", "\\|") for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
