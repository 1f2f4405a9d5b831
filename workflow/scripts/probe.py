"""Train and evaluate probes of a ticket.

Input: words (npy: layers, words, dim), text (places and alignment, npz), instances (JSON lines, a
file a task and split). Output: table (CSV), predictions (npz), and weights (safetensors) if they
are kept.
"""

import numpy as np
from safetensors.numpy import save_file

from ticketscope.plan.names import TicketName
from ticketscope.probing.data import load
from ticketscope.probing.instances import read_instances
from ticketscope.probing.measuring import measure
from ticketscope.probing.predictions import arrays_of, weights_of
from ticketscope.probing.prepared import prepare
from ticketscope.probing.result import to_table
from ticketscope.probing.settings import Probing
from ticketscope.probing.tasks.registry import SPLITS, Task
from ticketscope.representations.vectors import open_vectors
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job
from ticketscope.runtime.outputs import write_arrays, write_table

with job(snakemake) as progress:
    params = snakemake.params.settings
    settings = Probing(**params["recipe"])
    ticket = TicketName(*params["ticket"])
    vectors = open_vectors(snakemake.input.words)
    places_file, alignment_file = snakemake.input.text
    with np.load(alignment_file, allow_pickle=False) as alignment:
        spans = alignment["spans"]
    files = iter(snakemake.input.instances)
    results, arrays, weights = [], {}, {}
    with np.load(places_file, allow_pickle=False) as places, claim_device(progress) as device:
        for fields in params["tasks"]:
            task = Task(**fields)
            data = {
                split: load(
                    read_instances(next(files)), f"{task.id}/{split}", places, spans, vectors
                )
                for split in SPLITS
            }
            prepared = prepare(task, data, settings)
            for kind in params["kinds"]:
                measured = measure(
                    prepared, ticket, kind, settings, device=device, progress=progress
                )
                results += measured.rows
                arrays |= arrays_of(task.id, kind, measured)
                if settings.keep_weights:
                    weights |= weights_of(task.id, kind, measured)
    write_arrays(snakemake.output.predictions, arrays)
    if settings.keep_weights:
        with atomic_write(snakemake.output.weights) as temporary:
            save_file(weights, temporary)
    write_table(snakemake.output.table, to_table(results))
