"""A made-up finished experiment on disk, small enough to know every number of it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from tests.recording import record_tables
from ticketscope.claims import columns
from ticketscope.probing.metrics import metric_of
from ticketscope.stats.resampling import resample
from ticketscope.translation.scores import bootstrap_bleu, corpus_bleu, sentence_statistics

REFERENCES = [f"the small dog number {i} saw a very old cat in the green house" for i in range(60)]
WORDS = 5
INSTANCES = 80
OFFSETS = np.arange(INSTANCES + 1) * WORDS


def translate(wrong: float, seed: int) -> list[str]:
    """The references with a share of the words replaced."""
    generator = np.random.default_rng(seed)
    return [
        " ".join("wrong" if generator.random() < wrong else word for word in line.split())
        for line in REFERENCES
    ]


def bleu(lines: list[str]) -> float:
    return float(corpus_bleu(sentence_statistics(lines, REFERENCES).sum(axis=0, keepdims=True))[0])


def counts(wrong: float, seed: int) -> np.ndarray:
    """Statistics of one probe (1, instances, 2) on labels that are all 0."""
    predicted = (np.random.default_rng(seed).random(INSTANCES * WORDS) < wrong).astype(int)
    labels = np.zeros(INSTANCES * WORDS, dtype=int)
    return metric_of("accuracy").statistics(predicted[None], labels, OFFSETS)


def write(
    folder: Path,
    *,
    seeds=(1,),
    fraction=0.5,
    last=2,
    worse=0.0,
    claims=(("one", "supported"), ("two", "open")),
    provenance=None,
    keep=True,
) -> Path:
    """Write an experiment.

    Args:
        folder: results/<experiment>.
        seeds: Of its tickets.
        fraction: That each ticket cuts.
        last: Ticket.
        worse: How much worse its magnitude tickets are than another's.
        claims: Ids and verdicts as the paper compares.
        provenance: Of provenance.json; None: no such file.
        keep: Whether resamples of BLEU and predictions are kept.
    """
    tickets = [(seed, "dense", 0) for seed in seeds]
    tickets += [(seed, name, k) for seed in seeds for name in ("magnitude", "control")
                for k in range(1, last + 1)]  # fmt: skip
    resamples, chosen = {seed: [] for seed in seeds}, {}
    draws = resample(len(REFERENCES), 200, 1)
    rows = {name: [] for name in (
        "sparsity", "table_a1", "module_sparsity", "probes", "similarity",
        "attention_concentration", "spectra", "categories",
    )}  # fmt: skip
    for seed, series, k in tickets:
        pruned = 1 - (1 - fraction) ** k if series == "magnitude" else 0.0
        name = {"seed": seed, "series": series, "ticket": f"LTH{k}", "k": k}
        sparsity = name | {"sparsity_excl": pruned}
        loss = worse if series == "magnitude" else 0.0
        text = translate(0.1 + loss, 100 * seed + k)
        statistics = counts(0.1 + loss, 100 * seed + k)
        score = float(metric_of("accuracy").value(statistics.sum(axis=1))[0])
        value = 0.9 - loss - 0.001 * seed
        near = {"value": value, "low": value - 0.02, "high": value + 0.02, "n": 2000}
        rows["sparsity"].append(sparsity)
        rows["table_a1"].append(sparsity | {"bleu": bleu(text)})
        for head in (1, 2):
            place = {"side": "encoder", "layer": 1, "block": "enc-self", "part": "q", "head": head}
            for kind, total, cut in (("weight", 1000, pruned + 0.05 * loss), ("bias", 10, 0)):
                rows["module_sparsity"].append(
                    name | place | {"kind": kind, "total": total, "pruned": round(total * cut)}
                )
        # The last layer is the best on test alone.
        for layer, dev, test in ((0, 0, 0), (1, 1, 1), (2, 0.9, 1.05)):
            rows["probes"].append(
                {"suite": "toy", "task": "POS", "group": "POS", "probe": "linear"}
                | {"metric": "accuracy", "replicate": 0, "layer": layer}
                | {key: name[key] for key in ("seed", "series", "ticket")}
                | {"dev": score * dev, "test": score * test}
            )
        if k:
            other = {"other_seed": seed, "other_ticket": "LTH0", "other_layer": 1}
            same = {"measure": "LayerSim", "module": "encoder", "layer": 1} | name | other
            # A pair of two seeds is nobody's partner.
            rows["similarity"] += [same | near, same | near | {"other_seed": seed + 1, "value": 0}]
            rows["categories"].append(
                name | {"kind": "pos", "category": "NN", "debiased": value} | near
            )
        share = {"module": "enc_self", "layer": "1", "share": 0.3 + loss + 0.01 * seed}
        rows["attention_concentration"].append(name | share)
        for rank in range(1, 11):
            rows["spectra"].append(
                name
                | {"module": "encoder", "centered": True, "rank": rank}
                | {"share": min(1.0, rank / (10 - 5 * loss))}
            )
        if keep:
            samples = bootstrap_bleu(sentence_statistics(text, REFERENCES), draws)
            resamples[seed] += [
                {"seed": seed, "series": series, "k": k, "resample": i, "bleu": value}
                for i, value in enumerate(samples)
            ]
            chosen[f"seed{seed}/{series}/LTH{k}/POS/linear"] = statistics
    tables = {table: pd.DataFrame(records) for table, records in rows.items()}
    effects = [
        {"id": name, "reference": "paper", "seed": seed, "effect": 0.5 - worse + 0.01 * (seed % 3)}
        for name, _ in claims
        for seed in seeds
    ]
    tables["claim_effects"] = pd.DataFrame(effects)
    empty = [
        f"{n}{columns.suffix(r)}"
        for r in columns.REFERENCES[1:]
        for n in ("verdict", "low", "high")
    ]
    tables["claims"] = pd.DataFrame(
        {"id": name, "section": "3.3", "sentence": f"The <{name}> claim.", "verdict": verdict}
        | {"part_of": "", "unit": "BLEU", "low": 0.4 - worse, "high": 0.6 - worse}
        | dict.fromkeys(empty)
        for name, verdict in claims
    )
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for table, records in tables.items():
        records.to_csv(folder / f"tables/{table}.csv", index=False)
    if keep:
        np.savez(folder / "tables/probe_statistics.npz", **chosen)
        (folder / "tables/bleu").mkdir(exist_ok=True)
        for seed, drawn in resamples.items():
            path = folder / f"tables/bleu/seed{seed}.resamples.csv"
            pd.DataFrame(drawn).to_csv(path, index=False)
    if provenance is not None:
        (folder / "provenance.json").write_text(json.dumps(provenance))
        record_tables(folder)
    return folder
