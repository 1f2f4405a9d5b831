"""Tables of a made-up experiment that probed."""

import itertools

import numpy as np
import pandas as pd

from ticketscope.probing.result import Row, to_table, with_random_encoder
from ticketscope.probing.tasks.registry import TASKS
from ticketscope.report.figures.probing import Tables

SERIES = ("magnitude", "random", "control")
SOME = ("POS", "Parent", "SynPred", "PS-Fxn", "SemPred")


def probe_rows(tasks, *, series=SERIES, last=3, layers=3, seeds=(1,), replicates=1, untrained=True):
    """Scores that rise with the layer and, by series, move with the ticket; a little noise."""
    generator = np.random.default_rng(5)
    tickets = [("dense", 0), *itertools.product(series, range(1, last + 1))]
    tickets += [("untrained", 0)] * untrained
    for task, probe, seed, (name, k), layer, replicate in itertools.product(
        tasks, ("linear", "mlp"), seeds, tickets, range(layers + 1), range(replicates)
    ):
        slope = {"magnitude": 0.004, "random": -0.012}.get(name, 0.0) * (1 + len(task) % 3)
        mlp = 0.04 if probe == "mlp" else 0.0
        score = 0.8 + 0.1 * layer / layers + slope * k + mlp + 0.01 * generator.standard_normal()
        score -= 0.3 * (name == "untrained") + 0.1 * (task == "EF")
        bits = 4000 * (1.5 - score) + 200 * mlp
        yield Row(
            suite="free", task=task, group=TASKS[task].group, probe=probe, seed=seed, series=name,
            ticket=f"LTH{k}", layer=layer, replicate=replicate, metric=TASKS[task].metric,
            dev=score + 0.01 * generator.standard_normal(), test=score,
            majority=0.62 + 0.1 * (task in ("POS", "GED")), v_information=1.0, n_train=4000,
            n_test=1500, best_epoch=5, epochs=8, patience=3, codelength_bits=bits,
            compression=4000 / bits,
        )  # fmt: skip


def made_up(tasks=SOME, *, last=3, seeds=(1,), series=SERIES, **more) -> Tables:
    """All tables of an experiment; differences are of the best layer of LTH0 on dev."""
    probes = with_random_encoder(
        to_table([*probe_rows(tasks, last=last, seeds=seeds, series=series, **more)])
    )
    mean = probes.groupby(
        ["suite", "task", "group", "probe", "metric", "seed", "series", "ticket", "layer"],
        as_index=False,
    )[["dev", "test"]].mean()
    dense = mean[(mean["series"] == "dense") & (mean["layer"] > 0)]
    keys = ["task", "probe", "seed"]
    first = dense.loc[dense.groupby(keys)["dev"].idxmax(), [*keys, "layer", "test"]]
    found = mean[mean["series"].isin(series)].merge(
        first.rename(columns={"test": "start"}), on=[*keys, "layer"]
    )
    found["difference"] = found["test"] - found["start"]
    differences = found.drop(columns=["dev", "start"]).assign(
        low=found["difference"] - 0.008, high=found["difference"] + 0.01, p=0.01
    )
    trends = [
        {"suite": "free", "task": task, "group": TASKS[task].group, "probe": probe, "series": name,
         "metric": TASKS[task].metric, "against": "dense" if name == "control" else "control",
         "tickets": last, "seeds": len(seeds), "change": change, "low": change - 0.01,
         "high": change + 0.01, "p": 0.01, "class": verdict, "at_floor": 0}
        for (task, probe), (name, change, verdict) in itertools.product(
            itertools.product(tasks, ("linear", "mlp")),
            zip(series, (0.09, -0.08, 0.0), ("improving", "degrading", "no change"), strict=False),
        )
    ]  # fmt: skip
    sparsity = [
        {"seed": seed, "series": name, "ticket": f"LTH{k}", "k": k,
         "sparsity_excl": 0.0 if name in ("dense", "control") else 1 - 0.8**k}
        for seed in seeds
        for name, k in [("dense", 0), *itertools.product(series, range(1, last + 1))]
    ]  # fmt: skip
    return Tables(probes, differences, pd.DataFrame(trends), pd.DataFrame(sparsity))
