"""Section 5.4: how alike the attention of sparse and dense models is.

AttentionSim is linear CKA of whole distributions, heads as features. Layers are the paper's by
position, as in `states`.
"""

from collections.abc import Sequence
from functools import partial

import pandas as pd

from ticketscope.report.claims import similar
from ticketscope.report.claims.experiment import CONTROL, MAGNITUDE, Experiment, NotMeasurable
from ticketscope.report.claims.findings import (
    HOW_INTERVAL,
    HOW_SHARE,
    HOW_TREND,
    NO_CONTROL,
    cells_of,
    counted,
    interval_finding,
    number,
    over,
    share_finding,
    trend_finding,
)
from ticketscope.report.claims.model import Claim, Estimate, Finding
from ticketscope.report.claims.rules import by_distance, mean, minus, over_seeds
from ticketscope.report.paper import paper_values

# "Very close to 1" and "almost identical (.99)": what has to be exceeded.
CLOSE = 0.9
IDENTICAL = 0.95
# Change of a share of distributions that passes for none; the paper's is .01.
TOLERANCE = 0.05
_AT = "AttentionSim with the same layer of LTH0 at 83 %"
_JACKKNIFE = "interval: jackknife over groups of sentences"
_OWN = "AttentionSim of different layers of one model, mean over pairs"


def claims() -> list[Claim]:
    """In the order of the paper."""
    v = paper_values("similarity")
    first = v["attnsim_encself_l1_LTH0_LTH8"]
    later = {name: v[f"attnsim_encself_l1_to_later_{name}"] for name in ("sparse", "dense")}
    return [
        Claim(
            "enc-self-kept",
            "5.4.1, Figure 6",
            "From layer 2 on, self-attention of sparse and dense encoders is nearly the same.",
            "close to 1",
            f"{_AT}, mean over layers 2 and up; {_JACKKNIFE}, mean over layers. Agrees if the "
            f"whole interval is above {CLOSE}, differs if below.",
            partial(_kept, module="enc_self", start=2, bar=CLOSE),
        ),
        Claim(
            "enc-self-first-odd",
            "5.4.1, Figure 6",
            "The first layer's self-attention is an anomaly: it differs more between sparse and "
            "dense encoders than self-attention of the other layers does.",
            f"{first} against close to 1",
            f"{_AT}: layer 1 minus the mean of the others; {_JACKKNIFE}, layers assumed "
            f"independent. {HOW_INTERVAL}",
            _first_odd,
        ),
        Claim(
            "enc-self-first-nearer-later",
            "5.4.1, Figure 6",
            "The first layer's self-attention is more similar to that of later layers in sparse "
            "encoders than in dense ones.",
            f"{later['sparse'] - later['dense']:+.2f}",
            "AttentionSim of layer 1 with the later layers of the same model, mean: at 83 % minus "
            f"LTH0. {HOW_TREND}",
            _first_nearer,
        ),
        Claim(
            "enc-dec-layers-differ",
            "5.4.2, Figure A8",
            "Encoder-decoder attention varies more between layers than either self-attention.",
            "1",
            f"{_OWN}. Cells: tickets with LTH0, two self-attentions. Share of cells in which "
            f"encoder-decoder is less similar. {HOW_SHARE} one half.",
            partial(_against, module="enc_dec", sign=-1),
        ),
        Claim(
            "enc-dec-halves",
            "5.4.2, Figure A8",
            "The lower half of the encoder-decoder layers differs strongly from the upper half.",
            "1",
            "AttentionSim between halves below that within halves, mean over pairs of layers of "
            f"one model. Share of tickets with LTH0 (in each seed). {HOW_SHARE} one half. Needs "
            "four layers.",
            _halves,
        ),
        Claim(
            "enc-dec-deviates-more",
            "5.4.2, Figure A8",
            "At the same layer, encoder-decoder attention deviates slightly more from the dense "
            "model's than self-attention does.",
            "slightly below",
            f"{_AT}: mean of encoder-decoder minus mean of both self-attentions (the encoder's "
            f"first layer, the anomaly, left out); {_JACKKNIFE}, kinds assumed independent. "
            f"{HOW_INTERVAL}",
            _deviates_more,
        ),
        Claim(
            "enc-dec-layers-grow-alike",
            "5.4.2, Figure A8",
            "Layers of encoder-decoder attention become more similar as sparsity increases.",
            f"{v['attnsim_encdec_offdiag_LTH8'] - v['attnsim_encdec_offdiag_LTH0']:+.2f}",
            f"{_OWN}: at 83 % minus LTH0. {HOW_TREND}",
            _grow_alike,
        ),
        Claim(
            "dec-self-identical",
            "5.4.3, Figure A8",
            "A sparse decoder's self-attention is almost identical to the dense one's.",
            f"{v['attnsim_decself_LTH0_LTH8']}",
            f"{_AT}, mean over layers; {_JACKKNIFE}, mean over layers. Agrees if the whole "
            f"interval is above {IDENTICAL}, differs if below.",
            partial(_kept, module="dec_self", start=1, bar=IDENTICAL),
        ),
        *(
            Claim(
                f"dec-self-above-{other.replace('_', '-')}",
                "5.4.3, Figure A8",
                f"Decoder self-attention stays closer to the dense model's than {name} does.",
                "",
                f"{_AT}, mean over layers: decoder self-attention minus the other; {_JACKKNIFE}, "
                f"kinds assumed independent. {HOW_INTERVAL}",
                partial(_above, module="dec_self", other=other),
            )
            for other, name in (
                ("enc_self", "encoder self-attention"),
                ("enc_dec", "encoder-decoder attention"),
            )
        ),
        Claim(
            "dec-self-homogeneous",
            "5.4.3, Figure A8",
            "Decoder self-attention is more similar across layers than the other two kinds.",
            "1",
            f"{_OWN}. Cells: tickets with LTH0, two other kinds. Share of cells in which decoder "
            f"self-attention is more similar. {HOW_SHARE} one half.",
            partial(_against, module="dec_self", sign=1),
        ),
        Claim(
            "dec-self-concentrated",
            "5.4.3",
            "Decoder self-attention puts nearly all its mass on one token more often than the "
            "other two kinds.",
            "1",
            "Share of distributions above the config's threshold (the paper: .95), mean over "
            "layers. Cells: tickets with LTH0, two other kinds. Share of cells in which decoder "
            f"self-attention has more. {HOW_SHARE} one half.",
            _concentrated,
        ),
        Claim(
            "dec-self-concentration-kept",
            "5.4.3",
            "The share of decoder self-attention that is concentrated on one token does not change "
            "with sparsity.",
            f"{v['share_over_0.95_decself_LTH8'] - v['share_over_0.95_decself_LTH0']:+.2f}",
            "Share of distributions above the config's threshold (the paper: .95), at 83 % minus "
            f"LTH0. Counted; agrees within {TOLERANCE:.2f}.",
            _concentration_kept,
        ),
    ]


def _same(
    experiment: Experiment, module: str, series: str, k: int, wanted: Sequence[int] | None = None
) -> list[Estimate]:
    """AttentionSim with LTH0's, mean over the layers wanted."""
    return similar.same_layer(experiment, "AttentionSim", module, series, k, wanted)


def _pairs(a: Sequence[Estimate], b: Sequence[Estimate]) -> list[Estimate]:
    return [minus(x, y) for x, y in zip(a, b, strict=True)]


def _kept(experiment: Experiment, module: str, start: int, bar: float) -> Finding:
    wanted = range(start, similar.need(experiment, module, MAGNITUDE, start) + 1)
    return interval_finding(
        experiment,
        lambda series, k: _same(experiment, module, series, k, wanted),
        1,
        8,
        similar.tickets(experiment, MAGNITUDE),
        bar=bar,
        unrelated=lambda: similar.unrelated(experiment, "AttentionSim", [module], wanted),
    )


def _first_odd(experiment: Experiment) -> Finding:
    last = similar.need(experiment, "enc_self", MAGNITUDE, 2)
    first, later = [1], range(2, last + 1)

    return interval_finding(
        experiment,
        lambda series, k: _pairs(
            _same(experiment, "enc_self", series, k, first),
            _same(experiment, "enc_self", series, k, later),
        ),
        -1,
        8,
        similar.tickets(experiment, MAGNITUDE),
        unrelated=lambda: similar.unrelated_difference(
            experiment, "AttentionSim", ["enc_self", "enc_self"], [first, later]
        ),
    )


def _first_nearer(experiment: Experiment) -> Finding:
    last = similar.need(experiment, "enc_self", MAGNITUDE, 2)
    pairs = [(1, other) for other in range(2, last + 1)]
    return trend_finding(
        experiment,
        lambda series: similar.own_pairs(experiment, "enc_self", series, pairs),
        1,
        8,
    )


def _against(experiment: Experiment, module: str, sign: int) -> Finding:
    """Whether a kind's layers are more (sign 1) or less (-1) alike than the other kinds'."""
    others = [kind for kind in similar.ATTENTION if kind != module]

    def cells(series: str) -> list[bool]:
        own = similar.own_pairs(experiment, module, series)
        tables = [similar.own_pairs(experiment, other, series) for other in others]
        return [cell for table in tables for cell in cells_of(sign * (own - table) > 0)]

    dense = [
        f"{kind} {number(similar.own_pairs(experiment, kind, MAGNITUDE).loc[0].mean())}"
        for kind in similar.ATTENTION
    ]
    return share_finding(
        cells, over(experiment, "similarity", "cell"), note=f"LTH0: {', '.join(dense)}."
    )


def _halves(experiment: Experiment) -> Finding:
    last = similar.need(experiment, "enc_dec", MAGNITUDE, 4)
    pairs = [(a, b) for a in range(1, last + 1) for b in range(a + 1, last + 1)]
    across = [(a, b) for a, b in pairs if a <= last // 2 < b]
    within = [pair for pair in pairs if pair not in across]

    def cells(series: str) -> list[bool]:
        a, b = (
            similar.own_pairs(experiment, "enc_dec", series, chosen) for chosen in (across, within)
        )
        return cells_of(a < b)

    return share_finding(cells, over(experiment, "similarity", "ticket"))


def _deviates_more(experiment: Experiment) -> Finding:
    later = range(2, similar.need(experiment, "enc_self", MAGNITUDE, 2) + 1)

    def estimates(series: str, k: int) -> list[Estimate]:
        selves = zip(
            _same(experiment, "enc_self", series, k, later),
            _same(experiment, "dec_self", series, k),
            strict=True,
        )
        return _pairs(_same(experiment, "enc_dec", series, k), [mean(pair) for pair in selves])

    return interval_finding(experiment, estimates, -1, 8, similar.tickets(experiment, MAGNITUDE))


def _grow_alike(experiment: Experiment) -> Finding:
    return trend_finding(
        experiment, lambda series: similar.own_pairs(experiment, "enc_dec", series), 1, 8
    )


def _above(experiment: Experiment, module: str, other: str) -> Finding:
    return interval_finding(
        experiment,
        lambda series, k: _pairs(
            _same(experiment, module, series, k), _same(experiment, other, series, k)
        ),
        1,
        8,
        similar.tickets(experiment, MAGNITUDE),
        unrelated=lambda: similar.unrelated_difference(experiment, "AttentionSim", [module, other]),
    )


def _concentration(experiment: Experiment, series: str, module: str) -> pd.DataFrame:
    """Mean over layers; index k, a column a seed."""
    rows = experiment.with_dense("attention_concentration", series)
    over_layers = pd.to_numeric(rows["layer"], errors="coerce").isna()
    rows = rows[over_layers & (rows["module"] == module)]
    if rows.empty:
        raise NotMeasurable(f"the table attention_concentration.csv has no {module}")
    return rows.pivot_table("share", "k", "seed")


def _concentrated(experiment: Experiment) -> Finding:
    def cells(series: str) -> list[bool]:
        own = _concentration(experiment, series, "dec_self")
        return [
            cell
            for other in ("enc_self", "enc_dec")
            for cell in cells_of(own > _concentration(experiment, series, other))
        ]

    shares = {kind: _concentration(experiment, MAGNITUDE, kind) for kind in similar.ATTENTION}
    ticket = experiment.ticket(8, shares["dec_self"].index)
    texts = [
        f"{kind} {number(table.loc[0].mean())} in LTH0, {number(table.loc[ticket.k].mean())} in "
        f"LTH{ticket.k}"
        for kind, table in shares.items()
    ]
    return share_finding(
        cells, over(experiment, "attention_concentration", "cell"), note=f"{'; '.join(texts)}."
    )


def _concentration_kept(experiment: Experiment) -> Finding:
    own = _concentration(experiment, MAGNITUDE, "dec_self")
    ticket = experiment.ticket(8, own.index)
    found = over_seeds([Estimate(float(v)) for v in (own.loc[ticket.k] - own.loc[0]).dropna()])
    try:
        control = _concentration(experiment, CONTROL, "dec_self")
        change = (control.loc[ticket.k] - control.loc[0]).mean()
        note = f"The control (same epochs, nothing pruned) changes by {change:+.3f}."
    except (NotMeasurable, KeyError):
        note = NO_CONTROL
    return Finding(
        found,
        counted(own.shape[1], "seed"),
        by_distance(found.value, 0, TOLERANCE),
        f"{ticket.note} {note}",
    )
