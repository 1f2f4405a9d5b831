"""The Markdown templates beside this module."""

from pathlib import Path

import jinja2


def environment() -> jinja2.Environment:
    """Where a name that is not given is an error, and a line of tags leaves no empty line."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
