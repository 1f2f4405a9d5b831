"""Judge the paper's claims by the experiment's tables.

Input: tables by name (CSV; neuron_maxima: npz), those that the experiment has; the others are
empty. Output: claims (CSV).
"""

from ticketscope.report.claims import judge, read_tables
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]) as progress:
    files = {name: path for name, path in snakemake.input.items() if path}
    claims = judge(read_tables(files))
    for verdict, count in claims["verdict"].value_counts(sort=False).items():
        progress(f"{count} of {len(claims)} claims: {verdict}")
    with atomic_write(snakemake.output.claims) as temporary:
        claims.to_csv(temporary, index=False)
