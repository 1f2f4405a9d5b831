"""Subwords of a user's tokenised text, and which of them each word is made of.

Input: text (words separated by spaces), codes, data (dictionaries). Output: subwords, alignment
(npz), report (JSON: sentences that could not be aligned, by line; lines that are longer than the
model reads).
"""

from dataclasses import asdict
from pathlib import Path

from ticketscope.corpus.subwords import subword_encoder
from ticketscope.corpus.unknown import warn_of_unknown
from ticketscope.representations.alignment import align_text
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_json, write_lines
from ticketscope.runtime.text import sentences

with job(snakemake) as progress:
    settings = snakemake.params.settings
    words = sentences(Path(snakemake.input.text))
    encode = subword_encoder(
        Path(snakemake.input.codes), settings["language"], settings["tokenizer"]
    )
    lines = [encode(sentence) for sentence in words]
    longest = settings["positions"] - 1  # the last position is EOS
    too_long = [n for n, line in enumerate(lines, start=1) if len(line.split()) > longest]
    for number in too_long:  # its words have no subwords, and so no vectors
        progress(f"line {number} is longer than the {longest} subwords that the model reads")
        lines[number - 1] = ""
    alignment, report = align_text(words, lines, settings["tokenizer"])
    progress(
        f"{snakemake.wildcards.text}: {len(report.unalignable)} of {report.sentences} sentences "
        "could not be aligned exactly"
    )
    dictionary = Path(snakemake.input.data, f"dict.{settings['language']}.txt")
    warn_of_unknown(snakemake.wildcards.text, lines, dictionary, settings["tokenizer"], progress)
    write_lines(snakemake.output.subwords, lines)
    write_arrays(snakemake.output.alignment, vars(alignment))
    write_json(snakemake.output.report, asdict(report) | {"too_long": too_long})
