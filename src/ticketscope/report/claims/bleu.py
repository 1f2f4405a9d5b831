"""Section 3.3 and Table A1: what pruning does to BLEU."""

import pandas as pd

from ticketscope.report.claims.experiment import (
    CONTROL,
    DENSE,
    MAGNITUDE,
    RANDOM,
    Experiment,
    NotMeasurable,
)
from ticketscope.report.claims.findings import (
    HOW_INTERVAL,
    HOW_SHARE,
    NO_CONTROL,
    control_note,
    counted,
    number,
    spread_note,
)
from ticketscope.report.claims.model import Claim, Estimate, Finding
from ticketscope.report.claims.rules import (
    by_distance,
    by_interval,
    by_p_value,
    by_retention,
    minus,
    over_seeds,
    share,
)
from ticketscope.report.paper import paper_values

# The paper keeps "over 99 %" of BLEU.
KEPT = 0.99
# Sparsities are printed with three digits.
ROUNDING = 0.005


def claims() -> list[Claim]:
    """In the order of the paper."""
    paper = paper_values("table_a1")
    bleu, random = paper["bleu_mp"], paper["bleu_random"]
    incl, excl = paper["incl_emb_printed"], paper["excl_emb"]
    return [
        Claim(
            "bleu-kept",
            "3.3",
            "With 79 % of the weights outside the embeddings pruned by magnitude, the model keeps "
            "over 99 % of its BLEU.",
            f"{bleu[7] / bleu[0]:.3f}",
            "BLEU of the ticket over LTH0's; interval: the ticket's own bootstrap over sentences. "
            "Agrees if at least .99 and not significantly below LTH0 (paired bootstrap, p < .05); "
            "differs if below .99 and significantly so in every seed.",
            _kept,
        ),
        Claim(
            "bleu-falls-next",
            "3.3",
            "The next cut, from 79 % to 83 %, costs BLEU.",
            f"{bleu[8] - bleu[7]:.2f}",
            "BLEU of the ticket at 83 % minus that at 79 %; interval from both tickets' bootstraps "
            f"over sentences, assumed independent (too wide). {HOW_INTERVAL}",
            _next,
        ),
        Claim(
            "random-below-magnitude",
            "3.3, Table A1",
            "From LTH3 (49 % sparse) on, random pruning gives lower BLEU than magnitude pruning.",
            "1",
            "Share of tickets from that sparsity on where random is below magnitude (same k, "
            f"same epochs). {HOW_SHARE} one half.",
            _random_below,
        ),
        Claim(
            "random-falls",
            "3.3, Table A1",
            "At 79 % sparsity, the randomly pruned model has lost BLEU.",
            f"{random[7] - random[0]:.2f}",
            "BLEU of the random ticket minus LTH0's. Agrees (differs) if below (above) with "
            "p < .05 by paired bootstrap over sentences, in every seed.",
            _random_falls,
        ),
        Claim(
            "lth8-with-embeddings",
            "A, Table A1",
            "LTH8 is 66.9 % sparse if embeddings are counted.",
            f"{incl[8] / excl[8] / (incl[7] / excl[7]):.3f}",
            "Ratio of the sparsities with and without embeddings at 83 %, relative to the ratio "
            "at 79 %; 1 for any model whose embeddings are not pruned. Counted; agrees within "
            ".005.",
            _misprint,
        ),
    ]


def _table(experiment: Experiment, series: str, column: str) -> pd.DataFrame:
    """Index k, a column a seed."""
    return experiment.of("table_a1", series).pivot_table(column, "k", "seed", dropna=False)


def _dense(experiment: Experiment) -> pd.Series:
    return _table(experiment, DENSE, "bleu").loc[0]


def _at(experiment: Experiment, series: str, column: str, k: int) -> pd.Series:
    table = _table(experiment, series, column)
    if k not in table.index:
        raise NotMeasurable(f"the table table_a1.csv has no LTH{k} of the series {series}")
    return table.loc[k]


def _estimates(experiment: Experiment, series: str, k: int) -> list[Estimate]:
    columns = [_at(experiment, series, c, k) for c in ("bleu", "bleu_low", "bleu_high")]
    return [Estimate(*map(float, ends)) for ends in zip(*columns, strict=True)]


def _kept(experiment: Experiment) -> Finding:
    dense = _dense(experiment)
    if (lost := dense.index[dense == 0]).size:
        raise NotMeasurable(f"LTH0 of seed {lost[0]} has 0 BLEU: nothing can be kept of it")
    ticket = experiment.ticket(7, _table(experiment, MAGNITUDE, "bleu").index)
    bleu = _at(experiment, MAGNITUDE, "bleu", ticket.k)
    relative = [
        Estimate(e.value / d, e.low / d, e.high / d)
        for e, d in zip(_estimates(experiment, MAGNITUDE, ticket.k), dense[bleu.index], strict=True)
    ]
    found = over_seeds(relative)
    p_values = _at(experiment, MAGNITUDE, "bleu_p_vs_lth0", ticket.k).tolist()
    p_text = ", ".join(f"{p:.2g}" for p in p_values)
    try:
        control = _at(experiment, CONTROL, "bleu", ticket.k)
        note = (
            f"The control (same epochs, nothing pruned) has {control.mean() / dense.mean():.3f} of "
            "LTH0's BLEU"
        )
        if control.mean():
            kept = bleu.mean() / control.mean()
            note += f", so at equal epochs the ticket keeps {kept:.3f}"
        note += "."
    except NotMeasurable:
        note = NO_CONTROL
    return Finding(
        found,
        counted(len(relative), "seed"),
        by_retention(found.value, p_values, KEPT),
        f"{ticket.note} {bleu.mean():.2f} BLEU after {dense.mean():.2f}, p = {p_text}. {note} "
        f"{spread_note(dense / dense.mean(), found.value - 1)}",
    )


def _next(experiment: Experiment) -> Finding:
    among = _table(experiment, MAGNITUDE, "bleu").index
    before, after = experiment.ticket(7, among), experiment.ticket(8, among)
    if before.k == after.k:
        raise NotMeasurable(f"LTH{after.k} is the nearest to both 79 % and 83 %")

    def steps(series: str) -> list[Estimate]:
        pairs = [_estimates(experiment, series, k) for k in (after.k, before.k)]
        return [minus(a, b) for a, b in zip(*pairs, strict=True)]

    found = over_seeds(steps(MAGNITUDE))
    note = control_note(lambda: over_seeds(steps(CONTROL)).value, found.value, -1)
    return Finding(
        found,
        counted(len(steps(MAGNITUDE)), "seed"),
        by_interval(found, -1),
        f"{before.note} {after.note} {note}",
    )


def _random_below(experiment: Experiment) -> Finding:
    own = _table(experiment, MAGNITUDE, "bleu")
    random = _table(experiment, RANDOM, "bleu")
    common = own.index.intersection(random.index)
    first = experiment.ticket(3, common)
    later = common[common >= first.k]
    cells = (random.loc[later] < own.loc[later]).to_numpy().ravel().tolist()
    gap = (random.loc[later[-1]] - own.loc[later[-1]]).mean()
    try:
        last = _at(experiment, CONTROL, "bleu", int(later[-1]))
        above = (own.loc[later[-1]] - last).mean()
        control = f" Magnitude minus control there: {above:+.2f} BLEU."
    except NotMeasurable:
        control = f" {NO_CONTROL}"
    note = f"{first.note} At LTH{later[-1]}, random minus magnitude: {gap:+.2f} BLEU.{control}"
    found = share(cells)
    n = f"{counted(own.shape[1], 'seed')}, {counted(len(cells), 'cell')}"
    return Finding(found, n, by_interval(found, 1, 0.5), note)


def _random_falls(experiment: Experiment) -> Finding:
    ticket = experiment.ticket(7, _table(experiment, RANDOM, "bleu").index)
    bleu = _at(experiment, RANDOM, "bleu", ticket.k)
    differences = bleu - _dense(experiment)[bleu.index]
    p_values = _at(experiment, RANDOM, "bleu_p_vs_lth0", ticket.k).tolist()
    found = over_seeds([Estimate(float(value)) for value in differences])
    note = control_note(
        lambda: float((_at(experiment, CONTROL, "bleu", ticket.k) - _dense(experiment)).mean()),
        found.value,
        -1,
    )
    return Finding(
        found,
        counted(len(differences), "seed"),
        by_p_value(found.value, p_values, -1),
        f"{ticket.note} p = {', '.join(f'{p:.2g}' for p in p_values)}. {note} "
        f"{spread_note(_dense(experiment), found.value)}",
    )


def _misprint(experiment: Experiment) -> Finding:
    rows = experiment.of("sparsity", MAGNITUDE)
    before, after = experiment.ticket(7, rows["k"]), experiment.ticket(8, rows["k"])
    if before.k == after.k:
        raise NotMeasurable(f"LTH{after.k} is the nearest to both 79 % and 83 %")
    means = rows.groupby("k")[["sparsity_incl", "sparsity_excl"]].mean()
    ratio = means["sparsity_incl"] / means["sparsity_excl"]
    value = float(ratio[after.k] / ratio[before.k])
    paper = paper_values("table_a1")
    incl, excl = paper["incl_emb_printed"], paper["excl_emb"]
    expected = incl[8] / excl[8] / (incl[7] / excl[7])
    return Finding(
        Estimate(value),
        f"{counted(rows['seed'].nunique(), 'seed')}, 2 tickets",
        by_distance(value, expected, ROUNDING),
        f"{after.note} The ratio at 79 % is {number(ratio[before.k])}. A misprint: the paper's "
        f"other rows give {excl[8] * incl[7] / excl[7]:.3f} (docs/paper-notes.md).",
    )
