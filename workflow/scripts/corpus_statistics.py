"""A table of what each split of the corpus holds.

Input: raw, counts, bpe, data (binary, with fairseq's dictionaries). Output: table (CSV).
"""

import json
from pathlib import Path

from ticketscope.corpus.counts import split_statistics
from ticketscope.corpus.dictionary import read_dictionary
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table

with job(snakemake) as progress:
    settings = snakemake.params.settings
    dropped = {
        Path(path).stem: json.loads(Path(path).read_text())["dropped"]
        for path in snakemake.input.counts
    }
    vocabulary = {
        language: read_dictionary(Path(snakemake.input.data, f"dict.{language}.txt")).keys()
        for language in settings["languages"]
    }
    table = split_statistics(
        Path(snakemake.input.raw[0]).parent,
        Path(snakemake.input.bpe[0]).parent,
        dropped=dropped,
        vocabulary=vocabulary,
        progress=progress,
        **settings,
    )
    write_table(snakemake.output.table, table)
