"""Judge claims by the experiment's tables: the paper's, or those of the extension.

Input: tables by name (CSV; neuron_maxima: npz), those that the experiment has; the others are
empty. Output: claims, and effects: the effects of each seed (CSV).
"""

from ticketscope.claims import judge, read_tables
from ticketscope.claims.model import claims as of_paper
from ticketscope.claims.model import extensions
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table

with job(snakemake) as progress:
    files = {name: path for name, path in snakemake.input.items() if path}
    chosen = {"paper": of_paper, "extension": extensions}[snakemake.params.settings["claims"]]()
    claims, effects = judge(read_tables(files), chosen)
    sentences = claims[claims["part_of"] == ""]
    for verdict, count in sentences["verdict"].value_counts(sort=False).items():
        progress(f"{count} of {len(sentences)} claims: {verdict}")
    for table, path in ((claims, snakemake.output.claims), (effects, snakemake.output.effects)):
        write_table(path, table)
