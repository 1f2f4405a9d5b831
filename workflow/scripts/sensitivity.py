"""What a seed's tickets lose with each of their modules.

Input: checkpoints and masks (of the tickets in settings), data, source and target (subwords),
reference (raw text). Output: table (CSV).
"""

from pathlib import Path

import pandas as pd

from ticketscope.behaviour.sensitivity import measure, pick
from ticketscope.behaviour.spot_check import Sentences, SpotCheck
from ticketscope.corpus.parallel import read_lines
from ticketscope.plan.names import TicketName
from ticketscope.representations.model import load_model
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.sparsity import Architecture, module_sparsity

with job(snakemake) as progress, claim_device(progress) as device:
    given, settings = snakemake.input, snakemake.params.settings
    text = Sentences(
        *map(read_lines, (given.source, given.target, given.reference)),
        language=settings["language"],
        tokenizer=settings["tokenizer"],
    )
    sentences = text.spread(settings["sentences"])
    tables = []
    for name, path, mask in zip(settings["tickets"], given.checkpoints, given.masks, strict=True):
        loaded = load_model(Path(path), Path(given.data), device)
        modules = module_sparsity(Mask.load(mask), Architecture.of(checkpoints.load(path)))
        table = measure(
            SpotCheck(loaded, sentences, max_tokens=settings["max_tokens"]),
            TicketName(*name),
            modules,
            translated=pick(settings["translated"]),
            progress=progress,
        )
        tables.append(table)
    write_table(snakemake.output.table, pd.concat(tables))
