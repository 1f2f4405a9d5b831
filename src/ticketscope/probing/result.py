"""Measurements of a probe: a row of tables/probes.csv."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
import pandas as pd

from ticketscope.probing.settings import UNTRAINED


@dataclass(frozen=True)
class Row:
    """One probe: one replicate on one layer of one ticket.

    Attributes:
        suite: Where the data came from.
        task: Its id.
        group: POS, Syntax or Semantics (section 4.1).
        probe: linear or mlp.
        seed: Of the encoder.
        series: Of the ticket; `untrained` for the random encoder.
        ticket: LTHk.
        layer: 0 is the embedding.
        replicate: From 0.
        metric: Of dev and test.
        dev: Best dev score, which chose the epoch.
        test: Test score.
        majority: Test score of the word-conditional majority (no vectors).
        v_information: Bits per test label.
        n_train: Labels.
        n_test: Labels.
        best_epoch: The epoch chosen, from 1.
        epochs: Trained until the probe stopped.
        patience: In epochs.
        control: Test accuracy (values: Pearson's r) on the control task.
        control_seen: The same, of forms seen in training only.
        control_ceiling: Accuracy of a probe that has memorised all forms.
        control_forms: Words, or pairs of words, that have a control label.
        selectivity: Test accuracy (values: Pearson's r) minus `control`.
        codelength_bits: Online code of the training labels; 1 kbit of Voita & Titov is 1024.
        compression: Uniform over online code.
        at_floor: Whether the dev score never rose above that of the best constant prediction. Then
            the epoch is that of the lowest dev loss, and the score tells nothing of the encoder.
        undertrained: Whether the best epoch was the last that the recipe allows.
        shuffled: Test score of the same probe, trained and tested on sentences with permuted words.
        v_information_conditional: Bits per test label beyond those that layer 0 gives.
        blocks_undertrained: Share of the code's blocks whose best epoch was the last allowed.
    """

    suite: str
    task: str
    group: str
    probe: str
    seed: int
    series: str
    ticket: str
    layer: int
    replicate: int
    metric: str
    dev: float
    test: float
    majority: float
    v_information: float
    n_train: int
    n_test: int
    best_epoch: int
    epochs: int
    patience: int
    control: float = math.nan
    control_seen: float = math.nan
    control_ceiling: float = math.nan
    control_forms: float = math.nan
    selectivity: float = math.nan
    codelength_bits: float = math.nan
    compression: float = math.nan
    at_floor: bool = False
    undertrained: bool = False
    shuffled: float = math.nan
    v_information_conditional: float = math.nan
    blocks_undertrained: float = math.nan


PROBE = ["suite", "task", "probe", "seed", "layer"]
COLUMNS = [field.name for field in fields(Row)]
COLUMNS.insert(COLUMNS.index("majority") + 1, "random_encoder")


def to_table(rows: Sequence[Row]) -> pd.DataFrame:
    """One row per probe; `with_random_encoder` fills in the random encoder's score."""
    table = pd.DataFrame([asdict(row) for row in rows])
    return table.assign(random_encoder=np.nan)[COLUMNS]


def with_random_encoder(table: pd.DataFrame) -> pd.DataFrame:
    """Add the untrained encoder's test score on the same layer to the row of each probe.

    The score is the mean of the replicates; NaN if the untrained encoder of that seed was not
    probed.
    """
    untrained = table[table["series"] == UNTRAINED].groupby(PROBE, as_index=False)["test"].mean()
    joined = table.drop(columns="random_encoder").merge(
        untrained.rename(columns={"test": "random_encoder"}), on=PROBE, how="left"
    )
    return joined[COLUMNS]


def training_summary(table: pd.DataFrame) -> pd.DataFrame:
    """How the probes of each task and family were trained: shares of probes, over all encoders.

    Returns:
        Columns suite, task, group, probe, probes (their number), at_floor, undertrained and
        blocks_undertrained (of the online code's blocks).
    """
    return table.groupby(["suite", "task", "group", "probe"], as_index=False, sort=False).agg(
        probes=("test", "size"),
        at_floor=("at_floor", "mean"),
        undertrained=("undertrained", "mean"),
        blocks_undertrained=("blocks_undertrained", "mean"),
    )


def training_in_words(summary: pd.DataFrame | None) -> str:
    """Whether the probes of `training_summary` were trained long enough; empty without any."""
    if summary is None or summary.empty:
        return ""
    probes = int(summary["probes"].sum())
    last, stuck = (
        float(np.average(summary[name], weights=summary["probes"]))
        for name in ("undertrained", "at_floor")
    )
    advice = ": probing.max_epoch ended their training" if last else ""
    return (
        f"Of {probes:,} probes {last:.0%} were best in their last epoch{advice}, and {stuck:.0%} "
        "never beat a constant prediction."
    )
