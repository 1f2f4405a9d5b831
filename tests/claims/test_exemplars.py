"""Pruning identified exemplars: planted ones are found, and dense halves have as much noise."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from ticketscope.claims.exemplars import (
    COLUMNS,
    LEAST_SEEDS,
    disagreement,
    exemplars,
    halves,
    typical,
)

ITEMS, PIES = 400, 40
SENTENCES = 100
SEEDS = range(1, 6)
KEY = "seed{}/{}/{}/linear/POS"


def units():
    """Sentences of four items; the first ten of them, all of whose items are PIEs, are long."""
    rows = {"kind": "linear", "name": "POS", "unit": range(SENTENCES), "items": 4}
    return pd.DataFrame(rows).assign(
        length=[20] * 10 + [8] * 90, rare=0.1, ambiguous=np.nan, clauses=[2] * 10 + [1] * 90
    )


def answers(noise=0.0, pies=PIES, seeds=SEEDS):
    """Of three classes; sparse tickets answer the first items with another one."""
    generator = np.random.default_rng(3)
    gold = generator.integers(0, 3, ITEMS)
    made = {}
    for seed, (series, ticket) in product(
        seeds, [("dense", "LTH0"), ("magnitude", "LTH1"), ("control", "LTH1")]
    ):
        answered = gold.copy()
        if series == "magnitude":
            answered[:pies] = (gold[:pies] + 1) % 3
        other = generator.random(ITEMS) < noise
        answered[other] = generator.integers(0, 3, other.sum())
        made[KEY.format(seed, series, ticket)] = answered.astype(np.uint8)
    return made


def test_planted_exemplars_are_found_and_told():
    table = exemplars(answers(noise=0.05), units()).set_index("series")
    row = table.loc["magnitude"]
    assert list(table.reset_index()[COLUMNS]) == COLUMNS and len(table) == 2
    assert (row["seeds"], row["items"], row["pies"]) == (5, ITEMS, PIES)
    assert row["share"] == PIES / ITEMS
    assert (row["length_pies"], row["length_others"]) == (20, 8)
    assert (row["clauses_pies"], row["rare_others"]) == (2, pytest.approx(0.1))
    assert np.isnan(row["ambiguous_pies"])
    assert row["halves"] - row["halves_dense"] == pytest.approx(PIES / ITEMS, abs=0.02)
    control = table.loc["control"]
    assert control["pies"] <= 2 and np.isnan(control["ambiguous_others"])


def test_without_an_effect_sparse_halves_differ_as_dense_ones_do():
    """The baseline has as many models: noise that makes PIEs makes them there as well."""
    row = exemplars(answers(noise=0.6, pies=0), units()).set_index("series").loc["magnitude"]
    assert row["pies"] > 0.02 * ITEMS
    assert row["halves"] == pytest.approx(row["halves_dense"], abs=0.02)


def test_the_most_frequent_answer_and_the_lowest_of_several():
    models = np.array([[0, 2, 1, 3], [0, 1, 2, 3], [1, 1, 0, 0], [1, 2, 2, 3]], dtype=np.uint8)
    assert typical(models).tolist() == [0, 1, 2, 3]


def test_answers_that_are_as_frequent_count_in_part():
    """Two models that are split: whichever answer stands for them, three others give one."""
    pair = np.array([[0, 0, 1, 0], [1, 0, 1, 2]], dtype=np.uint8)
    three = np.array([[1, 0, 0, 1], [1, 1, 0, 2], [1, 0, 0, 0]], dtype=np.uint8)
    assert disagreement(pair, three) == disagreement(three, pair)
    # A half, none, all, and of two against three answers that are alike two pairs of six.
    assert disagreement(pair, three) == pytest.approx((1 / 2 + 0 + 1 + 4 / 6) / 4)


def test_halves_do_not_depend_on_how_answers_are_numbered():
    """Two models are split on many items: none of the two answers is typical."""
    made = answers(noise=0.6)
    backwards = {key: (2 - classes).astype(np.uint8) for key, classes in made.items()}
    columns = ["halves", "halves_dense"]
    table, again = (exemplars(each, units())[columns] for each in (made, backwards))
    pd.testing.assert_frame_equal(table, again)


@pytest.mark.parametrize("seeds", [5, 6, 10])
def test_halves_have_each_seed_once(seeds):
    splits = halves(seeds)
    assert 10 <= len(splits) <= 20
    for first, second in splits:
        assert sorted(first + second) == list(range(seeds))
        assert 0 <= len(second) - len(first) <= 1
    # No seed stands always on one side.
    counts = np.bincount([seed for first, _ in splits for seed in first], minlength=seeds)
    assert (counts > 0).all() and (counts < len(splits)).all()


def test_below_five_seeds_there_is_no_row():
    table = exemplars(answers(seeds=range(LEAST_SEEDS - 1)), units())
    assert table.empty and list(table) == COLUMNS


def test_seeds_without_a_ticket_do_not_count():
    """LTH1 of one seed is missing: the others are four."""
    kept = answers()
    del kept[KEY.format(3, "magnitude", "LTH1")]
    assert set(exemplars(kept, units())["series"]) == {"control"}
