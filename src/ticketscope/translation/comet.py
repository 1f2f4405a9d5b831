"""COMET of translations, by the command of its authors (Rei et al. 2022).

The package unbabel-comet needs an older numpy than this one has, so it lives in an environment of
its own, and all that is used of it is its command `comet-score`. Nothing is downloaded: the model
is a file, and the encoder that it names has to be in the cache of huggingface-hub.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.stats.resampling import interval, paired_p_value, resample
from ticketscope.translation.settings import Comet

COLUMNS = ["seed", "series", "ticket", "k", "comet", "comet_low", "comet_high", "comet_p_vs_lth0"]
# Of our interpreter, which another one would trip over.
_OURS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


def segment_scores(
    source: Path, reference: Path, hypotheses: Sequence[Path], comet: Comet, gpu: str | None
) -> list[NDArray[np.float64]]:
    """COMET of each sentence, by file of hypotheses, each (sentences,).

    Args:
        source: The raw source sentences.
        reference: Their raw references.
        hypotheses: Detokenised translations, one file a ticket.
        comet: The model and the command.
        gpu: As CUDA_VISIBLE_DEVICES names it; None: on CPU.

    Raises:
        InputError: the command is not there, fails, or writes no scores of these files.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _OURS}
    environment |= {"HF_HUB_OFFLINE": "1"} | ({} if gpu is None else {"CUDA_VISIBLE_DEVICES": gpu})
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "scores.json"
        command = [
            comet.command, "--sources", str(source), "--references", str(reference),
            "--translations", *map(str, hypotheses), "--model", str(Path(comet.model).absolute()),
            "--gpus", "0" if gpu is None else "1", "--to_json", str(output), "--only_system",
            "--quiet",
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, errors="replace"
            )
        except OSError as error:
            raise InputError(
                f"scoring.comet.command: cannot run {comet.command}: {error.strerror}; it is a "
                "part of the package unbabel-comet"
            ) from None
        if done.returncode:
            last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
            raise InputError(f"scoring.comet: {comet.command} failed: {last}")
        try:
            scored = json.loads(output.read_text(encoding="utf-8"))
            return [
                np.array([sentence["COMET"] for sentence in scored[str(path)]], dtype=np.float64)
                for path in hypotheses
            ]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise InputError(
                f"scoring.comet: {comet.command} has written no scores of these files ({error!r}): "
                "is it that of unbabel-comet 2?"
            ) from error


def comet_table(
    scores: Mapping[TicketName, NDArray[np.float64]], *, resamples: int
) -> pd.DataFrame:
    """A row of `COLUMNS` for each ticket.

    COMET of a text is the mean over its sentences. Interval and test against LTH0 of the same seed
    are bootstraps over sentences, as those of BLEU.

    Args:
        scores: Of each sentence, by ticket (sentences,).
        resamples: Bootstrap resamples, of the same sentences for all tickets.
    """
    counts = resample(len(next(iter(scores.values()))), resamples)
    drawn = {
        ticket: (float(each.mean()), counts @ each / len(each)) for ticket, each in scores.items()
    }
    rows = []
    for ticket, (mean, samples) in drawn.items():
        low, high = interval(samples)
        p = paired_p_value(mean, samples, *drawn[ticket.dense]) if ticket.k else None
        row = {"comet": mean, "comet_low": low, "comet_high": high, "comet_p_vs_lth0": p}
        rows.append(ticket.columns | row)
    return pd.DataFrame(rows, columns=COLUMNS)
