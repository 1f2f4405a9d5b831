"""Items on which a ticket and LTH0 differ: contrasts, sentences, predictions of probes.

Input: hypotheses (a file a ticket), reference and source (raw text), words and train (source, in
subwords; train if there is one), derivations (JSON lines or none), contrasts (contrasts, items:
CSV, margins: npz; or none), probes (CSV or none), predictions (npz, a file a job), instances (JSON
lines, a file a task: test). Output: table, resamples: churn when the items are resampled, units:
what the items are like (CSV), answers: of each ticket to each item (npz).
"""

import pandas as pd

from ticketscope.behaviour import answers, flips
from ticketscope.behaviour.words import frequencies, read_tokenized, tokenized
from ticketscope.corpus.parallel import read_lines
from ticketscope.plan.names import TicketName
from ticketscope.probing.instances import gzip_records, read_instances
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_table

with job(snakemake):
    given, settings = snakemake.input, snakemake.params.settings
    tickets = [TicketName(*name) for name in settings["tickets"]]
    translated = flips.right_translations(
        dict(zip(tickets, map(read_lines, given.hypotheses), strict=True)),
        read_lines(given.reference),
        settings["chrf"],
    )
    contrasts, labelled = {}, {}
    if given.contrasts:
        _, items, margins = given.contrasts
        contrasts = flips.right_contrasts(pd.read_csv(items), margins)
    if given.probes:
        jobs = [(TicketName(*name), part) for *name, part in settings["jobs"]]
        files = dict(zip(jobs, given.predictions, strict=True))
        labelled = answers.predictions(pd.read_csv(given.probes), files)
    right = translated | contrasts | flips.right_predictions(labelled)
    tokenizer = settings["tokenizer"]
    seen = frequencies(line for path in given.train for line in read_tokenized(path, tokenizer))
    units = [
        answers.sentence_units(
            read_lines(given.source),
            [line.split() for line in tokenized(given.words, tokenizer)],
            seen,
            [record for path in given.derivations for _, record in gzip_records(path)],
        ),
        answers.instance_units(
            labelled,
            dict(zip(settings["tasks"], map(read_instances, given.instances), strict=True)),
            seen,
        ),
    ]
    write_table(snakemake.output.table, flips.flip_table(right, settings["seeds"]))
    write_table(snakemake.output.resamples, flips.flip_resamples(right))
    write_table(snakemake.output.units, pd.concat(units, ignore_index=True))
    write_arrays(snakemake.output.answers, answers.arrays(answers.answered(translated, labelled)))
