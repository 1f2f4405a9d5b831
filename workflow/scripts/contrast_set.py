"""A contrast set as the models read it.

Input: given (files of the set, or the manifest of public ones), codes, data (dictionaries).
Output: contrasts (TSV), subwords (source, correct and incorrect).
"""

from pathlib import Path

from pydantic import TypeAdapter

from ticketscope.behaviour.contrast_items import SIDES, read_contrasts, write_contrasts
from ticketscope.behaviour.contrast_sets import read_set
from ticketscope.behaviour.settings import ContrastSet
from ticketscope.corpus.registry import TOY
from ticketscope.corpus.subwords import subword_encoder
from ticketscope.corpus.unknown import warn_of_unknown
from ticketscope.plan.paths import SOURCES
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_lines
from ticketscope.settings import Languages

with job(snakemake) as progress:
    settings = snakemake.params.settings
    languages = Languages(**settings["languages"])
    entry = TypeAdapter(ContrastSet).validate_python(settings["entry"])
    if entry == TOY:
        items = read_contrasts(Path(snakemake.input.given[0]))
    else:
        items = read_set(entry, Path(SOURCES), progress)
    progress(f"{snakemake.wildcards.set}: {len(items)} contrasts")
    codes = Path(snakemake.input.codes)
    for side, path in zip(SIDES, snakemake.output.subwords, strict=True):
        language = languages.source if side == "source" else languages.target
        encode = subword_encoder(codes, language, settings["tokenizer"])
        lines = [encode(getattr(item, side).split()) for item in items]
        name = f"{snakemake.wildcards.set}, {side}"
        dictionary = Path(snakemake.input.data, f"dict.{language}.txt")
        warn_of_unknown(name, lines, dictionary, settings["tokenizer"], progress)
        write_lines(path, lines)
    write_contrasts(Path(snakemake.output.contrasts), items)
