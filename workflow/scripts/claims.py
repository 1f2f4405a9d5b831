"""Judge the paper's claims by the experiment's tables.

Input: tables by name (CSV; neuron_maxima: npz), those that the experiment has; the others are
empty. Output: claims, and effects: the effects of each seed (CSV).
"""

from ticketscope.claims import judge, read_tables
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]) as progress:
    files = {name: path for name, path in snakemake.input.items() if path}
    claims, effects = judge(read_tables(files))
    sentences = claims[claims["part_of"] == ""]
    for verdict, count in sentences["verdict"].value_counts(sort=False).items():
        progress(f"{count} of {len(sentences)} claims: {verdict}")
    for table, path in ((claims, snakemake.output.claims), (effects, snakemake.output.effects)):
        with atomic_write(path) as temporary:
            table.to_csv(temporary, index=False)
