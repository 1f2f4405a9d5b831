"""How long the encoder and the decoder of a seed's tickets take, with dense and sparse products.

Input: checkpoints, masks (of the tickets that are timed), data, source and target (subwords).
Output: table (CSV).
"""

from pathlib import Path

import pandas as pd

from ticketscope.corpus.parallel import read_lines
from ticketscope.corpus.spread import spread
from ticketscope.cost.speed import measure_speed
from ticketscope.plan.names import TicketName
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_table
from ticketscope.tickets.masks import Mask

with job(snakemake) as progress:
    given, settings = snakemake.input, snakemake.params.settings
    source, target = read_lines(given.source), read_lines(given.target)
    numbers = spread(len(source), settings["sentences"])
    texts = [[text[number] for number in numbers] for text in (source, target)]
    rows = []
    for fields, checkpoint, mask in zip(
        settings["tickets"], given.checkpoints, given.masks, strict=True
    ):
        name = TicketName(*fields)
        measured = measure_speed(
            Path(checkpoint), Mask.load(mask), Path(given.data), *texts, repeats=settings["repeats"]
        )
        rows += [name.columns | row for row in measured]
        times = ", ".join(
            f"{row['side']} {row['kernel']} {row['seconds']:.4f} s" for row in measured
        )
        progress(f"seed {name.seed} {name.series} {name.label}: {times}")
    write_table(snakemake.output.table, pd.DataFrame(rows))
