"""Experiments in which something came to nothing: each number is defined or left out, and said.

What docs/reference/tables.md ("Empty cells and zeros") has for such a table is carried through the
report's tables, figures and claims.
"""

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.behaviour.made_up import erasure_rows
from tests.claims.test_extensions import null
from tests.report import claims_tables
from tests.report.anatomy_tables import anatomy
from tests.report.behaviour_tables import behaviour
from tests.report.mask_tables import SIZES, mask_of, mask_tables
from tests.report.probing_tables import made_up
from tests.report.test_table_a1 import table as scores
from ticketscope.claims import judge
from ticketscope.claims.columns import REFERENCES, suffix
from ticketscope.claims.model import claims, extensions
from ticketscope.plan.names import TicketName
from ticketscope.report.figures import anatomy as anatomy_figures
from ticketscope.report.figures import behaviour as behaviour_figures
from ticketscope.report.figures import claims as forest
from ticketscope.report.figures import cost, erasure, masks, probing, similarity, sparsity, tickets
from ticketscope.report.page import behaviour as page_behaviour
from ticketscope.report.page.bleu import tables_a1
from ticketscope.report.tables.tables_a2_a3 import page_tables, table_a2, table_a3
from ticketscope.tickets.dead_units import dead_units
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.ranks import matrix_ranks

SEEDS = (1, 2, 3)
ONE_CLASS = ("POS", "EF")  # tasks of one class
FC1 = "encoder.layers.0.fc1.weight"

Frames = Mapping[str, pd.DataFrame]


def put(table: pd.DataFrame, where: object = None, **values: object) -> pd.DataFrame:
    """The table with constants in those of these columns that it has, in all rows or some."""
    columns = {name: value for name, value in values.items() if name in table}
    if where is not None:
        columns = {name: table[name].mask(where, value) for name, value in columns.items()}
    return table.assign(**columns)


ZERO = dict.fromkeys(("bleu", "bleu_low", "bleu_high", "chrf", "f1", "f1_low", "f1_high"), 0.0)
# An untrained model is the same at any sparsity: it guesses, and nothing moves it.
NOTHING = {
    "dev": 0.5, "test": 0.5, "majority": 0.5, "difference": 0.0, "change": 0.0, "value": 1.0,
    "debiased": 1.0, "share": 0.5, "churn": 0.0, "kl": 0.0, "kl_low": 0.0, "kl_high": 0.0,
    "margin": 0.0, "accuracy": 0.0, "accuracy_low": 0.0, "accuracy_high": 0.0, "loss": 9.0,
    "barrier": 0.0, "low": 0.0, "high": 0.0, "p": 1.0, "accuracy_erased": 0.0, "lost": 0,
}  # fmt: skip


def zero_bleu(table: pd.DataFrame) -> pd.DataFrame:
    """No n-gram of any translation is right."""
    return put(table, **ZERO)


def learnt_nothing(table: pd.DataFrame) -> pd.DataFrame:
    """LTH0 is as it was drawn, and so is every ticket."""
    at_floor = {"at_floor": True} if "majority" in table or "dev" in table else {}
    return put(table, **ZERO | NOTHING).assign(**at_floor)


def zero_layer(table: pd.DataFrame) -> pd.DataFrame:
    """All weights of layer 2 are zero, so that all tokens have one state there."""
    if "v_information" in table:
        of_it, same = table["layer"] == 2, {"dev": 0.5, "test": 0.5, "v_information": 0.0}
        return put(table, of_it, majority=0.5, **same).assign(at_floor=of_it)
    if "probe_erased" in table:  # nothing is there to be erased, or to be found
        nothing = dict.fromkeys(("rank", "variance", "kl", "kl_low", "kl_high", "lost"), 0.0)
        left = dict.fromkeys(("probe", "probe_erased", "probe_left"), table["majority"])
        return put(table, **nothing, **left, accuracy_erased=table["accuracy"])
    if "change" in table and "block" in table:
        return put(table, table["layer"] == 2, change=0.0, sparsity=1.0, pruned=table["total"])
    if "nonzero" in table:
        return table.assign(nonzero=table["nonzero"] // 2, bytes_csr=40)
    if "rank" in table and "share" in table:
        return put(table, share=np.nan)
    if "neuron" in table:
        return put(table, table["layer"] == 1, value=-1.0)
    if "other_layer" in table:
        of_it = (table["layer"] == 2) | (table["other_layer"] == 2)
        return put(table, of_it, value=0.0, debiased=0.0, low=0.0, high=0.0)
    if "category" in table:
        return put(table, debiased=np.nan, low=np.nan, high=np.nan)
    if "pruned" in table:
        return put(table, table["layer"] == 2, pruned=table["total"])
    return table


def one_class(table: pd.DataFrame) -> pd.DataFrame:
    """A constant prediction is all right: the probes have its score, and no vector helps."""
    if "task" not in table:
        return table
    of_it = table["task"].isin(ONE_CLASS)
    same = {"difference": 0.0, "low": 0.0, "high": 0.0, "change": 0.0, "p": 1.0}
    known = {"dev": 1.0, "test": 1.0, "majority": 1.0, "v_information": 0.0}
    changed = put(table, of_it, **same, **known)
    return changed.assign(at_floor=of_it) if "dev" in table else changed


CASES = (zero_bleu, learnt_nothing, zero_layer, one_class)


def experiment() -> dict[str, pd.DataFrame]:
    return claims_tables.build(1, seeds=SEEDS, ks=(1, 4, 8), layers=2)


def of(case: Callable[[pd.DataFrame], pd.DataFrame], tables: Frames) -> dict[str, pd.DataFrame]:
    return {name: case(table) for name, table in tables.items()}


def changed(case: Callable[[pd.DataFrame], pd.DataFrame], tables: object) -> object:
    """The tables of a section's figures."""
    frames = {name: t for name, t in vars(tables).items() if isinstance(t, pd.DataFrame)}
    return replace(tables, **of(case, frames))


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.__name__)
def case(request):
    return request.param


@pytest.fixture(scope="module")
def judged(case):
    """claims.csv of the paper's sentences, and of ours; nothing is calculated of nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        return [
            judge(of(case, tables), chosen)[0]
            for tables, chosen in ((experiment(), claims()), (null(), extensions()))
        ]


def test_verdicts_have_numbers_and_what_has_none_has_its_reason(judged):
    for table in judged:
        for name in map(suffix, REFERENCES):
            verdicts = table[f"verdict{name}"]
            measured = ~verdicts.isin(["", "not measurable"])
            numbers = table.loc[measured, [f"{n}{name}" for n in ("effect", "low", "high", "p")]]
            assert set(verdicts[measured]) <= {"supported", "contradicted", "negligible", "open"}
            assert np.isfinite(numbers.astype(float)).all(axis=None)
            assert (table.loc[verdicts == "not measurable", "note"] != "").all()
        assert not [note for note in table["note"] if re.search(r"\b(nan|inf)\b", note)]


def test_claims_say_what_came_to_nothing(case, judged):
    rows = judged[0].set_index("id")
    if case in (zero_bleu, learnt_nothing):
        assert rows.loc["bleu-kept", "verdict"] == "not measurable"
        assert "A reference is 0, so that nothing can be kept of it." in rows.loc["bleu-kept"].note
    if case is learnt_nothing:
        ours = judged[1].set_index("id").loc["hidden-stable-output-not"]
        assert ours.verdict == "not measurable" and "seeds are the same, so that" in ours.note
    if case in (learnt_nothing, one_class):
        (own,) = {note for note in rows["note"] if note.startswith("A probe of POS never beat")}
        assert (rows.loc[rows["note"] == own, "verdict"] == "not measurable").all()
    if case is zero_layer:
        lacking = rows.loc["fewer-components"]
        assert lacking.verdict == "not measurable" and "was not measured" in lacking.note
    drawn = forest.plots()["forest"].draw(forest.Tables(judged[0]))
    drawn.draw_without_rendering()


def figures_of(case):
    """The figures that the case can change, with their tables."""
    if case in (zero_bleu, learnt_nothing):
        yield tickets.plots("test"), tickets.Tables(case(scores(SEEDS)))
        yield behaviour_figures.plots(), changed(case, behaviour(seeds=SEEDS, last=2))
        yield anatomy_figures.plots(), changed(case, anatomy(SEEDS))
        rows = case(erasure_rows(SEEDS))
        yield erasure.plots(), erasure.Tables(rows)
    if case in (one_class, learnt_nothing):
        tables = made_up(("Parent", *ONE_CLASS), last=2, seeds=SEEDS)
        yield probing.plots(), changed(case, tables)
    if case in (zero_layer, learnt_nothing):
        yield similarity.plots(), similarity_tables(of(case, experiment()))
    if case is zero_layer:
        tables = experiment()
        yield sparsity.plots(), sparsity.Tables(case(tables["module_sparsity"]), tables["sparsity"])
        yield masks.plots(), without_fc1(mask_tables(SEEDS))
        yield probing.plots(), changed(case, made_up(("Parent", *ONE_CLASS), last=2, seeds=SEEDS))
        yield erasure.plots(), erasure.Tables(case(erasure_rows(SEEDS)))
        yield anatomy_figures.plots(), changed(case, anatomy(SEEDS))
        yield cost.plots(), changed(case, cost_tables(tables["sparsity"]))
        # Where all tokens look the same, each sentence is translated alike.
        yield behaviour_figures.plots(), changed(learnt_nothing, behaviour(seeds=SEEDS, last=2))


def similarity_tables(read):
    frames = {name: read[name] for name in (
        "spectra", "categories", "attention_concentration", "neuron_maxima", "sparsity"
    )}  # fmt: skip
    similar = read["similarity"].assign(debiased=read["similarity"]["value"], n=100)
    sparse = frames.pop("sparsity")
    return similarity.Tables(
        similarity=similar, sparsity=sparse.assign(
            ticket="LTH" + sparse["k"].astype(str)
        ), **frames,
    )  # fmt: skip


def cost_tables(sparsity):
    rows = sparsity[["seed", "series", "ticket", "k"]]
    kept = (1000 * (1 - sparsity["sparsity_excl"])).astype(int)
    sizes = dict.fromkeys(("bytes_bitmask", "bytes_csr", "bytes_deflate"), 4 * kept + 100)
    times = [
        rows.assign(side=side, kernel=kernel, seconds=seconds)
        for side in ("encoder", "decoder")
        for kernel, seconds in (("dense", 1.0), ("csr", 0.001))
    ]
    stored = rows.assign(parameters=1000, nonzero=kept, bytes_dense=4000, **sizes)
    return cost.Tables(sparsity, stored, pd.concat(times))


def without_fc1(tables):
    """The tables with those of masks that cut all of a matrix, of weights that are zero."""
    zeros = {name: np.zeros(shape, np.float32) for name, shape in SIZES.items()}
    units, ranks = [], []
    for seed in SEEDS:
        for series, k in (("dense", 0), ("magnitude", 1), ("magnitude", 2)):
            name = TicketName(seed, series, k)
            mask = Mask(mask_of(name).kept | {FC1: np.zeros(SIZES[FC1], dtype=bool)})
            units.append(dead_units(mask, {"encoder": 4, "decoder": 4}).assign(**name.columns))
            ranks.append(matrix_ranks(mask, zeros).assign(**name.columns))
    return replace(tables, units=pd.concat(units), ranks=pd.concat(ranks))


def test_every_figure_is_drawn(case):
    names = []
    for plots, tables in figures_of(case):
        for name, plot in plots.items():
            figure = plot.draw(tables)
            figure.draw_without_rendering()
            said = [text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text"))]
            assert not [text for text in said if re.search(r"\b(nan|inf)\b", text)], name
            names.append(name)
    assert names


def test_no_table_of_the_page_has_a_number_that_is_none(case):
    shown = [table.frame for table in tables_a1(case(scores(SEEDS)), "a1.csv")]
    behaved = vars(changed(case, behaviour(seeds=SEEDS, last=2)))
    read = {name: behaved[name] for name in ("contrasts", "words", "lengths", "decoding")}
    shown += [table.frame for table in page_behaviour.tables(read, str)]
    probed = changed(case, made_up(("Parent", *ONE_CLASS), last=2, seeds=SEEDS))
    a2, a3 = table_a2(probed.probes), table_a3(probed.probes)
    shown += [frame for frame, _ in page_tables("free", a2, a3, probed.trends).values()]
    assert len(shown) == 9
    for frame in shown:
        cells = frame.astype(str).to_numpy().ravel()
        assert not [cell for cell in cells if re.search(r"\b(nan|inf|None)\b", cell)], frame
    if case is zero_bleu:
        assert set(shown[0]["BLEU ± sd"]) == {"0.00 ± 0.00"}
    if case is one_class:
        assert (a2[list(ONE_CLASS)] == 1).all(axis=None)
