"""Which words the tickets translate, and what they write by themselves.

Input: hypotheses (subwords, a file a ticket), source, target and, if there is one, train
(subwords). Output: words, decoding (CSV).
"""

from ticketscope.behaviour.free_decoding import decoding_table
from ticketscope.behaviour.words import Buckets, count_words, frequencies, word_table
from ticketscope.corpus.parallel import read_lines
from ticketscope.corpus.subwords import join_subwords
from ticketscope.plan.names import TicketName
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]):
    given, settings = snakemake.input, snakemake.params.settings
    tickets = [TicketName(*name) for name in settings["tickets"]]
    hypotheses = dict(zip(tickets, map(read_lines, given.hypotheses), strict=True))
    target = read_lines(given.target)
    train = [join_subwords(line) for path in given.train for line in read_lines(path)]
    buckets = Buckets(settings["edges"], frequencies(train))
    references = list(map(join_subwords, target))
    counts = {
        ticket: count_words(list(map(join_subwords, lines)), references, buckets)
        for ticket, lines in hypotheses.items()
    }
    words = word_table(counts, buckets, resamples=settings["resamples"])
    decoding = decoding_table(hypotheses, read_lines(given.source), target)
    for table, path in ((words, snakemake.output.words), (decoding, snakemake.output.decoding)):
        with atomic_write(path) as temporary:
            table.to_csv(temporary, index=False)
