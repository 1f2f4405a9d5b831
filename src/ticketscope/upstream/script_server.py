"""A process that has imported what jobs import, and forks once a script: see `snakemake_scripts`.

A request is a socket, sent through the server's. Through it come the script's path and its
environment, as a line of JSON; back go the number of its process and then its exit code, a line
each.
"""

import gc
import importlib
import json
import logging
import os
import runpy
import select
import signal
import socket
import sys
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from ticketscope.runtime import forks

# Libraries only: modules of ours are read when a script imports them.
MODULES = [
    "torch._dynamo",
    "pandas",
    "scipy.stats",
    "matplotlib.figure",
    "safetensors.torch",
    "pydantic",
    "sacremoses",
    "subword_nmt.apply_bpe",
]


def main(descriptor: int) -> None:
    """Serve a socket until its other end is closed.

    Args:
        descriptor: The socket's file descriptor.
    """
    # Ctrl-C and a request to end are for the scripts; the server ends with the process it serves.
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in _FOR_SCRIPTS}
    first, *later = imports()
    quietly(first)
    asking = _fork(socket.socket(fileno=descriptor), later)
    if asking is not None:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        with asking, asking.makefile() as lines:
            script, environment = json.loads(lines.readline())
        _run(script, environment)


def imports() -> list[Callable[[], object]]:
    """What to import, the first for nearly every script: torch and fairseq."""
    others = (partial(importlib.import_module, name) for name in MODULES)
    return [_import_fairseq, _warm_up_fairseq, *others]


def _import_fairseq() -> None:
    """fairseq counts the GPUs while it is imported, and here it shall find none.

    Where torch cannot ask the driver (a part of a divided GPU, a container without NVIDIA's
    management library, ROCm), it starts CUDA to count: no fork could use a GPU any more.
    """
    cuda: Any = importlib.import_module("torch.cuda")
    count = cuda.device_count
    cuda.device_count = lambda: 0
    try:
        importlib.import_module("ticketscope.upstream.quick_fairseq")
    finally:
        cuda.device_count = count


def quietly(load: Callable[[], object]) -> None:
    """Import something: what libraries then log or warn of is of no use to the user's terminal."""
    logging.disable()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        load()
    logging.disable(logging.NOTSET)
    logging.root.handlers.clear()  # fairseq's import adds one, and its programs add theirs
    logging.root.setLevel(logging.WARNING)
    gc.freeze()  # or the first collection of each child would copy all of this


def _warm_up_fairseq() -> None:
    """Read options once: hydra's grammar fills its tables, for half a second of every start."""
    from fairseq.dataclass.utils import convert_namespace_to_omegaconf
    from fairseq.options import get_generation_parser, parse_args_and_arch

    arguments = parse_args_and_arch(get_generation_parser(), ["data", "--path", "checkpoint"])
    convert_namespace_to_omegaconf(arguments)


_FOR_SCRIPTS = (signal.SIGINT, signal.SIGTERM)


def _fork(server: socket.socket, later: list[Callable[[], object]]) -> socket.socket | None:
    """Fork for each request and return it in the new process; None when there will be no more.

    While there is no request, this does what is in `later`, one after another: the first script
    need not wait for what it may not import.

    Between the server and a script is a process that waits for the script and reports its end.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait
    while True:
        while later and not select.select([server], [], [], 0)[0]:
            quietly(later.pop(0))
        message, descriptors, _, _ = socket.recv_fds(server, 1, 1)
        if not message:
            return None
        asking = socket.socket(fileno=descriptors[0])
        if os.fork() != 0:
            asking.close()
            continue
        server.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        script = os.fork()
        if script == 0:
            return asking
        with suppress(OSError):  # who asked may be gone; the script goes on to its end
            asking.sendall(f"{script}\n".encode())
        _, status = os.waitpid(script, 0)
        with suppress(OSError):
            asking.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)


def _run(script: str, environment: dict[str, str]) -> None:
    """Run the script as a new interpreter would."""
    forks.is_forked = True
    forks.name_process(
        Path(script).name.split(".", 1)[-1]
    )  # Snakemake's copy is <random>.<name>.py
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # it may be another in this environment
    sys.argv = [script]
    sys.path[0] = str(Path(script).parent)
    runpy.run_path(script, run_name="__main__")
