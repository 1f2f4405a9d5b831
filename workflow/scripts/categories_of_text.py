"""The categories of the source text's tokens: frequency bins, and labels where there are any.

Input: subwords, train (subwords; without a train text: dictionary), raw, derivations (if the text
is the toy's), files (gold labels).
Output: categories (npz: kind -> label of each position), report (JSON: what could not be aligned).
"""

from collections import Counter
from dataclasses import asdict
from pathlib import Path

from ticketscope.corpus.dictionary import read_dictionary
from ticketscope.corpus.parallel import read_lines
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_json
from ticketscope.similarity.labels import gold, tagged, text_categories, toy

with job(snakemake):
    given, settings = snakemake.input, snakemake.params.settings
    labelled = {}
    for path in given.derivations:
        labelled |= toy(Path(path))
    for kind, source in settings["labels"].items():
        if isinstance(source, str):
            labelled[kind] = gold(Path(source))
        else:
            labelled[kind] = tagged(source, Path(given.raw))
    if given.train:
        counts = Counter(word for line in read_lines(given.train[0]) for word in line.split())
    else:
        counts = read_dictionary(Path(given.dictionary[0]))
    categories, reports = text_categories(
        read_lines(given.subwords),
        counts,
        labelled,
        edges=settings["edges"],
        tokenizer=settings["tokenizer"],
    )
    write_arrays(snakemake.output.categories, categories)
    write_json(snakemake.output.report, {kind: asdict(report) for kind, report in reports.items()})
