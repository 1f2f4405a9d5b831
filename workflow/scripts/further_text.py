"""Subwords and binary data of a further test text, with the merges and dictionaries of the others.

Input: text (raw, a file a language), codes, data (fairseq's folder of the others).
Output: text (subwords), data (fairseq's folder, where the text is `test`).
"""

from pathlib import Path

from ticketscope.corpus.binarize import binarize
from ticketscope.corpus.subwords import encode_text
from ticketscope.runtime.job import job

with job(snakemake):
    settings, output = snakemake.params.settings, snakemake.output
    languages = settings["languages"]
    for source, destination, language in zip(
        snakemake.input.text, output.text, languages, strict=True
    ):
        encode_text(
            Path(source),
            Path(destination),
            language,
            tokenizer=settings["tokenizer"],
            codes=Path(snakemake.input.codes),
        )
    binarize(
        {"test": Path(output.text[0]).with_suffix("")},
        Path(output.data),
        source=languages[0],
        target=languages[1],
        dictionaries=[Path(snakemake.input.data, f"dict.{name}.txt") for name in languages],
    )
