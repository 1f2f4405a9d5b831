"""Work-arounds of other projects' code, one module each.

Each module opens with what is wrong upstream and in which version, what the work-around gains, and
when it can go. It applies to that version only: with another, `made_for` prints one line and the
work-around steps aside. Where a training would then silently compute something else, it applies to
every version, and its module gives the reason.
"""

import sys
from importlib.metadata import PackageNotFoundError, version


def made_for(distribution: str, expected: str, work_around: str) -> bool:
    """Whether the installed distribution is the version that a work-around was made for.

    Prints one line on stderr if it is not.

    Args:
        distribution: Name on the package index.
        expected: Its exact version.
        work_around: What is done without, as the line calls it.
    """
    try:
        installed = version(distribution)
    except PackageNotFoundError:
        installed = "absent"
    if installed != expected:
        print(
            f"{distribution} is {installed}, not {expected}: running without {work_around}",
            file=sys.stderr,
        )
    return installed == expected
