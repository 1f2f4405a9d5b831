"""Items on which a ticket and LTH0 differ: contrasts, sentences, predictions of probes.

Input: hypotheses (a file a ticket), reference and source (raw text), words and train (source, in
subwords; train if there is one), derivations (JSON lines or none), contrasts (contrasts, items:
CSV, margins: npz; or none), probes (CSV or none), predictions (npz, a file a job), instances (JSON
lines, a file a task: test). Output: table, resamples: churn when the items are resampled, units:
what the items are like (CSV), answers: of each ticket to each item (npz).
"""

from functools import partial

import numpy as np
import pandas as pd

from ticketscope.behaviour import answers, flips
from ticketscope.behaviour.words import frequencies
from ticketscope.corpus.parallel import read_lines
from ticketscope.corpus.tokenization import join_subwords
from ticketscope.plan.names import TicketName
from ticketscope.probing.instances import gzip_records, read_instances
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays

with job(snakemake.log[0]):
    given, settings = snakemake.input, snakemake.params.settings
    join = partial(join_subwords, tokenizer=settings["tokenizer"])
    references = read_lines(given.reference)
    right = {
        answers.TRANSLATION: {
            TicketName(*name): flips.well_translated(read_lines(path), references, settings["chrf"])
            for name, path in zip(settings["tickets"], given.hypotheses, strict=True)
        }
    }
    answered = {
        answers.TRANSLATION: {
            ticket: well.astype(np.uint8) for ticket, well in right[answers.TRANSLATION].items()
        }
    }
    labelled = {}
    if given.contrasts:
        _, items, margins = given.contrasts
        right |= flips.right_contrasts(pd.read_csv(items), margins)
    if given.probes:
        jobs = [(TicketName(*name), part) for *name, part in settings["jobs"]]
        labelled = answers.predictions(
            pd.read_csv(given.probes), dict(zip(jobs, given.predictions, strict=True))
        )
        right |= flips.right_predictions(labelled)
        answered |= {key: task.predicted for key, task in labelled.items()}
    seen = frequencies(join(line) for path in given.train for line in read_lines(path))
    units = [
        answers.sentence_units(
            read_lines(given.source),
            [join(line).split() for line in read_lines(given.words)],
            seen,
            [record for path in given.derivations for _, record in gzip_records(path)],
        ),
        answers.instance_units(
            labelled,
            dict(zip(settings["tasks"], map(read_instances, given.instances), strict=True)),
            seen,
        ),
    ]
    write_arrays(snakemake.output.answers, answers.arrays(answered))
    frames = {
        "table": flips.flip_table(right, settings["seeds"]),
        "resamples": flips.flip_resamples(right),
        "units": pd.concat(units, ignore_index=True),
    }
    for name, frame in frames.items():
        with atomic_write(snakemake.output[name]) as temporary:
            frame.to_csv(temporary, index=False)
