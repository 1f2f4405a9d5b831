"""Encoder states of a ticket on a user's text, and a vector for each of its words.

Input: checkpoint, data, subwords, alignment (npz). Output: store (a folder), words (npy: layers,
words, dim).
"""

from pathlib import Path

import numpy as np

from dissect.corpus.parallel import read_lines
from dissect.devices import claim_device
from dissect.files import atomic_write
from dissect.job import job
from dissect.representations.alignment import TextAlignment
from dissect.representations.extraction import extract
from dissect.representations.pooling import pool_words
from dissect.representations.store import Store

with job(snakemake.log[0]) as progress:
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
    with atomic_write(snakemake.output.words) as temporary:
        words = np.lib.format.open_memmap(
            temporary,
            mode="w+",
            dtype=settings["precision"],
            shape=(layers, len(aligned.spans), dim),
        )
        pool_words(store.encoder, store.encoder_offsets, aligned, settings["pooling"], words)
        words.flush()
