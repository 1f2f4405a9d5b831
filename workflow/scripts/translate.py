"""Translate a text with a ticket.

Input: checkpoint, data, source (the split's subwords).
Output: subwords (as decoded), text (detokenised).
"""

from pathlib import Path

from ticketscope.corpus.parallel import read_lines
from ticketscope.corpus.tokenization import detokenize_line
from ticketscope.runtime.devices import claim_gpus
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_lines
from ticketscope.settings import Languages
from ticketscope.translation.decoding import decode
from ticketscope.translation.settings import Decoding

with job(snakemake) as progress:
    settings = snakemake.params.settings
    languages = Languages(**settings["languages"])
    decoding = Decoding(**settings["decoding"])
    with claim_gpus(progress) as gpu:
        hypotheses = decode(
            Path(snakemake.input.checkpoint),
            Path(snakemake.input.data),
            subset=settings["subset"],
            sentences=len(read_lines(snakemake.input.source)),
            languages=languages,
            decoding=decoding,
            gpu=gpu,
        )
    write_lines(snakemake.output.subwords, hypotheses)
    detokenized = (
        detokenize_line(line, languages.target, settings["tokenizer"]) for line in hypotheses
    )
    write_lines(snakemake.output.text, detokenized)
