"""Which tickets are joined by segments, and whose modules are silenced."""

import pytest
from snakemake.iocontainers import Wildcards

from ticketscope.config import Config, validate
from ticketscope.errors import InputError
from ticketscope.joined.parts import table_names
from ticketscope.plan import segments
from ticketscope.plan.experiment import Plan
from ticketscope.plan.inputs import files_of_seed
from ticketscope.plan.names import TicketName
from ticketscope.plan.needs import need
from ticketscope.plan.scale import Scale

NONE = {"criterion": "none"}


def plan(**changes) -> Plan:
    return Plan(validate({"seeds": [1, 2]} | changes))


def named(plan: Plan, seed: int, kind: str) -> set[str]:
    return {
        f"{a.series} {a.label} - {b.series} {b.label} of {b.seed}"
        for each, a, b in plan.segments.pairs(seed)
        if each == kind
    }


def test_pairs_of_the_default():
    planned = plan()
    assert {a.k for _, a, _ in planned.segments.pairs(1)} == {1, 5, 9}
    assert named(planned, 1, "previous") == {
        f"{series} LTH{k} - {'dense' if k == 1 else series} LTH{k - 1} of 1"
        for series in ("magnitude", "random", "control")
        for k in (1, 5, 9)
    }
    assert named(planned, 2, "control") == {
        f"{series} LTH{k} - control LTH{k} of 2"
        for series in ("magnitude", "random")
        for k in (1, 5, 9)
    }
    assert named(planned, 1, "seeds") == named(planned, 1, "orders") == set()
    assert "dense LTH0 - dense LTH0 of 1" in named(planned, 2, "seeds")
    assert len(named(planned, 2, "seeds")) == 1 + 3 * 3
    listed = plan(seeds=[3, 1])  # the seed before is the one before in the config
    assert not named(listed, 3, "seeds")
    assert "dense LTH0 - dense LTH0 of 3" in named(listed, 1, "seeds")


def test_two_orders_of_data_under_one_mask():
    series = {
        "magnitude": {"criterion": "magnitude", "order_seed": 3},
        "control": NONE,
        "reordered": NONE | {"order_seed": 1},
        "copied": NONE | {"iterations": 1},  # as the experiment says itself
        "earlier": NONE | {"order_seed": 2, "point": 0.5},
    }
    planned = Plan(validate({"seeds": [1], "pruning": {"iterations": 1, "series": series}}))
    assert named(planned, 1, "orders") == {
        "reordered LTH1 - control LTH1 of 1", "copied LTH1 - reordered LTH1 of 1",
    }  # fmt: skip
    assert named(planned, 1, "control") == {
        f"magnitude LTH1 - {control} LTH1 of 1"
        for control in ("control", "reordered", "copied", "earlier")
    }


def test_series_of_one_mask_are_looked_for_once(monkeypatch):
    calls: list[object] = []
    search = segments.same_masks
    monkeypatch.setattr(segments, "same_masks", lambda config: calls.append(1) or search(config))
    series = {f"series{i}": {"criterion": "magnitude", "order_seed": i} for i in range(1, 6)}
    planned = plan(pruning={"iterations": 2, "series": series})
    planned.segments.pairs(1)
    assert len(calls) == 1


def test_a_series_that_takes_anothers_mask_is_another_order_of_it():
    series = {
        "magnitude": {"criterion": "magnitude"},
        "again": {"of": "magnitude", "order_seed": 1},
        "third": {"of": "magnitude", "order_seed": 2},
        "same-order": {"of": "magnitude"},
        "shuffled": {"of": "magnitude", "criterion": "shuffled", "order_seed": 3},
        "rewound": {"of": "magnitude", "kind": "weights", "order_seed": 4},
    }
    planned = Plan(validate({"seeds": [1], "pruning": {"iterations": 1, "series": series}}))
    assert named(planned, 1, "orders") == {
        "again LTH1 - magnitude LTH1 of 1", "third LTH1 - magnitude LTH1 of 1",
        "third LTH1 - again LTH1 of 1", "same-order LTH1 - again LTH1 of 1",
        "same-order LTH1 - third LTH1 of 1",
    }  # fmt: skip


def test_tickets_and_kinds_may_be_chosen():
    chosen = {"kinds": ["control", "previous"], "tickets": [2]}
    planned = plan(behaviour={"paths": chosen})
    assert {(kind, a.k) for kind, a, _ in planned.segments.pairs(2)} == {
        ("control", 2), ("previous", 2),
    }  # fmt: skip
    few = plan(pruning={"iterations": 1})
    assert {a.k for _, a, _ in few.segments.pairs(1)} == {1}
    none = plan(pruning={"iterations": 0})
    assert none.segments.seeds == [2]  # LTH0s of two seeds
    off = plan(behaviour={"paths": {"kinds": []}, "sensitivity": {"sentences": 0}})
    assert off.segments.tables == off.sensitivity.tables == []


def test_a_job_reads_the_tickets_of_its_pairs_once():
    planned = plan()
    job = Wildcards(fromdict={"seed": "2"})
    paths = files_of_seed(planned.segments.tickets, planned.paths.checkpoint)(job)
    settings = planned.segments.settings(job)
    assert len(paths) == len(set(paths)) == len(settings["tickets"])
    ends = {tuple(end) for _, *pair in settings["pairs"] for end in pair}
    assert ends == {tuple(name) for name in settings["tickets"]}
    assert settings["tickets"][0] in ([2, "dense", 0], [1, "dense", 0])


def test_modules_of_lth0_and_of_the_last_tickets():
    planned = plan()
    assert [f"{n.series} {n.label}" for n in planned.sensitivity.tickets(2)] == [
        "dense LTH0", "magnitude LTH9", "random LTH9", "control LTH9",
    ]  # fmt: skip
    listed = plan(behaviour={"sensitivity": {"tickets": [3]}})
    assert {n.k for n in listed.sensitivity.tickets(1)} == {0, 3}
    files = files_of_seed(planned.sensitivity.tickets, f"{planned.paths.mask}.{{split}}")
    found = files(Wildcards(fromdict={"seed": "1", "split": "unseen"}))
    assert found[1] == TicketName(1, "magnitude", 9).fill(planned.paths.mask) + ".unseen"


def external(tmp_path, *names):
    """The plan of tickets trained elsewhere."""
    tickets = []
    for seed, series, k in names:
        path = tmp_path / f"{seed}{series}{k}.pt"
        path.touch()
        tickets.append({"seed": seed, "series": series, "k": k, "checkpoint": str(path)})
    for name in ("dict.en.txt", "dict.de.txt", "codes"):
        (tmp_path / name).touch()
    given = {"data": str(tmp_path), "codes": str(tmp_path / "codes"), "tickets": tickets}
    return Plan(validate({"external_tickets": given}))


def test_of_tickets_trained_elsewhere_the_pairs_that_exist(tmp_path):
    names = [(1, "dense", 0), (1, "mine", 1), (1, "mine", 7), (2, "dense", 0), (2, "mine", 7)]
    planned = external(tmp_path, *names)
    assert named(planned, 1, "previous") == {"mine LTH1 - dense LTH0 of 1"}
    assert named(planned, 1, "control") == named(planned, 1, "orders") == set()
    assert named(planned, 2, "seeds") == {
        "dense LTH0 - dense LTH0 of 1", "mine LTH7 - mine LTH7 of 1",
    }  # fmt: skip
    assert {n.label for n in planned.sensitivity.tickets(1)} == {"LTH0", "LTH7"}
    controlled = external(tmp_path, *names[:3], (1, "control", 7))
    assert named(controlled, 1, "control") == {"mine LTH7 - control LTH7 of 1"}


def test_translated_points_are_points():
    with pytest.raises(InputError, match="4 points at equal distances"):
        plan(behaviour={"paths": {"translated": 4}})
    for translated in (0, 2, 3, 6, 11):
        plan(behaviour={"paths": {"translated": translated}})


def test_a_joined_experiment_has_the_tables_that_its_parts_have():
    assert {"segments.csv", "barriers.csv", "sensitivity.csv"} <= set(
        table_names(Config(), probed=[])
    )
    off = validate({"behaviour": {"paths": {"kinds": []}, "sensitivity": {"sentences": 0}}})
    assert not {"segments.csv", "sensitivity.csv"} & set(table_names(off, probed=[]))
    # Of one seed alone there is no pair of seeds, of two there is.
    pairs = {"behaviour": {"paths": {"kinds": ["seeds"]}}}
    assert "segments.csv" not in table_names(validate(pairs | {"seeds": [1]}), probed=[])
    assert "segments.csv" in table_names(validate(pairs | {"seeds": [1, 2]}), probed=[])


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        ("segments", {"paths": {"points": 21}}),
        ("segments", {"paths": {"sentences": 500}}),
        ("sensitivity", {"sensitivity": {"translated": "all"}}),
    ],
)
def test_more_work_takes_longer(rule, more):
    less, longer = (
        need(Scale(each), rule, {"seed": "2"}).minutes for each in (plan(), plan(behaviour=more))
    )
    assert less < longer
