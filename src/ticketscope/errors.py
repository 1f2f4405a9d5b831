"""The one exception that a user is meant to read."""

import difflib
from collections.abc import Iterable


class InputError(Exception):
    """Something given to us is wrong: a config key, a file, a download, a diverged training.

    The message is one line that names the file or key, says what is wrong with it and what to do.
    Scripts print it without a traceback; anything else that is raised is a bug of ours.
    """


def hint(name: str, known: Iterable[str]) -> str:
    """What to do about an unknown name, as the end of a message: the nearest one, or all."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
