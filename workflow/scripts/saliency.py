"""A statistic of a ticket's prunable weights on calibration sentences, for criteria that see data.

Input: checkpoint, mask, data, source and target (subwords of train). Output: statistic
(safetensors).
"""

from pathlib import Path

from ticketscope.corpus.parallel import read_lines
from ticketscope.representations.model import load_model
from ticketscope.representations.saliency import draw_pairs, saliency
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.job import job
from ticketscope.tickets import statistics
from ticketscope.tickets.masks import Mask

with job(snakemake) as progress, claim_device(progress) as device:
    given, settings = snakemake.input, snakemake.params.settings
    texts = draw_pairs(
        read_lines(given.source),
        read_lines(given.target),
        settings["sentences"],
        int(snakemake.wildcards.seed),
    )
    arrays = saliency(
        load_model(Path(given.checkpoint), Path(given.data), device),
        *texts,
        Mask.load(given.mask),
        statistic=snakemake.wildcards.statistic,
        label_smoothing=settings["label_smoothing"],
        max_tokens=settings["max_tokens"],
        progress=progress,
    )
    statistics.save(arrays, snakemake.output.statistic)
