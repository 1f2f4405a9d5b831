"""Erase tasks from the output of a ticket's encoder, one by one, and see what it does without them.

Input: checkpoint, data, words (npy: layers, words, dim; a file a text), texts (places and alignment
of each, npz), instances (JSON lines, a file a task and split), source and target (subwords),
reference (raw text), sets (TSV), subwords (source, correct and incorrect of each set). Output:
table (CSV).
"""

from pathlib import Path

from ticketscope.behaviour.contrast_items import SIDES, read_contrasts
from ticketscope.behaviour.contrast_scores import score_contrasts
from ticketscope.behaviour.erased import chosen_lines, diverge_erased, erasure_table, first_items
from ticketscope.behaviour.erased_tasks import erase_text
from ticketscope.behaviour.force_decoding import encode_pairs
from ticketscope.behaviour.spot_check import SpotCheck, spread
from ticketscope.corpus.parallel import read_lines
from ticketscope.plan.names import TicketName
from ticketscope.probing.tasks.registry import SPLITS
from ticketscope.representations.model import load_model
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]) as progress, claim_device(progress) as device:
    given, settings = snakemake.input, snakemake.params.settings
    ticket, pace = TicketName.of(snakemake.wildcards), {"max_tokens": settings["max_tokens"]}
    pace["progress"] = progress
    texts, instances = iter(given.texts), iter(given.instances)
    erased = {}
    for words, tasks in zip(given.words, settings["tasks"], strict=True):
        files = {task: {split: next(instances) for split in SPLITS} for task in tasks}
        aligned = next(texts), next(texts)
        erased |= erase_text(files, words, *aligned, seed=ticket.seed, draws=settings["draws"])
    erasers = {condition: found.erasers for condition, found in erased.items()}
    loaded = load_model(Path(given.checkpoint), Path(given.data), device)
    lines = [read_lines(path) for path in (given.source, given.target, given.reference)]
    source, (target,) = encode_pairs(loaded, lines[0], [lines[1]])
    divergences = diverge_erased(loaded, source, target, erasers, **pace)
    translated = {}
    if settings["sentences"]:
        few = spread(
            *lines,
            count=settings["sentences"],
            language=settings["language"],
            tokenizer=settings["tokenizer"],
        )
        check = SpotCheck(loaded, few, max_tokens=settings["max_tokens"])
        translated = {
            condition: check.statistics(erased[condition].eraser if condition else None)
            for condition in [None, *erasers]
        }
    subwords = iter(given.subwords)
    items, right = {}, {condition: {} for condition in [None, *erasers]}
    for name, path in zip(settings["sets"], given.sets, strict=True):
        contrasts = read_contrasts(Path(path))
        numbers = first_items(contrasts, settings["items"])
        sides = chosen_lines({side: read_lines(next(subwords)) for side in SIDES}, numbers)
        items[name] = [contrasts[number] for number in numbers]
        for condition, answers in right.items():
            intervention = erased[condition].eraser if condition else None
            scores = score_contrasts(loaded, sides, intervention=intervention, **pace)
            answers[name] = scores["margin"] > 0
    table = erasure_table(
        ticket, erased, divergences, items, right, translated, resamples=settings["resamples"]
    )
    with atomic_write(snakemake.output.table) as temporary:
        table.to_csv(temporary, index=False)
