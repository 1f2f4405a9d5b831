"""Train and evaluate probes of a ticket.

Input: words (npy: layers, words, dim), places (npz), instances (JSON lines, a file a task and
split). Output: table (CSV), predictions (npz).
"""

from itertools import islice

import numpy as np

from ticketscope.plan.names import TicketName
from ticketscope.probing.instances import read_instances
from ticketscope.probing.measuring import Data, measure, prepare
from ticketscope.probing.predictions import arrays_of, save
from ticketscope.probing.result import to_table
from ticketscope.probing.settings import Probing
from ticketscope.probing.tasks.registry import SPLITS, Task
from ticketscope.probing.text import instance_vectors
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]) as progress:
    params = snakemake.params.settings
    settings = Probing(**params["recipe"])
    ticket = TicketName(*params["ticket"])
    vectors = np.load(snakemake.input.words, mmap_mode="r", allow_pickle=False)
    files = iter(snakemake.input.instances)
    results, arrays = [], {}
    with (
        np.load(snakemake.input.places, allow_pickle=False) as places,
        claim_device(progress) as device,
    ):
        for fields in params["tasks"]:
            task = Task(**fields)
            data = {}
            for split in SPLITS:
                words, rows = instance_vectors(vectors, places[f"{task.id}/{split}"])
                instances = list(islice(read_instances(next(files)), len(rows)))
                data[split] = Data(instances, words, rows)
            prepared = prepare(task, data, settings)
            for kind in params["kinds"]:
                measured = measure(
                    prepared, ticket, kind, settings, device=device, progress=progress
                )
                results += measured.rows
                arrays |= arrays_of(task.id, kind, measured)
    save(arrays, snakemake.output.predictions)
    with atomic_write(snakemake.output.table) as temporary:
        to_table(results).to_csv(temporary, index=False)
