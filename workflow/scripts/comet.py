"""COMET of all tickets' translations.

Input: hypotheses (detokenised, one file a ticket), source, reference (raw text), model.
Output: table (CSV).
"""

from pathlib import Path

from ticketscope.plan.names import TicketName
from ticketscope.runtime.devices import claim_gpus
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.translation.comet import comet_table, segment_scores
from ticketscope.translation.settings import Scoring

with job(snakemake) as progress:
    settings = snakemake.params.settings
    scoring = Scoring(**settings["scoring"])
    assert scoring.comet is not None, "the rule is not asked for"
    with claim_gpus(progress) as gpu:
        scores = segment_scores(
            Path(snakemake.input.source),
            Path(snakemake.input.reference),
            [Path(path) for path in snakemake.input.hypotheses],
            scoring.comet,
            gpu,
        )
    tickets = [TicketName(*name) for name in settings["tickets"]]
    table = comet_table(dict(zip(tickets, scores, strict=True)), resamples=scoring.resamples)
    write_table(snakemake.output.table[0], table)
