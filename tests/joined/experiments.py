"""Finished experiments of which only tables and provenance are left."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.recording import record_tables
from ticketscope.config import validate

# By name, so that a table which `parts` forgets is missed.
TABLES = (
    "corpus.csv", "sparsity.csv", "module_sparsity.csv", "mask_overlap.csv", "dead_units.csv",
    "ranks.csv", "similarity.csv", "spectra.csv", "attention_concentration.csv", "categories.csv",
    "neuron_maxima.npz", "probabilities.csv", "words.csv", "lengths.csv", "decoding.csv",
    "flips.csv", "flip_resamples.csv", "answers.npz", "answer_units.csv", "cost.csv", "speed.csv",
    "probes.csv", "probe_statistics.npz", "contrasts.csv", "contrast_items.csv",
    "contrast_margins.npz", "erasure.csv", "segments.csv", "barriers.csv", "sensitivity.csv",
)  # fmt: skip
SCORED = ("bleu/seed{seed}.csv", "bleu/seed{seed}.resamples.csv")
CODE = {"translate": ["a" * 64], "probe": ["b" * 64]}


def write(folder: Path, seeds: list[int], *, record: dict | None = None, **settings: Any) -> Path:
    """A made-up experiment; its folder.

    Args:
        folder: To make.
        seeds: Its seeds.
        record: In place of what its provenance would say.
        settings: Sections of its config.
    """
    config = validate({"experiment": folder.name, "seeds": seeds, **settings})
    provenance = {
        "experiment": folder.name,
        "code": {"ticketscope": "1.2.3", "commit": "abc"},
        "versions": {"torch": "9.9"},
        "machines": {"A processor": 2},
        "rules": [
            {"rule": "retrain", "jobs": 4, "wall_s": 20.0, "cpu_s": 9.0, "gpu_s": 1.0,
             "peak_mib": 512.0},
        ],
        "probing": {"tasks": ["POS"], "skipped": {}, "data": []},
        "training_version": 1,
        "measured_by": CODE,
        "config": config.model_dump(mode="json"),
    }  # fmt: skip
    tables = folder / "tables"
    (tables / "bleu").mkdir(parents=True)
    (folder / "provenance.json").write_text(json.dumps(provenance))
    for name in (name for name in TABLES if name.endswith(".csv")):
        rows = [f"{seed},LTH{k},{seed}.{k}000,," for seed in seeds for k in (0, 1)]
        (tables / name).write_text("\n".join(["seed,ticket,value,layer,low", *rows, ""]))
    (tables / "contrast_items.csv").write_text("set,item\ntoy,0\n")
    (tables / "answer_units.csv").write_text("kind,name,unit\ntranslation,chrF,0\n")
    for name in SCORED:
        for seed in seeds:
            (tables / name.format(seed=seed)).write_text(f"seed,bleu\n{seed},20.10\n")
    (tables / "corpus.csv").write_text(
        "split,language,sentences,checksum\ntest,de,100,sha256:12\ntest,en,100,sha256:34\n"
    )
    for name in (name for name in TABLES if name.endswith(".npz")):
        arrays = {f"seed{seed}/dense/LTH0/x": np.array([seed, np.nan]) for seed in seeds}
        tests = {f"seed{seed}/POS/linear/test": np.array([7, 8], np.uint8) for seed in seeds}
        np.savez_compressed(tables / name, **arrays, **tests)
    record_tables(folder)
    path = folder / "provenance.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | (record or {})))
    return folder


def rewrite(path: Path, **columns: Any) -> None:
    """Set columns of a table, and record it."""
    pd.read_csv(path, dtype=str, keep_default_na=False).assign(**columns).to_csv(path, index=False)
    record_tables(path.parents[1])
