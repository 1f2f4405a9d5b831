"""Which tasks are erased, from which tickets."""

import pytest

from ticketscope.config import Config, validate
from ticketscope.errors import InputError
from ticketscope.joined.parts import table_names
from ticketscope.plan.erasure import erased_tasks
from ticketscope.plan.experiment import Plan
from ticketscope.plan.needs import need
from ticketscope.plan.scale import Scale


def plan(**changes) -> Plan:
    return Plan(validate({"seeds": [1]} | changes))


def labels(plan: Plan) -> set[str]:
    return {f"{name.series} {name.label}" for name in plan.erasure.tickets}


def test_by_default_lth0_and_the_last_of_each_series():
    last = Config().pruning.iterations
    planned = plan()
    ends = {f"{series} LTH{last}" for series in ("magnitude", "random", "control")}
    assert labels(planned) == {"dense LTH0"} | ends
    assert planned.erasure.tasks == ["POS", "Chunk", "ST", "PS-Role"]
    assert len(planned.erasure.tables) == len(set(planned.erasure.tables)) == 4
    assert labels(plan(pruning={"iterations": 1})) == {
        "dense LTH0", "magnitude LTH1", "random LTH1", "control LTH1",
    }  # fmt: skip


def test_listed_tickets_that_are_not_probed_are_skipped():
    planned = plan(probing={"tickets": [2, 4]}, behaviour={"erase": {"tickets": [2, 3, 7]}})
    assert {name.k for name in planned.erasure.tickets} == {0, 2}
    planned = plan(probing={"tickets": [2, 4]})
    assert {name.k for name in planned.erasure.tickets} == {0, 4}


def test_tasks_that_are_not_probed_are_skipped_and_of_the_others_each_text_is_read_once():
    planned = plan(probing={"tasks": ["POS", "NER", "ST"], "jobs": "probe"})
    assert planned.erasure.tasks == ["POS", "ST"]
    ticket = planned.erasure.tickets[0]
    words = planned.erasure.words(ticket)
    assert [path.rsplit("/", 1)[1] for path in words] == ["POS.words.npy", "ST.words.npy"]
    assert len(planned.erasure.aligned_texts) == 2 * 2 and len(planned.erasure.instances) == 2 * 3
    assert planned.erasure.texts == [["POS"], ["ST"]]
    assert len(plan().erasure.words(ticket)) == 1


@pytest.mark.parametrize("changes", [{"probing": {"tasks": []}},
                                     {"behaviour": {"erase": {"tasks": []}}}])  # fmt: skip
def test_nothing_is_erased_where_no_task_is(changes):
    planned = plan(**changes)
    assert planned.erasure.tasks == planned.erasure.tickets == planned.erasure.tables == []


@pytest.mark.parametrize(
    ("task", "message"),
    [("Coref", "pairs of words"), ("EF", "numbers"), ("Chnk", "did you mean Chunk?")],
)
def test_tasks_without_classes_of_single_words_are_refused(task, message):
    with pytest.raises(InputError, match=message.replace("?", r"\?")):
        plan(behaviour={"erase": {"tasks": [task]}})


@pytest.mark.parametrize("format", ["conllu-arcs", "conll2012"])
def test_a_task_of_ones_own_is_refused_by_its_format(format):
    own = dict.fromkeys(("train", "dev", "test"), __file__) | {"format": format}
    config = validate(
        {"probing": {"own": {"Mine": own}}, "behaviour": {"erase": {"tasks": ["Mine"]}}}
    )
    with pytest.raises(InputError, match="the labels of Mine are pairs of words"):
        erased_tasks(config, ["Mine"])


def test_a_joined_experiment_has_the_table_if_its_parts_have():
    config = Config()
    assert "erasure.csv" in table_names(config, probed=["POS", "Coref"])
    assert "erasure.csv" not in table_names(config, probed=["Coref"])
    assert erased_tasks(config, ["Coref", "ST"]) == ["ST"]


@pytest.mark.parametrize("fewer", [{"tasks": ["POS"]}, {"draws": 2}])
def test_more_tasks_and_random_subspaces_take_longer(fewer):
    ticket = {"seed": "1", "series": "dense", "k": "0"}
    less, more = (
        need(Scale(plan(behaviour={"erase": erase})), "erase", ticket).minutes
        for erase in (fewer, {})
    )
    assert less < more
