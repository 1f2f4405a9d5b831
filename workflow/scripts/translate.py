"""Translate a text with a ticket.

Input: checkpoint, data, source (the split's subwords).
Output: subwords (as decoded), text (detokenised).
"""

from pathlib import Path

from ticketscope.corpus.binarize import subset
from ticketscope.corpus.parallel import read_lines
from ticketscope.corpus.subwords import detokenize_line
from ticketscope.runtime.devices import claim_gpus
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job
from ticketscope.settings import Languages
from ticketscope.translation.decoding import decode
from ticketscope.translation.settings import Decoding

with job(snakemake.log[0]) as progress:
    settings = snakemake.params.settings
    languages = Languages(**settings["languages"])
    decoding = Decoding(**settings["decoding"])
    with claim_gpus(progress) as gpu:
        hypotheses = decode(
            Path(snakemake.input.checkpoint),
            Path(snakemake.input.data),
            subset=subset(decoding.split, settings["splits"]),
            sentences=len(read_lines(snakemake.input.source)),
            languages=languages,
            decoding=decoding,
            gpu=gpu,
        )
    texts = [detokenize_line(line, languages.target) for line in hypotheses]
    for path, lines in ((snakemake.output.subwords, hypotheses), (snakemake.output.text, texts)):
        with atomic_write(path) as temporary:
            temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
