"""Lay out the text that is encoded for all probing tasks.

Input: instances (JSON lines, a file a task and split), codes (BPE). Output: subwords, alignment
(npz), report (JSON: sentences that could not be aligned, by line; documents that were divided),
places (npz).
"""

import json
from itertools import islice
from pathlib import Path

import numpy as np

from ticketscope.corpus.subwords import subword_encoder
from ticketscope.probing.instances import read_instances
from ticketscope.probing.tasks.registry import SPLITS
from ticketscope.probing.text import lay_out
from ticketscope.representations.alignment import align_text
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.job import job

with job(snakemake.log[0]) as progress:
    settings = snakemake.params.settings
    keys = [(task, split) for task in settings["limits"] for split in SPLITS]
    instances = {
        f"{task}/{split}": list(
            islice(read_instances(path), settings["limits"][task] if split == "train" else None)
        )
        for (task, split), path in zip(keys, snakemake.input.instances, strict=True)
    }
    encode = subword_encoder(Path(snakemake.input.codes), settings["language"])
    # The last position is EOS.
    text = lay_out(instances, settings["context"], encode, settings["positions"] - 1)
    alignment, report = align_text(text.sentences, text.subwords)
    progress(
        f"{len(instances) // 3} tasks: {report.sentences} lines, {report.words} words; "
        f"{len(report.unalignable)} could not be aligned exactly, {len(text.divided)} documents "
        "were divided"
    )
    with atomic_write(snakemake.output.subwords) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in text.subwords), encoding="utf-8")
    for name, arrays in (("alignment", vars(alignment)), ("places", text.places)):
        with atomic_write(snakemake.output[name]) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(stream, **arrays)
    with atomic_write(snakemake.output.report) as temporary:
        record = report.as_dict() | {"divided": text.divided}
        temporary.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
