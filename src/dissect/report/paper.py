"""The paper's own numbers, to stand beside ours."""

import json
from pathlib import Path
from typing import Any


def paper_values(section: str) -> dict[str, Any]:
    """A section of paper_values.json.

    `table_a1` is by column (LTH0 to LTH9); `table_a2_linear`, `table_a3_mlp`, `figure_1` and
    `figure_2` are by ticket and task, `figure_3_syntax`, `figure_3_semantics` and `figure_a3` by
    layer and ticket; `similarity` are numbers of the text, `probing` the classes of tasks.
    """
    path = Path(__file__).parent / "paper_values.json"
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))[section]
    return values
