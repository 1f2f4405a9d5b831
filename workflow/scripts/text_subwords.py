"""Subwords of a user's tokenised text, and which of them each word is made of.

Input: text (words separated by spaces), codes (BPE). Output: subwords, alignment (npz), report
(JSON: sentences that could not be aligned, by line).
"""

from pathlib import Path

from ticketscope.corpus.parallel import read_lines
from ticketscope.corpus.subwords import subword_encoder
from ticketscope.representations.alignment import align_text
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_json, write_lines

with job(snakemake.log[0]) as progress:
    sentences = [line.split() for line in read_lines(snakemake.input.text)]
    encode = subword_encoder(Path(snakemake.input.codes), snakemake.params.settings["language"])
    lines = [encode(words) for words in sentences]
    alignment, report = align_text(sentences, lines)
    progress(
        f"{snakemake.wildcards.text}: {len(report.unalignable)} of {report.sentences} sentences "
        "could not be aligned exactly"
    )
    write_lines(snakemake.output.subwords, lines)
    write_arrays(snakemake.output.alignment, vars(alignment))
    write_json(snakemake.output.report, report.as_dict())
