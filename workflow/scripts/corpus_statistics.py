"""A table of what each split of the corpus holds.

Input: raw, counts, bpe. Output: table (CSV).
"""

import json
from pathlib import Path

from dissect.corpus.statistics import split_statistics
from dissect.job import job

with job(snakemake.log[0]):
    settings = snakemake.params.settings
    dropped = {
        Path(path).stem: json.loads(Path(path).read_text())["dropped"]
        for path in snakemake.input.counts
    }
    split_statistics(
        Path(snakemake.input.raw[0]).parent,
        Path(snakemake.input.bpe[0]).parent,
        dropped=dropped,
        **settings,
    ).to_csv(snakemake.output.table, index=False)
