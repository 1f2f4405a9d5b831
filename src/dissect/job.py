"""What every workflow script wraps its work in: a log, a way to show progress, one clear line."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dissect.errors import InputError


@contextmanager
def job(log: str | Path) -> Iterator[Callable[[str], None]]:
    """Send everything that is printed to `log`; yield a function that also shows a line.

    Subprocesses are covered too: the redirection is of the file descriptors. An `InputError` ends
    the script with its one line on the terminal and in the log; any other error is a bug, its
    traceback goes to the log and one line to the terminal. SIGTERM ends the script in order.

    Args:
        log: The job's log; its folder is made.

    Yields:
        `progress(line)`: prints a line on the terminal and in the log.
    """
    path = Path(log)
    path.parent.mkdir(parents=True, exist_ok=True)
    terminal = os.dup(2)
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o666)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)

    def progress(line: str) -> None:
        os.write(terminal, f"{line}\n".encode())
        print(line, flush=True)

    before = signal.signal(signal.SIGTERM, _stop)
    code = 0
    try:
        yield progress
    except InputError as error:
        progress("error: " + " ".join(str(error).split()))
        code = 1
    except Exception as error:
        print(traceback.format_exc(), file=sys.stderr, flush=True)
        progress(f"bug: {type(error).__name__}: {error}; the traceback is in {path}")
        code = 1
    finally:
        signal.signal(signal.SIGTERM, before)
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(saved, 1)
        os.dup2(terminal, 2)
        os.close(saved)
        os.close(terminal)
    if code:
        sys.exit(code)


def _stop(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
