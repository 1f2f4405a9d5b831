"""Partners: tickets of equal sparsity, rows with the same keys; and what has none."""

from pathlib import Path

import pandas as pd
import pytest

from tests.report.compare_results import write
from ticketscope.errors import InputError
from ticketscope.report.compare.comparison import Comparison
from ticketscope.report.compare.matching import compare
from ticketscope.report.compare.measures import MEASURES
from ticketscope.report.compare.results import Results, open_results
from ticketscope.report.compare.tickets import Tickets, match_tickets

MEASURE = next(measure for measure in MEASURES if measure.name == "attention_concentration")


def results(fraction, last, tmp_path, series=("magnitude", "control")):
    rows = [{"series": "dense", "k": 0, "sparsity_excl": 0.0}]
    rows += [
        {"series": name, "k": k}
        | {"sparsity_excl": 1 - (1 - fraction) ** k if name == "magnitude" else 0.0}
        for name in series
        for k in range(1, last + 1)
    ]
    return Results(tmp_path, {"sparsity": pd.DataFrame(rows)}, None)


def test_tickets_of_the_same_fractions_keep_their_numbers(tmp_path):
    tickets = match_tickets(results(0.2, 3, tmp_path), results(0.2, 3, tmp_path))
    assert tickets.partner == {0: 0, 1: 1, 2: 2, 3: 3}


def test_tickets_of_other_fractions_are_matched_by_sparsity(tmp_path):
    # .2: 0, .2, .36, .488, .59, .672, .738; .5: 0, .5, .75.
    tickets = match_tickets(results(0.2, 6, tmp_path), results(0.5, 2, tmp_path))
    assert tickets.partner == {0: 0, 1: 3, 2: 6}
    assert tickets.as_a(pd.Series(["LTH0", "LTH1", "LTH2"])).tolist() == ["LTH0", "LTH3", "LTH6"]


def test_the_nearest_tickets_are_matched_first(tmp_path):
    # .01: 0, .01, .0199; .0199: 0, .0199, which is near enough to both.
    tickets = match_tickets(results(0.01, 2, tmp_path), results(0.0199, 1, tmp_path))
    assert tickets.partner == {0: 0, 1: 2}


def test_a_ticket_too_far_from_all_others_has_no_partner(tmp_path):
    tickets = match_tickets(results(0.5, 1, tmp_path), results(0.47, 1, tmp_path))
    assert tickets.partner == {0: 0}
    assert tickets.as_a(pd.Series(["LTH1"])).tolist() == ["LTH1 of B"]
    assert tickets.table()["ticket_a"].tolist()[:2] == ["LTH0", "LTH1"]
    assert tickets.table()["ticket_b"].tolist()[2] == "LTH1"


def test_where_nothing_is_pruned_the_number_decides(tmp_path):
    some = results(0.2, 3, tmp_path, series=("control",))
    assert match_tickets(some, some).partner == {0: 0, 1: 1, 2: 2, 3: 3}


def test_tickets_cannot_be_matched_without_sparsities(tmp_path):
    with pytest.raises(InputError, match=r"sparsity\.csv"):
        match_tickets(Results(tmp_path, {}, None), results(0.2, 1, tmp_path))


SAME = Tickets({0: 0.0, 1: 0.5}, {0: 0.0, 1: 0.5}, {0: 0, 1: 1})


def rows(values, **more):
    """A row a seed, in one place."""
    return pd.DataFrame(
        {"seed": seed, "module": "enc_self", "series": "magnitude", "ticket": "LTH1"}
        | {"layer": 1, "share": value}
        | more
        for seed, value in values.items()
    )


def shares(table):
    tables = {} if table is None else {"attention_concentration": table}
    return Results(Path("results/x"), tables, None)


def compared(a, b):
    return compare(MEASURE, shares(a), shares(b), SAME)


def test_rows_of_one_seed_have_the_same_seed_as_partner():
    comparison = compared(rows({1: 0.1, 2: 0.3, 3: 0.1}), rows({2: 0.5, 1: 0.2, 3: 0.4}))
    (row,) = comparison.differences.to_dict("records")
    assert row["seeds_a"] == row["seeds_b"] == "1; 2; 3"
    assert row["difference"] == pytest.approx(0.2)  # of .1, .2 and .3
    assert (row["low"], row["high"]) == pytest.approx((0.2 - 0.2484, 0.2 + 0.2484), abs=1e-4)
    assert comparison.unmatched.empty


def test_with_no_seed_in_common_means_are_compared():
    comparison = compared(rows({1: 0.1, 2: 0.3, 3: 0.2}), rows({4: 0.5, 5: 0.7, 6: 0.6}))
    (row,) = comparison.differences.to_dict("records")
    assert (row["seeds_a"], row["seeds_b"]) == ("1; 2; 3", "4; 5; 6")
    assert row["difference"] == pytest.approx(0.4)
    assert row["low"] < 0.4 < row["high"]
    assert comparison.unmatched.empty


def test_the_mean_over_layers_is_a_place_of_its_own():
    both = pd.concat([rows({1: 0.1}, layer=None), rows({1: 0.3})])
    table = compared(both, both).differences
    assert table["layer"].tolist() == ["all", "1"]
    assert table["a"].tolist() == [0.1, 0.3]


def test_what_has_no_partner_is_named_with_what_the_other_lacks():
    a = pd.concat(
        [
            rows({1: 0.1, 2: 0.1}),
            rows({1: 0.2}, layer=2),
            rows({1: 0.3}, module="dec_self"),
        ]
    )
    b = pd.concat([rows({1: 0.1}), rows({1: 0.4}, layer=2, module="dec_self")])
    b = pd.concat([b, rows({1: 0.4}, ticket="LTH7")])
    comparison = compared(a, b)
    assert len(comparison.differences) == 1
    place = "module {}, series magnitude, ticket LTH1, layer {}"
    assert comparison.unmatched[["only_in", "why", "row"]].to_numpy().tolist() == [
        ["A", "seed 2", f"seed 2, {place.format('enc_self', 1)}"],
        ["A", "this combination", f"seed 1, {place.format('enc_self', 2)}"],
        ["A", "this combination", f"seed 1, {place.format('dec_self', 1)}"],
        ["B", "this combination", f"seed 1, {place.format('dec_self', 2)}"],
        [
            "B",
            "ticket LTH7 of B",
            f"seed 1, {place.format('enc_self', 1)}".replace("1, l", "7 of B, l"),
        ],
    ]


def test_without_a_table_all_rows_of_the_other_are_alone():
    comparison = compared(None, rows({1: 0.1, 2: 0.2}))
    assert comparison.differences.empty
    assert set(comparison.unmatched["only_in"]) == {"B"}
    assert comparison.unmatched["why"].tolist() == ["no table attention_concentration.csv"] * 2


def test_tickets_are_partners_by_sparsity_in_every_key():
    measure = next(measure for measure in MEASURES if measure.name == "similarity")
    tickets = Tickets({3: 0.5, 6: 0.75}, {1: 0.5, 2: 0.75}, {1: 3, 2: 6})

    def pair(ticket, other, value):
        row = {"seed": 1, "measure": "LayerSim", "module": "encoder", "series": "magnitude"}
        row |= {"ticket": ticket, "layer": 1, "other_ticket": other, "other_layer": 1}
        row |= {"other_seed": 1, "value": value, "low": value - 0.1, "high": value + 0.1, "n": 2000}
        return Results(Path("results/x"), {"similarity": pd.DataFrame([row])}, None)

    comparison = compare(measure, pair("LTH6", "LTH3", 0.9), pair("LTH2", "LTH1", 0.8), tickets)
    (row,) = comparison.differences.to_dict("records")
    assert (row["ticket"], row["other_ticket"], row["ticket_b"]) == ("LTH6", "LTH3", "LTH2")
    assert row["difference"] == pytest.approx(-0.1)
    # Both intervals, taken for independent.
    assert (row["high"] - row["low"]) / 2 == pytest.approx(0.1 * 2**0.5)


def test_two_rows_of_the_same_thing_are_an_error():
    twice = pd.concat([rows({1: 0.1}), rows({1: 0.2})])
    with pytest.raises(InputError, match=r"attention_concentration\.csv: two rows of seed 1"):
        compared(twice, rows({1: 0.1}))


def test_behaviour_is_compared_where_both_have_it(tmp_path):
    sides = []
    for side, worse in (("a", 0.0), ("b", 0.1)):
        folder = write(tmp_path / side, seeds=(1, 2, 3))
        tickets = pd.DataFrame(
            {"seed": seed, "series": "magnitude", "ticket": "LTH1", "k": 1, "other_seed": seed}
            for seed in (1, 2, 3)
        )
        ends = {"": 0.8, "_low": 0.7, "_high": 0.9}
        for table, name, more in (
            ("contrasts", "accuracy", {"set": "toy", "phenomenon": "roles", "items": 30}),
            ("words", "f1", {"bucket": 1, "first": 1, "last": 9, "words": 50}),
            ("probabilities", "kl", {"positions": 900, "other_ticket": "LTH0"}),
        ):
            seeds = 0.01 * tickets["seed"] * (1 + worse)
            values = {f"{name}{end}": at - worse + seeds for end, at in ends.items()}
            rows = tickets.assign(subset="all", **more, **values)
            other = rows.assign(subset="own", other_seed=9, k=0, ticket="LTH0", first=10, last=None)
            pd.concat([rows, other]).to_csv(folder / f"tables/{table}.csv", index=False)
        sides.append(open_results(folder))
    for measure in MEASURES[-3:]:
        comparison = compare(measure, *sides, match_tickets(*sides))
        row = comparison.differences[comparison.differences["ticket"] == "LTH1"].iloc[0]
        assert row["difference"] == pytest.approx(-0.1 + 0.002), measure.name
        assert row["seeds_a"] == "1; 2; 3" and row["interval"] == "paired seeds, test items"
        # 95 % of a normal is .1 on either side, of two independent texts √2 as much, with t of 2.
        assert (row["high"] - row["low"]) / 2 == pytest.approx(
            4.303 * 0.1 / 1.96 * 2**0.5, rel=0.01
        )
    assert {measure.name for measure in MEASURES[-3:]} == {"contrasts", "words", "probabilities"}


def test_what_neither_has_is_not_compared(tmp_path):
    one = open_results(write(tmp_path / "a"))
    names = [part.measure.name for part in Comparison.of(one, one).compared]
    assert names == [measure.name for measure in MEASURES[:-3]]
