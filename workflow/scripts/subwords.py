"""Tokenisation, and BPE learned jointly on both sides of train, or given codes.

Input: text (raw, a file a split and language), given (codes, or none). Output: codes, text
(subwords, in the same order).
"""

from pathlib import Path

from ticketscope.corpus.subwords import build_subwords
from ticketscope.runtime.job import job

with job(snakemake) as progress:
    build_subwords(
        Path(snakemake.input.text[0]).parent,
        Path(snakemake.output.codes).parent,
        given=next(map(Path, snakemake.input.given), None),
        progress=progress,
        **snakemake.params.settings,
    )
