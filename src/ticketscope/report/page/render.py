"""Templates into HTML: one self-contained file, which needs no network."""

from pathlib import Path
from typing import Any

import jinja2

# Beside this file; named here, so that a change of one makes pages stale.
BASE, MACROS, STYLE, SCRIPT = "base.html", "macros.html", "page.css", "page.js"
_FOLDER = Path(__file__).parent


def render(template: Path, **context: Any) -> str:
    """A page.

    Args:
        template: Extends `BASE`.
        context: What the templates name; a name that is missing raises jinja2.UndefinedError.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([_FOLDER, template.parent]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}
    style, script = ((_FOLDER / name).read_text(encoding="utf-8") for name in (STYLE, SCRIPT))
    return environment.get_template(template.name).render(style=style, script=script, **context)
