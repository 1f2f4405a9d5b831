"""A made-up table of erasures with planted effects."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ticketscope.behaviour.erased import COLUMNS

# Nats that erasing a task, and a random subspace, moves the predictions of each series' ticket.
MOVED = {"dense": (0.5, 0.1), "control": (0.5, 0.1), "magnitude": (0.3, 0.1), "random": (0.2, 0.1)}
TASKS = ("POS", "ST")


def erasure_rows(seeds: Sequence[int]) -> pd.DataFrame:
    """Rows of LTH0 and of the last ticket of three series; POS has two paired phenomena."""
    generator = np.random.default_rng(1)
    rows = []
    for seed in seeds:
        for series, levels in MOVED.items():
            k = 0 if series == "dense" else 9
            for task in TASKS:
                for kind, level in zip(("erased", "random"), levels, strict=True):
                    kl = level + 0.01 * generator.normal()
                    about = {
                        "task": task, "kind": kind, "seed": seed, "series": series,
                        "ticket": f"LTH{k}", "k": k, "dim": 64, "rank": 7, "variance": 0.2,
                        "probe": 0.9, "probe_erased": 0.3 if kind == "erased" else 0.88,
                        "probe_left": 0.35, "majority": 0.3,
                    }  # fmt: skip
                    rows.append(
                        about
                        | {"positions": 1000, "kl": kl, "kl_low": kl - 0.02, "kl_high": kl + 0.02}
                        | {"agreement": 0.9, "sentences": 50, "bleu": 70.0}
                        | {"bleu_erased": 70 - 40 * kl, "bleu_lost_low": 40 * kl - 3}
                        | {"bleu_lost_high": 40 * kl + 3}
                    )
                    for phenomenon in ("agreement", "order", "negation"):
                        lost = int(100 * kl) // 2 if phenomenon != "negation" else 1
                        rows.append(
                            about
                            | {"set": "toy", "phenomenon": phenomenon, "items": 100}
                            | {"paired": task == "POS" and phenomenon != "negation"}
                            | {"accuracy": 0.9, "accuracy_erased": 0.9 - lost / 100}
                            | {"lost": lost, "gained": 0}
                        )
    return pd.DataFrame(rows).reindex(columns=COLUMNS)
