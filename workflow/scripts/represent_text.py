"""Encoder states of a ticket on a user's text, and a vector for each of its words.

Input: checkpoint, data, subwords, alignment (npz). Output: store (a folder), words (npy: layers,
words, dim).
"""

from pathlib import Path

import numpy as np

from ticketscope.corpus.parallel import read_lines
from ticketscope.representations.alignment import TextAlignment
from ticketscope.representations.extraction import extract
from ticketscope.representations.pooling import pool_words
from ticketscope.representations.store import Store
from ticketscope.representations.vectors import new_vectors
from ticketscope.runtime.devices import claim_device
from ticketscope.runtime.job import job

with job(snakemake) as progress:
    settings = snakemake.params.settings
    with claim_device(progress) as device:
        extract(
            Path(snakemake.input.checkpoint),
            Path(snakemake.input.data),
            read_lines(snakemake.input.subwords),
            None,
            Path(snakemake.output.store),
            precision=settings["precision"],
            max_tokens=settings["max_tokens"],
            device=device,
            progress=progress,
        )
    store = Store.open(snakemake.output.store)
    with np.load(snakemake.input.alignment, allow_pickle=False) as alignment:
        aligned = TextAlignment(**alignment)
    layers, _, dim = store.encoder.shape
    shape = (layers, len(aligned.spans), dim)
    with new_vectors(snakemake.output.words, shape, settings["precision"]) as words:
        pool_words(store.encoder, store.encoder_offsets, aligned, settings["pooling"], words)
