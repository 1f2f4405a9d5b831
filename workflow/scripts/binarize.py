"""fairseq-preprocess with one dictionary for both languages, or with given ones.

Input: text (subwords), dictionaries (source and target, or none). Output: data (fairseq's folder).
"""

from pathlib import Path

from ticketscope.corpus.binarize import binarize
from ticketscope.runtime.job import job

with job(snakemake):
    settings = snakemake.params.settings
    folder = Path(snakemake.input.text[0]).parent
    source, target = settings["languages"]
    binarize(
        {split: folder / split for split in settings["splits"]},
        Path(snakemake.output.data),
        source=source,
        target=target,
        dictionary=settings["dictionary"],
        dictionaries=list(map(Path, snakemake.input.dictionaries)),
    )
