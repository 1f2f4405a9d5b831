"""The paper's own numbers, to stand beside ours."""

import json
from pathlib import Path
from typing import Any


def paper_values(section: str) -> dict[str, Any]:
    """A section of paper_values.json: `table_a1` (columns, LTH0 to LTH9) or `similarity`."""
    path = Path(__file__).parent / "paper_values.json"
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))[section]
    return values
