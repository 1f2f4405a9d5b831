"""Lay out the text that is encoded for some probing tasks.

Input: instances (JSON lines, a file a task and split), codes, data (dictionaries). Output:
subwords, alignment (npz), report (JSON: lines that could not be aligned, words without subwords;
instances that were left out; documents that were divided), places (npz: <task>/<split>, and below
it instances and shuffled).
"""

from dataclasses import asdict
from pathlib import Path

from ticketscope.corpus.subwords import subword_encoder
from ticketscope.corpus.unknown import warn_of_unknown
from ticketscope.probing.instances import read_instances
from ticketscope.probing.sampling import sample
from ticketscope.probing.tasks.registry import SPLITS
from ticketscope.probing.text import lay_out
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_json, write_lines

with job(snakemake) as progress:
    settings, params = snakemake.params.settings, snakemake.params
    keys = [(task, split) for task in settings["limits"] for split in SPLITS]
    wanted = {}
    for (task, split), path in zip(keys, snakemake.input.instances, strict=True):
        instances = list(read_instances(path))
        limit = settings["limits"][task] if split == "train" else None
        chosen = sample(instances, limit).tolist()
        wanted[f"{task}/{split}"] = {number: instances[number] for number in chosen}
    text = lay_out(
        wanted,
        settings["context"],
        subword_encoder(Path(snakemake.input.codes), params.language, params.tokenizer),
        params.positions - 1,  # the last position is EOS
        shuffled=settings["shuffled"],
    )
    alignment, report = text.align(params.tokenizer)
    progress(
        f"{len(settings['limits'])} tasks: {report.sentences} lines, {report.words} words; "
        f"{len(report.unalignable)} lines could not be aligned exactly, "
        f"{report.words_without_subwords} words have no subwords, {len(text.too_long)} instances "
        f"were too long and {len(text.divided)} documents were divided"
    )
    dictionary = Path(snakemake.input.data, f"dict.{params.language}.txt")
    warn_of_unknown(snakemake.wildcards.text, text.subwords, dictionary, params.tokenizer, progress)
    for name in text.too_long:
        progress(f"left out, because a sentence is longer than the model reads: {name}")
    write_lines(snakemake.output.subwords, text.subwords)
    write_arrays(snakemake.output.alignment, vars(alignment))
    write_arrays(snakemake.output.places, text.place_arrays())
    record = asdict(report) | {"divided": text.divided, "too_long": text.too_long}
    write_json(snakemake.output.report, record)
