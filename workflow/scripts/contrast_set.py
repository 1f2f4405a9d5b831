"""A contrast set as the models read it.

Input: given (of any format), codes (BPE). Output: contrasts (TSV), subwords (source, correct and
incorrect).
"""

from pathlib import Path

from ticketscope.behaviour.contrast_items import SIDES, read_contrasts, write_contrasts
from ticketscope.corpus.subwords import subword_encoder
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_lines
from ticketscope.settings import Languages

with job(snakemake.log[0]) as progress:
    languages = Languages(**snakemake.params.settings["languages"])
    items = read_contrasts(Path(snakemake.input.given))
    progress(f"{snakemake.wildcards.set}: {len(items)} contrasts")
    codes = Path(snakemake.input.codes)
    for side, path in zip(SIDES, snakemake.output.subwords, strict=True):
        language = languages.source if side == "source" else languages.target
        encode = subword_encoder(codes, language)
        write_lines(path, (encode(getattr(item, side).split()) for item in items))
    write_contrasts(Path(snakemake.output.contrasts), items)
