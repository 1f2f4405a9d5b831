"""Train and evaluate probes of a ticket.

Input: words (npy: layers, words, dim), places (npz), instances (JSON lines, a file a task and
split). Output: table (CSV), predictions (npz).
"""

from itertools import islice

import numpy as np

from ticketscope.probing.instances import read_instances
from ticketscope.probing.measuring import Data, Ticket, measure, prepare
from ticketscope.probing.predictions import arrays_of, save
from ticketscope.probing.result import to_table
from ticketscope.probing.settings import Probing
from ticketscope.probing.tasks.registry import SPLITS, Task
from ticketscope.probing.text import own_vectors
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]) as progress:
    settings = snakemake.params.settings
    recipe = Probing(**settings["recipe"])
    ticket = Ticket(**settings["ticket"])
    vectors = np.load(snakemake.input.words, mmap_mode="r", allow_pickle=False)
    files = iter(snakemake.input.instances)
    rows, arrays = [], {}
    with (
        np.load(snakemake.input.places, allow_pickle=False) as places,
        claim_device(progress) as device,
    ):
        for fields in settings["tasks"]:
            task = Task(**fields)
            data = {}
            for split in SPLITS:
                own, at = own_vectors(vectors, places[f"{task.id}/{split}"])
                instances = list(islice(read_instances(next(files)), len(at)))
                data[split] = Data(instances, own, at)
            prepared = prepare(task, data, recipe)
            for kind in settings["kinds"]:
                found = measure(prepared, ticket, kind, recipe, device=device, progress=progress)
                rows += found.rows
                arrays |= arrays_of(task.id, kind, found)
    save(arrays, snakemake.output.predictions)
    with atomic_write(snakemake.output.table) as temporary:
        to_table(rows).to_csv(temporary, index=False)
