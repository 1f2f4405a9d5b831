"""Save when Slurm announces the end, and before a job's time limit.

Slurm sends SIGTERM some seconds before it kills, for instance to preempt a job. The job ignores it
(`ticketscope.runtime.job`); fairseq, which would save at the end of its interval, saves at the end
of this update and goes on, so that what is started again loses next to nothing. Before the time
limit it saves as well, and the job goes back into the queue (`ticketscope.cluster.pieces`).
"""

import functools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from ticketscope.cluster.pieces import Piece
from ticketscope.runtime.job import IN_SLURM

_TRAIN = "fairseq_cli.train"
_asked = False


def save_on_sigterm() -> None:
    """From now on; once in a process is enough, and outside of Slurm nothing changes."""
    if IN_SLURM not in os.environ or _TRAIN not in sys.modules:
        return
    train: Any = sys.modules[_TRAIN]
    if not hasattr(train.validate_and_save, "__wrapped__"):
        train.validate_and_save = _saving(train.validate_and_save)
        signal.signal(signal.SIGTERM, _ask)


def _ask(*_: object) -> None:
    global _asked
    _asked = True


def _saving(original: Callable[..., Any]) -> Callable[..., Any]:
    """What fairseq calls after each update to see whether it is time to save."""
    piece = Piece()

    @functools.wraps(original)
    def validate_and_save(cfg: Any, *arguments: Any) -> Any:
        global _asked
        # The first of several processes saves for all.
        is_over = cfg.distributed_training.distributed_rank == 0 and piece.is_over()
        if not _asked and not is_over:
            return original(cfg, *arguments)
        if _asked:
            print("SIGTERM: saving after this update", flush=True)
        _asked = False
        interval = cfg.checkpoint.save_interval_updates
        cfg.checkpoint.save_interval_updates = 1
        try:
            answer = original(cfg, *arguments)
        finally:
            cfg.checkpoint.save_interval_updates = interval
        if is_over:
            piece.continue_later()
        return answer

    return validate_and_save
