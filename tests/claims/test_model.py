"""claims.yaml as data."""

import pytest
from pydantic import ValidationError

from ticketscope.claims.columns import REFERENCES
from ticketscope.claims.model import Claim, claims
from ticketscope.plan.paper_tickets import stand_in, stands_for

VALID = {
    "id": "one", "section": "3.3", "sentence": "A.", "unit": "BLEU", "statistic": "trend",
    "of": {"quantity": "bleu"},
}  # fmt: skip


def test_each_sentence_is_told_once_and_margins_have_reasons():
    names = [claim.id for claim in claims()]
    assert len(names) == len(set(names)) == len({claim.sentence for claim in claims()}) == 54
    assert all(claim.reason for claim in claims() if claim.margin)
    sections = [claim.section.split(",")[0] for claim in claims()]
    assert sections == sorted(sections)
    assert not {"lth8-with-embeddings", "enc-dec-sparsity", "vo-sparser-size"} & set(names)


def test_claims_about_sparsity_are_asked_at_equal_training():
    for claim in claims():
        about_models = claim.statistic == "level" or claim.of["quantity"] == "sparsity"
        same_training = claim.against == "random" or claim.id == "neurons-not-bimodal"
        assert ("equal_training" in claim.references) != (about_models or same_training), claim.id
        assert claim.references == [name for name in REFERENCES if name in claim.references]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"within": 0.1}, "a margin needs its reason"),
        ({"statistic": "change"}, "change needs a ticket"),
        ({"of": {"quantity": "bleu", "layer": 1}}, "layer"),
        ({"of": {"quantity": "chrf"}}, "chrf"),
        ({"minus": [{"quantity": "score"}]}, "probe"),
        ({"within": 0.1, "negligible": 0.1, "reason": "."}, "leaves no room"),
        ({"verdict": "agrees"}, "verdict"),
    ],
)
def test_a_mistake_in_the_file_is_an_error(change, message):
    Claim.model_validate(VALID)
    with pytest.raises(ValidationError, match=message):
        Claim.model_validate(VALID | change)


def test_the_ticket_that_stands_for_the_papers():
    by_cut = {1: 0.2, 2: 0.36, 7: 0.789, 8: 0.831, 9: 0.865}
    assert [stand_in(k, by_cut) for k in (2, 7, 8)] == [2, 7, 8]
    assert stand_in(8, {1: 0.5, 2: 0.75, 3: 0.84, 4: 0.9}) == 3
    assert stand_in(8, {1: 0.2, 2: 0.36}) == 2  # none is near: the last
    assert stand_in(4, {1: 0.5, 2: 0.75}) == 2
    assert stands_for(7, 0.771) and not stands_for(7, 0.769)  # the paper's: 0.79
    assert stands_for(8, 0.831) and not stands_for(8, 0.79) and not stands_for(10, 0.9)
