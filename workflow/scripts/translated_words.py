"""Which words the tickets translate, and what they write by themselves.

Input: hypotheses (subwords, a file a ticket), source, target and, if there is one, train
(subwords); texts (hypotheses, detokenised), reference (raw text). Output: words, lengths, decoding
(CSV).
"""

import numpy as np

from ticketscope.behaviour.free_decoding import decoding_table
from ticketscope.behaviour.lengths import length_table
from ticketscope.behaviour.words import (
    Buckets,
    count_words,
    frequencies,
    read_tokenized,
    tokenized,
    word_table,
)
from ticketscope.corpus.parallel import read_lines
from ticketscope.plan.names import TicketName
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.translation.scores import sentence_statistics

with job(snakemake):
    given, settings = snakemake.input, snakemake.params.settings
    tokenizer, resamples = settings["tokenizer"], settings["resamples"]
    tickets = [TicketName(*name) for name in settings["tickets"]]
    train = (line for path in given.train for line in read_tokenized(path, tokenizer))
    buckets = Buckets(settings["edges"], frequencies(train))
    references = tokenized(given.target, tokenizer)
    counts = {
        ticket: count_words(tokenized(path, tokenizer), references, buckets)
        for ticket, path in zip(tickets, given.hypotheses, strict=True)
    }
    reference = read_lines(given.reference)
    statistics = {
        ticket: sentence_statistics(read_lines(path), reference)
        for ticket, path in zip(tickets, given.texts, strict=True)
    }
    tables = {
        "words": word_table(counts, buckets, resamples=resamples),
        "lengths": length_table(
            counts,
            statistics,
            np.array([len(line.split()) for line in references]),
            settings["length_edges"],
            resamples=resamples,
        ),
        "decoding": decoding_table(
            dict(zip(tickets, map(read_lines, given.hypotheses), strict=True)),
            read_lines(given.source),
            read_lines(given.target),
            tokenizer=tokenizer,
        ),
    }
    for name, table in tables.items():
        write_table(snakemake.output[name], table)
