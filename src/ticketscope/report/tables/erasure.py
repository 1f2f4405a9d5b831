"""What tickets do without a task, as the figure shows it."""

import pandas as pd

from ticketscope.report.tables.shared import DENSE, in_order, over_seeds, series_of

MEASURES = ("kl", "bleu", "contrasts")
_KEYS = ["task", "kind", "series", "ticket", "k"]
_ABOUT = ["rank", "dim", "probe", "probe_erased", "probe_left", "majority"]


def erased_tasks(erasure: pd.DataFrame, known: pd.Series | None = None) -> pd.DataFrame:
    """Effects of erasing each task, and a random subspace instead of it, from each ticket.

    Args:
        erasure: tables/erasure.csv.
        known: `contrasts.known_to_lth0`; None: nothing was contrasted.

    Returns:
        Columns measure, task, kind, series, ticket, k, value with what `over_seeds` adds, phenomena
        (how many are paired with the task; 0 for the other measures), unknown (how many of these
        LTH0 does not know), and means over seeds of rank, dim, probe, probe_erased, probe_left and
        majority. Measure `kl`: nats a subword; `bleu`: BLEU of greedy translations lost, if any
        were made; both with their own interval if there is one seed; `contrasts`: points of
        accuracy lost, mean over the phenomena that are paired with the task. Tickets are in the
        order LTH0, control, other series.
    """
    text = erasure.dropna(subset=["kl"])
    moved = text.rename(columns={"kl": "value", "kl_low": "low", "kl_high": "high"})
    parts = [over_seeds(moved, _KEYS, "value").assign(measure="kl", phenomena=0, unknown=0)]
    if "bleu_erased" in text and text["bleu_erased"].notna().any():
        fallen = text.rename(columns={"bleu_lost_low": "low", "bleu_lost_high": "high"})
        fallen = fallen.assign(value=fallen["bleu"] - fallen["bleu_erased"])
        fallen = over_seeds(fallen, _KEYS, "value")
        parts.append(fallen.assign(measure="bleu", phenomena=0, unknown=0))
    paired = erasure[erasure["paired"].eq(True)]
    if len(paired):
        lost = paired.assign(value=100 * (paired["accuracy"] - paired["accuracy_erased"]))
        pairs = lost[["task", "set", "phenomenon"]].drop_duplicates()
        names = pd.MultiIndex.from_frame(pairs[["set", "phenomenon"]])
        unknown = 0 if known is None else 1 - known.reindex(names, fill_value=True).to_numpy(int)
        by_task = pairs.assign(phenomena=1, unknown=unknown).groupby("task")
        points = over_seeds(lost, _KEYS, "value").assign(measure="contrasts")
        parts.append(points.join(by_task[["phenomena", "unknown"]].sum(), on="task"))
    about = text.groupby(_KEYS, as_index=False)[_ABOUT].mean()
    frame = pd.concat(parts, ignore_index=True).merge(about, on=_KEYS)
    frame = in_order(
        frame,
        ["measure", "task", "k", "series", "kind"],
        measure=MEASURES,
        task=list(erasure["task"].unique()),
        series=[DENSE, "control", *series_of(erasure)],
    )
    first = ["measure", *_KEYS, "value"]
    return frame[[*first, *frame.columns.difference(first, sort=False)]]
