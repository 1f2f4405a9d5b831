"""A contrast set as the models read it.

Input: given (files of the set, or the manifest of public ones), codes, data (dictionaries).
Output: contrasts (TSV), subwords (source, correct and incorrect).
"""

from pathlib import Path

from pydantic import TypeAdapter

from ticketscope.behaviour.contrast_items import SIDES, read_contrasts, write_contrasts
from ticketscope.behaviour.contrast_sets import read_set, told_apart
from ticketscope.behaviour.settings import ContrastSet
from ticketscope.corpus.dictionary import read_dictionary
from ticketscope.corpus.registry import TOY
from ticketscope.corpus.subwords import subword_encoder
from ticketscope.corpus.unknown import warn_of_unknown
from ticketscope.errors import InputError
from ticketscope.plan.paths import SOURCES
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_lines
from ticketscope.settings import Languages

with job(snakemake) as progress:
    settings, name = snakemake.params.settings, snakemake.wildcards.set
    languages = Languages(**settings["languages"])
    entry = TypeAdapter(ContrastSet).validate_python(settings["entry"])
    if entry == TOY:
        items = read_contrasts(Path(snakemake.input.given[0]))
    else:
        items = read_set(entry, Path(SOURCES), progress)
    progress(f"{name}: {len(items)} contrasts")
    codes = Path(snakemake.input.codes)
    lines: dict[str, list[str]] = {}
    for side in SIDES:
        language = languages.source if side == "source" else languages.target
        encode = subword_encoder(codes, language, settings["tokenizer"])
        lines[side] = [encode(getattr(item, side).split()) for item in items]
        dictionary = Path(snakemake.input.data, f"dict.{language}.txt")
        warn_of_unknown(f"{name}, {side}", lines[side], dictionary, settings["tokenizer"], progress)
    known = read_dictionary(dictionary).keys()  # the last one, the target language's
    kept = told_apart(lines["correct"], lines["incorrect"], known)
    if same := len(items) - len(kept):
        progress(
            f"{name}: left out {same} of {len(items)} contrasts, whose translations are the same "
            "to the models"
        )
    if not kept:
        raise InputError(
            f"contrasts.{name}: both translations of every pair are the same to the models"
        )
    for side, path in zip(SIDES, snakemake.output.subwords, strict=True):
        write_lines(path, [lines[side][number] for number in kept])
    write_contrasts(Path(snakemake.output.contrasts), [items[number] for number in kept])
