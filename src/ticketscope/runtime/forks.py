"""What a process that was forked from one with its libraries loaded has to know and to say.

It stands alone, so that an edit of what forks (ticketscope.upstream.script_server) makes no result
stale.
"""

import ctypes

# True in the process of a script that was forked, and in what it forks.
is_forked = False


def name_process(name: str) -> None:
    """What `top` and `pgrep` call this process, cut to 15 bytes (Linux's PR_SET_NAME).

    A fork has the command line of the process that it was forked from.
    """
    ctypes.CDLL(None).prctl(15, name.encode())
