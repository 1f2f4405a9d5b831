"""The one exception that a user is meant to read."""

import difflib
from collections.abc import Iterable

# Characters of a message. What is quoted in it may be a line of 50 MB; its end says what to do.
_LONGEST = 1000
_END = 300


class InputError(Exception):
    """Something given to us is wrong: a config key, a file, a download, a diverged training.

    The message is one line that names the file or key, says what is wrong with it and what to do.
    Scripts print it without a traceback; anything else that is raised is a bug of ours. A long
    message loses its middle, and characters that a terminal obeys or cannot show are escaped.
    """

    def __init__(self, message: str) -> None:
        super().__init__(_shown(message))


def _shown(message: str) -> str:
    if len(message) > _LONGEST:
        left_out = len(message) - _LONGEST
        start, end = message[: _LONGEST - _END], message[-_END:]
        message = f"{start} [... {left_out} characters ...] {end}"
    return "".join(
        letter
        if letter.isprintable() or letter in "\n\t"
        else letter.encode("unicode_escape").decode()
        for letter in message
    )


def hint(name: str, known: Iterable[str]) -> str:
    """What to do about an unknown name, as the end of a message: the nearest one, or all."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
