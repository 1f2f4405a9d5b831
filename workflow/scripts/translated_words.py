"""Which words the tickets translate, and what they write by themselves.

Input: hypotheses (subwords, a file a ticket), source, target and, if there is one, train
(subwords); texts (hypotheses, detokenised), reference (raw text). Output: words, lengths, decoding
(CSV).
"""

from functools import partial

import numpy as np

from ticketscope.behaviour.free_decoding import decoding_table
from ticketscope.behaviour.lengths import length_table
from ticketscope.behaviour.words import Buckets, count_words, frequencies, word_table
from ticketscope.corpus.parallel import read_lines
from ticketscope.corpus.tokenization import join_subwords
from ticketscope.plan.names import TicketName
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.translation.scores import sentence_statistics

with job(snakemake.log[0]):
    given, settings = snakemake.input, snakemake.params.settings
    join = partial(join_subwords, tokenizer=settings["tokenizer"])
    tickets = [TicketName(*name) for name in settings["tickets"]]
    hypotheses = dict(zip(tickets, map(read_lines, given.hypotheses), strict=True))
    target = read_lines(given.target)
    train = [join(line) for path in given.train for line in read_lines(path)]
    buckets = Buckets(settings["edges"], frequencies(train))
    references = list(map(join, target))
    counts = {
        ticket: count_words(list(map(join, lines)), references, buckets)
        for ticket, lines in hypotheses.items()
    }
    words = word_table(counts, buckets, resamples=settings["resamples"])
    reference = read_lines(given.reference)
    lengths = length_table(
        counts,
        {
            ticket: sentence_statistics(read_lines(path), reference)
            for ticket, path in zip(tickets, given.texts, strict=True)
        },
        np.array([len(line.split()) for line in references]),
        settings["length_edges"],
        resamples=settings["resamples"],
    )
    decoding = decoding_table(
        hypotheses, read_lines(given.source), target, tokenizer=settings["tokenizer"]
    )
    for name, table in (("words", words), ("lengths", lengths), ("decoding", decoding)):
        write_table(snakemake.output[name], table)
