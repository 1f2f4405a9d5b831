"""fairseq-preprocess with one dictionary for both languages.

Input: text (subwords). Output: data (fairseq's folder).
"""

from pathlib import Path

from dissect.corpus.binarize import binarize
from dissect.job import job

with job(snakemake.log[0]):
    settings = snakemake.params.settings
    folder = Path(snakemake.input.text[0]).parent
    source, target = settings["languages"]
    binarize(
        {split: folder / split for split in settings["splits"]},
        Path(snakemake.output.data),
        source=source,
        target=target,
        dictionary=settings["dictionary"],
    )
