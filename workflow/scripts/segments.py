"""Loss and BLEU along the segments between a seed's tickets.

Input: checkpoints (of the tickets in settings), data, source and target (subwords), reference (raw
text). Output: table (CSV).
"""

from pathlib import Path

from ticketscope.behaviour.paths import Pair, walk
from ticketscope.behaviour.spot_check import Sentences, SpotCheck
from ticketscope.corpus.parallel import read_lines
from ticketscope.plan.names import TicketName
from ticketscope.representations.model import load_model
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.tickets import checkpoints

with job(snakemake) as progress, claim_device(progress) as device:
    given, settings = snakemake.input, snakemake.params.settings
    text = Sentences(
        *map(read_lines, (given.source, given.target, given.reference)),
        language=settings["language"],
        tokenizer=settings["tokenizer"],
    )
    sentences = text.spread(settings["sentences"])
    # Memory-mapped: what is not interpolated at the moment need not be in memory.
    weights = {
        TicketName(*name): checkpoints.parameters(checkpoints.load(path))
        for name, path in zip(settings["tickets"], given.checkpoints, strict=True)
    }
    loaded = load_model(Path(given.checkpoints[0]), Path(given.data), device)
    table = walk(
        SpotCheck(loaded, sentences, max_tokens=settings["max_tokens"]),
        weights,
        [Pair(kind, TicketName(*a), TicketName(*b)) for kind, a, b in settings["pairs"]],
        points=settings["points"],
        translated=settings["translated"],
        progress=progress,
    )
    write_table(snakemake.output.table, table)
