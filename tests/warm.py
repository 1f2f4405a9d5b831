"""Python programs in forks of a process that has imported what they need.

fairseq and Snakemake import for three seconds before they do anything, hundreds of times in these
tests, and so does for ten more the process that Snakemake's jobs are forked from
(ticketscope.upstream.script_server).
"""

import gc
import importlib
import json
import logging
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Warm:
    """A process that imports modules once, when the first program is started, and then forks.

    Args:
        modules: What it imports.
        environment: Its variables; a fork sees those of its program.
    """

    def __init__(self, modules: Sequence[str], environment: Mapping[str, str]) -> None:
        self._modules = modules
        self._environment = environment
        self._server: socket.socket | None = None

    def start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        output: int,
        folder: Path | None = None,
        *,
        with_scripts: bool = False,
    ) -> "Program":
        """Start `python -m <arguments>`; its output and errors go to a file descriptor.

        Args:
            arguments: A module and what follows it on the command line.
            environment: Its variables.
            output: A file descriptor.
            folder: Where it runs; by default where we do.
            with_scripts: Snakemake's scripts are forked from a fork of this process as well.
        """
        ours, its = socket.socketpair()
        with its:
            socket.send_fds(self._get_server(), [b"+"], [its.fileno(), output])
        request = [list(arguments), dict(environment), str(folder or Path.cwd()), with_scripts]
        ours.sendall(f"{json.dumps(request)}\n".encode())
        return Program(ours)

    def _get_server(self) -> socket.socket:
        if self._server is None:
            self._server, its = socket.socketpair()
            with its:
                subprocess.Popen(
                    [sys.executable, "-c",
                     f"from tests import warm; warm.serve({its.fileno()}, {self._modules!r})"],
                    pass_fds=[its.fileno()],
                    stdin=subprocess.DEVNULL,
                    cwd=ROOT,
                    env={**self._environment, "PYTHONHASHSEED": "0"},
                )  # fmt: skip
        return self._server


class Program:
    """A program that runs; `wait`, `kill` and `send_signal` as Popen has them."""

    def __init__(self, answers: socket.socket) -> None:
        self._socket = answers
        self._answers = answers.makefile()
        self.pid = int(self._answers.readline())
        self._code: int | None = None

    def wait(self) -> int:
        """Its exit code; negative: the signal that ended it."""
        if self._code is None:
            self._code = int(self._answers.readline())
            self._answers.close()
            self._socket.close()
        return self._code

    def kill(self) -> None:
        """End it, if it has not ended."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it has not ended."""
        if self._code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def serve(descriptor: int, modules: Sequence[str]) -> None:
    """Import modules, and fork for each request that comes through a socket, until it is closed.

    Between this process and a program is one that waits for the program and reports its end.
    """
    for name in modules:
        importlib.import_module(name)
    logging.root.handlers.clear()  # fairseq's import adds one, and its programs add theirs
    logging.root.setLevel(logging.WARNING)
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests; this ends with them
    with socket.socket(fileno=descriptor) as server:
        while True:
            message, descriptors, _, _ = socket.recv_fds(server, 1, 2)
            if not message:
                return
            if os.fork() == 0:
                break
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            for received in descriptors:
                os.close(received)
    with socket.socket(fileno=descriptors[0]) as asking:
        program = os.fork()
        if program == 0:
            with asking.makefile() as lines:
                arguments, environment, folder, with_scripts = json.loads(lines.readline())
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for stream in (1, 2):
                os.dup2(descriptors[1], stream)
            os.close(descriptors[1])
        else:
            os.close(descriptors[1])
            asking.sendall(f"{program}\n".encode())
            _, status = os.waitpid(program, 0)
            asking.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
            os._exit(0)
    _run(arguments, environment, folder, with_scripts)


def _run(
    arguments: Sequence[str], environment: Mapping[str, str], folder: str, with_scripts: bool
) -> None:
    """Run a module as a new interpreter would: with our own code read anew, from its own place."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for name in [name for name in sys.modules if name.split(".")[0] in ("ticketscope", "tests")]:
        del sys.modules[name]
    paths = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    sys.path[:0] = [folder, *paths]
    if with_scripts:
        _fork_script_server()
    sys.argv = list(arguments)
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


def _fork_script_server() -> None:
    """Give Snakemake its server of scripts before it asks for one: here the libraries are loaded.

    tests/upstream/test_snakemake_scripts.py has it started as users have it.
    """
    from ticketscope.upstream import script_server, snakemake_scripts

    snakemake_scripts._server, its = socket.socketpair()
    if os.fork() == 0:
        snakemake_scripts._server.close()
        script_server.main(its.detach())
        os._exit(0)
    its.close()
