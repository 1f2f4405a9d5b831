"""Subwords of a user's tokenised text, and which of them each word is made of.

Input: text (words separated by spaces), codes (BPE). Output: subwords, alignment (npz), report
(JSON: sentences that could not be aligned, by line).
"""

import json
from pathlib import Path

import numpy as np

from ticketscope.corpus.parallel import read_lines
from ticketscope.representations.alignment import align_text
from ticketscope.representations.words import subword_encoder
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]) as progress:
    sentences = [line.split() for line in read_lines(snakemake.input.text)]
    encode = subword_encoder(Path(snakemake.input.codes), snakemake.params.settings["language"])
    lines = [encode(words) for words in sentences]
    alignment, report = align_text(sentences, lines)
    progress(
        f"{snakemake.wildcards.text}: {len(report.unalignable)} of {report.sentences} sentences "
        "could not be aligned exactly"
    )
    with atomic_write(snakemake.output.subwords) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    with atomic_write(snakemake.output.alignment) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **vars(alignment))
    with atomic_write(snakemake.output.report) as temporary:
        temporary.write_text(json.dumps(report.as_dict(), indent=1, ensure_ascii=False) + "\n")
