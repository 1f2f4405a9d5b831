"""The config's section: the paper's defaults, and what single tasks have otherwise."""

import pytest
from pydantic import ValidationError

from tests.conftest import ROOT
from ticketscope.config import load
from ticketscope.probing.settings import Probing
from ticketscope.probing.tasks.registry import TASKS


def test_wmt16_has_the_papers_and_liu_et_als_settings():
    settings = load(ROOT / "config.yaml", ROOT / "config/wmt16.yaml").probing
    pos = settings.recipe_of("POS")
    assert (pos.lr, pos.max_epoch, pos.hidden) == (1e-3, 50, 1024)
    assert (pos.batch_size, pos.patience, pos.replicates) == (80, 3, 1)
    assert settings.recipe_of("Coref").batch_size == 10
    assert {task for task in TASKS if settings.recipe_of(task).replicates == 5} == {
        "PS-Fxn", "PS-Role", "Coref",
    }  # fmt: skip
    assert {task for task in TASKS if settings.recipe_of(task).patience != 3} == {"GED"}
    assert settings.recipe_of("GED").patience == 10


def test_a_users_own_task_takes_the_common_settings():
    settings = Probing(batch_size=7, by_task={"mine": {"patience": 2}})
    assert (settings.recipe_of("mine").batch_size, settings.recipe_of("mine").patience) == (7, 2)


def test_a_task_may_have_a_limit_of_its_own():
    settings = Probing(limit=50, by_task={"Coref": {"limit": 9}, "POS": {"limit": "all"}})
    assert [settings.limit_of(task) for task in ("Coref", "POS", "NER")] == [9, None, 50]


def test_fractions_must_rise():
    with pytest.raises(ValidationError, match="must rise"):
        Probing(fractions=[0.5, 0.25])
