"""Start scripts from a process that has imported torch and fairseq.

Wrong upstream (Snakemake 9.27.1): each script is a new interpreter. That of nearly every job
imports torch and pandas, many fairseq and scipy, for two to five seconds of CPU, and the default
experiment has more than 200 jobs a seed that need no more than that.
Gain: the smoke experiment took 312 s of CPU where it took 504, both on a busy machine.
Can go: when Snakemake's local executor forks its scripts from a process with preloaded modules.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from typing import Any

from snakemake.benchmark import benchmarked
from snakemake.script import PythonScript

from ticketscope.runtime.job import IN_SLURM
from ticketscope.runtime.processes import sources_on_path
from ticketscope.upstream import made_for, script_server

# Libraries read these when they are imported.
_THREADS = [
    "OMP_NUM_THREADS", "GOTO_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS",
]  # fmt: skip
# What the server is started with; what reaches a script comes with its request.
ENVIRONMENT = {
    **dict.fromkeys(_THREADS, "1"),
    "PYTHONHASHSEED": "0",
    # Large pages, where the kernel has them: an update walks through much memory.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}

_lock = threading.Lock()
_server: socket.socket | None = None


def start_scripts_warm() -> None:
    """Let this process fork its scripts, once there is the first.

    Those of more than one thread, in another environment or in a Slurm job start as ever.
    """
    if made_for("snakemake", "9.27.1", "the quick start of scripts") and IN_SLURM not in os.environ:
        PythonScript.execute_script = _execute


_start_anew = PythonScript.execute_script


def _execute(script: Any, path: str, edit: bool = False) -> None:
    elsewhere = script.container_img or script.conda_env or script.env_modules or script.shadow_dir
    if elsewhere or script.threads != 1:
        _start_anew(script, path, edit=edit)
        return
    temporary = {
        name: script.resources.get("tmpdir") for name in ("TMPDIR", "TMP", "TEMPDIR", "TEMP")
    }
    environment = {**os.environ, **dict.fromkeys(_THREADS, "1")}
    environment |= {name: value for name, value in temporary.items() if value}
    client, remote = socket.socketpair()
    with client, client.makefile() as answers:
        with remote, _lock:
            _send(remote)
        client.sendall(f"{json.dumps([path, environment])}\n".encode())
        with benchmarked(int(answers.readline() or 0) or False, script.bench_record):
            code = int(answers.readline() or -9)
    if code != 0:
        raise subprocess.CalledProcessError(code, f"{sys.executable} {path}")


def _send(request: socket.socket) -> None:
    """Give a request to the server; in place of one that was killed, another starts."""
    global _server
    try:
        socket.send_fds(_get_server(), [b"+"], [request.fileno()])
    except ConnectionError:
        _server = None
        socket.send_fds(_get_server(), [b"+"], [request.fileno()])


def _get_server() -> socket.socket:
    """Our end of the server's socket; the server starts with the first call."""
    global _server
    if _server is None:
        _server, remote = socket.socketpair()
        with remote:
            subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    f"import {script_server.__name__} as server; server.main({remote.fileno()})",
                ],
                pass_fds=[remote.fileno()],
                stdin=subprocess.DEVNULL,
                env={**sources_on_path(os.environ), **ENVIRONMENT},
            )
    return _server
