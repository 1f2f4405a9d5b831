"""Erase tasks from the output of a ticket's encoder, one by one, and see what it does without them.

Input: checkpoint, data, words (npy: layers, words, dim; a file a text), texts (places and alignment
of each, npz), instances (JSON lines, a file a task and split), source and target (subwords),
reference (raw text), sets (TSV), subwords (source, correct and incorrect of each set). Output:
table (CSV).
"""

from pathlib import Path

from ticketscope.behaviour.contrast_items import SIDES, read_contrasts
from ticketscope.behaviour.contrast_scores import EncodedSet
from ticketscope.behaviour.erased import measure_erased
from ticketscope.behaviour.erased_tasks import erase_text
from ticketscope.behaviour.spot_check import Sentences
from ticketscope.corpus.parallel import read_lines
from ticketscope.plan.names import TicketName
from ticketscope.probing.tasks.registry import SPLITS
from ticketscope.representations.model import load_model
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table

with job(snakemake) as progress, claim_device(progress) as device:
    given, settings = snakemake.input, snakemake.params.settings
    ticket = TicketName.of(snakemake.wildcards)
    texts, instances, subwords = map(iter, (given.texts, given.instances, given.subwords))
    erased = {}
    for words, tasks in zip(given.words, settings["tasks"], strict=True):
        files = {task: {split: next(instances) for split in SPLITS} for task in tasks}
        aligned = next(texts), next(texts)
        erased |= erase_text(files, words, *aligned, seed=ticket.seed, draws=settings["draws"])
    sets = {}
    for name, path in zip(settings["sets"], given.sets, strict=True):
        lines = {side: read_lines(next(subwords)) for side in SIDES}
        sets[name] = EncodedSet(read_contrasts(Path(path)), lines).spread(settings["items"])
    table = measure_erased(
        load_model(Path(given.checkpoint), Path(given.data), device),
        ticket,
        erased,
        Sentences(
            *map(read_lines, (given.source, given.target, given.reference)),
            language=settings["language"],
            tokenizer=settings["tokenizer"],
        ),
        sets,
        translated=settings["sentences"],
        max_tokens=settings["max_tokens"],
        resamples=settings["resamples"],
        progress=progress,
    )
    write_table(snakemake.output.table, table)
