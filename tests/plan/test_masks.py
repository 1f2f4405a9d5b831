"""Which masks are compared with which."""

from ticketscope.config import validate
from ticketscope.plan.experiment import Plan
from ticketscope.plan.masks import mask_pairs
from ticketscope.plan.tickets import tickets_of

SERIES = {
    "magnitude": {"criterion": "magnitude"},
    "mine": {"criterion": "magnitude", "scope": "layer"},
    "random": {"criterion": "random"},
    "idle": {"criterion": "none", "order_seed": 1},
    "control": {"criterion": "none"},
}


def plan(**sections) -> Plan:
    return Plan(validate({"experiment": "x", "seeds": [1], **sections}))


def test_seeds_of_a_series_and_series_of_a_seed_at_the_same_iteration_each_pair_once():
    masks = plan(seeds=[3, 1], pruning={"iterations": 2, "series": SERIES}).masks
    expected = {
        frozenset([(seed, series, k), other])
        for seed in (3, 1)
        for series in ("magnitude", "mine", "random")
        for k in (1, 2)
        for other in [
            *((s, series, k) for s in (3, 1) if s != seed),
            *((seed, s, k) for s in ("magnitude", "mine", "random") if s != series),
        ]
    }
    assert {frozenset(pair) for pair in masks.pairs} == expected
    assert len(masks.pairs) == len(expected) == 2 * (3 + 2 * 3)
    # In the order of the tickets: the later one is compared with the earlier one.
    assert ((1, "mine", 2), (3, "mine", 2)) in masks.pairs
    assert ((3, "mine", 1), (3, "magnitude", 1)) in masks.pairs


def test_a_job_reads_the_masks_of_its_pairs_and_nothing_of_unpruned_tickets():
    masks = plan(seeds=[1, 2], pruning={"iterations": 1, "series": SERIES}).masks
    tickets = [tuple(ticket) for ticket in masks.settings["tickets"]]
    assert len(tickets) == len(masks.masks) == len(set(masks.masks)) == 2 * 3
    assert not any("idle" in path or "control" in path or "dense" in path for path in masks.masks)
    assert masks.masks[0] == "results/x/tickets/seed1/magnitude/LTH1/mask.safetensors"
    named = [(tickets[one], tickets[other]) for one, other in masks.settings["pairs"]]
    assert named == masks.pairs


def test_one_series_of_one_seed_has_nothing_to_compare():
    masks = plan(pruning={"series": {"magnitude": SERIES["magnitude"], "random": None}}).masks
    assert masks.pairs == masks.masks == masks.settings["pairs"] == []


def test_tickets_trained_elsewhere_are_compared_where_both_are_given():
    tickets = [
        {"seed": seed, "series": series, "k": k, "checkpoint": f"{seed}{series}{k}.pt"}
        for seed, series, k in [
            (1, "dense", 0), (1, "theirs", 3), (1, "theirs", 8), (1, "ours", 8),
            (2, "dense", 0), (2, "theirs", 8), (2, "ours", 2),
        ]
    ]  # fmt: skip
    external = {"data": "theirs", "codes": "codes", "tickets": tickets}
    config = validate({"seeds": [1, 2], "external_tickets": external})
    assert {frozenset(pair) for pair in mask_pairs(config, tickets_of(config))} == {
        frozenset([(1, "theirs", 8), (1, "ours", 8)]),
        frozenset([(1, "theirs", 8), (2, "theirs", 8)]),
    }
