"""Phenomena that LTH0 does not know: found where they are planted, and marked wherever shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.behaviour.made_up import erasure_rows
from tests.report.behaviour_tables import behaviour as behaviour_tables
from tests.report.drawn_words import caption, words
from ticketscope.behaviour.contrasts import ITEM_COLUMNS, contrast_table
from ticketscope.plan.names import TicketName
from ticketscope.report.figures import behaviour, erasure
from ticketscope.report.page.behaviour import tables as page_tables
from ticketscope.report.tables.contrasts import UNKNOWN, known_to_lth0, pair_changes

SAID = "LTH0 is not shown to know the phenomenon"
DRAWN = ("contrasts_kept", "contrasts_probes", "contrast_margins", "flips")


def of_lth0(
    levels: Mapping[str, float], seeds: Sequence[int], *, alike: bool = False
) -> pd.DataFrame:
    """contrasts.csv of LTH0s that get each of 100 pairs a phenomenon right with a probability.

    Args:
        levels: The probabilities.
        seeds: Of the LTH0s.
        alike: Whether all of them get the same pairs right.
    """
    names = np.repeat(list(levels), 100)
    items = pd.DataFrame(
        {"set": "toy", "item": np.arange(len(names)), "phenomenon": names}
    ).reindex(columns=ITEM_COLUMNS)
    scores = {}
    for seed in seeds:
        draw = np.random.default_rng(0 if alike else seed).random(len(names))
        margin = np.repeat(list(levels.values()), 100) - draw
        arrays = {"margin": margin, "margin_per_token": margin, "greedy": margin > 1}
        scores[TicketName(seed, "dense", 0)] = {"toy": arrays}
    return contrast_table(scores, items, resamples=200)


def planted(table: pd.DataFrame, guessed: Collection[str]) -> pd.DataFrame:
    """The table, with LTH0s that guess some phenomena and get nine in ten pairs of the others."""
    of_dense = table["series"] == "dense"
    right = pd.Series(0.9, table.index).mask(table["phenomenon"].isin(guessed), 0.5)
    ends = {"accuracy": right, "accuracy_low": right - 0.06, "accuracy_high": right + 0.06}
    return table.assign(**{name: table[name].mask(of_dense, end) for name, end in ends.items()})


@pytest.mark.parametrize("seeds", [(1,), (1, 2), (1, 2, 3), (1, 2, 3, 4, 5)])
def test_what_lth0_guesses_is_not_known_and_what_it_tells_is(seeds):
    known = known_to_lth0(of_lth0({"guessed": 0.5, "told": 0.9, "reversed": 0.1}, seeds))
    assert known.to_dict() == {
        ("toy", "guessed"): False, ("toy", "told"): True, ("toy", "reversed"): False
    }  # fmt: skip


@pytest.fixture(scope="module", params=[False, True], ids=["independent", "alike"])
def null(request):
    """Five LTH0s that guess 300 phenomena."""
    levels = {f"guessed {number}": 0.5 for number in range(300)}
    return of_lth0(levels, range(5), alike=request.param)


@pytest.mark.parametrize("seeds", [1, 2, 3, 5])
def test_an_lth0_that_guesses_seldom_seems_to_know(null, seeds):
    """The pairs are chance too: LTH0s that get the same ones right have no spread over seeds."""
    known = known_to_lth0(null[null["seed"] < seeds])
    expected = 0.025  # above an interval of 95 %
    assert known.mean() < expected + 3 * np.sqrt(expected * (1 - expected) / len(known))


def test_the_interval_is_students_with_the_pairs_error_in_it():
    at, reach = np.array([0.61, 0.66, 0.63]), 0.05
    rows = {"set": "toy", "phenomenon": "x", "subset": "all", "series": "dense", "k": 0}
    table = pd.DataFrame([rows | {"seed": seed} for seed in (1, 2, 3)])

    def known(shift):
        ends = {"accuracy_low": at - shift - reach, "accuracy_high": at - shift + reach}
        return known_to_lth0(table.assign(accuracy=at - shift, **ends)).item()

    error = np.hypot(stats.sem(at), reach / stats.norm.ppf(0.975))
    room = at.mean() - stats.t.ppf(0.975, 2) * error - 0.5
    assert known(room - 1e-4) and not known(room + 1e-4)


@pytest.fixture(scope="module")
def tables():
    return behaviour_tables()


def written(figure):
    titles = [axes.get_title() for axes in figure.axes]
    return [*titles, *words(figure)], caption(figure)


def hollow(axes):
    return [line for line in axes.lines
            if line.get_markersize() >= 4 and line.get_markerfacecolor() == "white"]  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_figures_mark_them_without_colour_and_say_what_the_mark_means(tables, name):
    guessing = replace(tables, contrasts=planted(tables.contrasts, ["pronoun"]))
    figure = behaviour.plots()[name].draw(guessing)
    names, said = written(figure)
    wanted = {
        "contrasts_probes": "Coref: pronoun†",
        "flips": "contrasts\n(mean of 2 phenomena, 1 †)",
    }
    assert [text for text in names if UNKNOWN in text] == [wanted.get(name, "pronoun† (n = 30)")]
    assert SAID in said
    # Hollow markers of that phenomenon alone; those of the legend are filled.
    marked = {axes.get_title() for axes in figure.axes if hollow(axes)}
    assert marked == {"contrasts_probes": {""}, "flips": set()}.get(name, {"pronoun† (n = 30)"})
    handles = figure.legends[0].legend_handles
    assert not [handle for handle in handles if handle.get_markerfacecolor() == "white"]


@pytest.mark.parametrize("name", DRAWN)
def test_figures_mark_nothing_where_all_is_known(tables, name):
    figure = behaviour.plots()[name].draw(replace(tables, contrasts=planted(tables.contrasts, [])))
    names, said = written(figure)
    assert UNKNOWN not in "".join([*names, said]) and not any(map(hollow, figure.axes))


def test_a_pair_is_known_if_lth0_knows_its_phenomenon_in_every_set(tables):
    toy = known_to_lth0(planted(tables.contrasts, []))
    mine = toy.rename({"toy": "mine"}, level="set")
    mine[("mine", "roles")] = False
    pairs = pair_changes(tables.of_pairs, pd.concat([toy, mine]))
    told = dict(zip(pairs["phenomenon"], pairs["known"], strict=True))
    assert told == {"pronoun": True, "negation": True, "roles": False, "gender": True}


def test_where_nothing_is_known_the_legend_is_hollow(tables):
    contrasts = planted(tables.contrasts, tables.contrasts["phenomenon"].unique())
    figure = behaviour.plots()["contrast_margins"].draw(replace(tables, contrasts=contrasts))
    handles = {handle.get_label(): handle for handle in figure.legends[0].legend_handles}
    assert list(handles) == ["magnitude", "random", "control", "no preference"]
    assert handles["magnitude"].get_markerfacecolor() == "white"


def test_the_pages_table_marks_them_and_says_what_the_mark_means(tables):
    for guessed in (["roles"], []):
        (shown,) = page_tables({"contrasts": planted(tables.contrasts, guessed)}, str)
        phenomena = shown.frame["phenomenon"].unique()
        assert len(phenomena) == 5
        assert [name for name in phenomena if UNKNOWN in name] == [f"{g}†" for g in guessed]
        assert (SAID in shown.note) == bool(guessed)


def test_erasing_a_task_counts_those_that_its_mean_has():
    rows = erasure_rows((1, 2, 3))
    names = rows["phenomenon"].dropna().unique()
    for guessed, marked in (({"order", "negation"}, ["1 of 2 phenomena †"]), (set(), [])):
        levels = {name: 0.5 if name in guessed else 0.95 for name in names}
        contrasts = of_lth0(levels, (1, 2, 3))
        figure = erasure.plots()["erasure"].draw(erasure.Tables(rows, contrasts))
        said = [title for axes in figure.axes if (title := axes.get_title(loc="right"))]
        assert said == marked
        assert (SAID in written(figure)[1]) == bool(marked)
