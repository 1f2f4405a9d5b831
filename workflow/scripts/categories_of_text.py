"""The categories of the source text's tokens: frequency bins, and labels where there are any.

Input: subwords, train (subwords; without a train text: dictionary), raw, derivations (if the text
is the toy's), files (gold labels).
Output: categories (npz: kind -> label of each position), report (JSON: what could not be aligned).
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np

from ticketscope.corpus.dictionary import read_dictionary
from ticketscope.corpus.parallel import read_lines
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job
from ticketscope.similarity.labels import gold, tagged, toy
from ticketscope.similarity.text import text_categories

with job(snakemake.log[0]):
    settings, given = snakemake.params.settings, snakemake.input
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
        read_lines(given.subwords), counts, labelled, edges=settings["edges"]
    )
    with atomic_write(snakemake.output.categories) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **categories)
    with atomic_write(snakemake.output.report) as temporary:
        found = {kind: report.as_dict() for kind, report in reports.items()}
        temporary.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
