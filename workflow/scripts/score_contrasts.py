"""Force-decode the contrastive pairs of all sets with a ticket.

Input: checkpoint, data, subwords (source, correct and incorrect of each set). Output: scores (npz).
"""

from pathlib import Path

from ticketscope.behaviour.contrast_items import SIDES
from ticketscope.behaviour.contrast_scores import score_contrasts
from ticketscope.corpus.parallel import read_lines
from ticketscope.representations.model import load_model
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays

with job(snakemake) as progress, claim_device(progress) as device:
    settings, paths = snakemake.params.settings, iter(snakemake.input.subwords)
    loaded = load_model(Path(snakemake.input.checkpoint), Path(snakemake.input.data), device)
    arrays = {}
    for name in settings["sets"]:
        texts = {side: read_lines(next(paths)) for side in SIDES}
        scores = score_contrasts(
            loaded, texts, max_tokens=settings["max_tokens"], progress=progress
        )
        arrays |= {f"{name}/{key}": array for key, array in scores.items()}
    write_arrays(snakemake.output.scores, arrays)
