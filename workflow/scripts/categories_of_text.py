"""The categories of the source text's tokens: frequency bins, and labels where there are any.

Input: subwords, train (subwords; without a train text: dictionary), raw, derivations (if the text
is the toy's), files (gold labels).
Output: categories (npz: kind -> label of each position), report (JSON: what could not be aligned).
"""

from collections import Counter
from pathlib import Path

from ticketscope.corpus.dictionary import read_dictionary
from ticketscope.corpus.parallel import read_lines
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_json
from ticketscope.similarity.labels import gold, tagged, text_categories, toy

with job(snakemake.log[0]):
    settings, files = snakemake.params.settings, snakemake.input
    labelled = {}
    for path in files.derivations:
        labelled |= toy(Path(path))
    for kind, source in settings["labels"].items():
        if isinstance(source, str):
            labelled[kind] = gold(Path(source))
        else:
            labelled[kind] = tagged(source, Path(files.raw))
    if files.train:
        counts = Counter(word for line in read_lines(files.train[0]) for word in line.split())
    else:
        counts = read_dictionary(Path(files.dictionary[0]))
    categories, reports = text_categories(
        read_lines(files.subwords),
        counts,
        labelled,
        edges=settings["edges"],
        tokenizer=settings["tokenizer"],
    )
    write_arrays(snakemake.output.categories, categories)
    write_json(
        snakemake.output.report, {kind: report.as_dict() for kind, report in reports.items()}
    )
