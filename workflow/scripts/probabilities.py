"""A ticket's predictions beside those of other tickets, on the prefixes of the references.

Input: checkpoint, others (checkpoints), data, source and target (subwords). Output: table (CSV).
"""

from pathlib import Path

from ticketscope.behaviour.force_decoding import encode_pairs
from ticketscope.behaviour.probabilities import diverge, probability_table
from ticketscope.corpus.parallel import read_lines
from ticketscope.plan.names import TicketName
from ticketscope.representations.model import load_model
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table

with job(snakemake) as progress, claim_device(progress) as device:
    given, settings = snakemake.input, snakemake.params.settings
    data = Path(given.data)
    model = load_model(Path(given.checkpoint), data, device)
    source, (target,) = encode_pairs(model, read_lines(given.source), [read_lines(given.target)])
    others = [TicketName(*name) for name in settings["others"]]
    divergences = {
        name: diverge(
            model,
            load_model(Path(path), data, device),
            source,
            target,
            max_tokens=settings["max_tokens"],
            progress=progress,
        )
        for name, path in zip(others, given.others, strict=True)
    }
    table = probability_table(
        TicketName.of(snakemake.wildcards), divergences, resamples=settings["resamples"]
    )
    write_table(snakemake.output.table, table)
