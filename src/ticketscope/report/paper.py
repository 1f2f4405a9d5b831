"""The paper's own numbers, to stand beside ours."""

import json
from functools import cache
from pathlib import Path
from typing import Any


def paper_values(section: str) -> dict[str, Any]:
    """A section of paper_values.json.

    `table_a1` is by column (LTH0 to LTH9); `table_a2_linear`, `table_a3_mlp`, `figure_1` and
    `figure_2` are by ticket and task, `figure_3_syntax`, `figure_3_semantics` and `figure_a3` by
    layer and ticket; `sparsity` are numbers of section 3.4, `similarity` of sections 5.2 to 5.4,
    `probing` the classes of tasks. `similarity_places`, `category_places` and
    `concentration_places` say what the numbers of `similarity` are of: measure, module and pairs of
    ends (ticket, layer, other ticket, other layer); kind and category; module and ticket.
    """
    values: dict[str, Any] = _values()[section]
    return values


@cache
def _values() -> dict[str, Any]:
    path = Path(__file__).parent / "paper_values.json"
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values
