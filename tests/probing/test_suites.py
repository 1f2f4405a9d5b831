"""Which tasks an experiment probes."""

from pathlib import Path

import pytest

from ticketscope.errors import InputError
from ticketscope.probing.settings import Probing
from ticketscope.probing.suites import plan
from ticketscope.probing.tasks.registry import TASKS


def own(folder: Path, **more: object) -> dict[str, object]:
    for split in ("train", "dev", "test"):
        (folder / f"{split}.conllu").touch()
    files = {split: str(folder / f"{split}.conllu") for split in ("train", "dev", "test")}
    return {"format": "conllu", **files} | more


def test_the_toy_suite_has_all_18_and_the_free_one_upos_too() -> None:
    assert list(plan(Probing()).tasks) == list(TASKS)
    free = plan(Probing(suite="free"))
    assert set(free.tasks) - set(TASKS) == {"UPOS"}
    assert free.tasks["UPOS"].metric == "accuracy" and not free.skipped


def test_a_choice_keeps_its_order_and_own_tasks_come_after_it(tmp_path: Path) -> None:
    mine = own(tmp_path, group="Morphology", metric="accuracy", options={"column": "upos"})
    suite = plan(Probing(tasks=["Coref", "POS"], own={"mine": mine}))
    assert list(suite.tasks) == ["Coref", "POS", "mine"]
    assert suite.tasks["mine"].group == "Morphology"


def test_paper_tasks_without_their_files_are_skipped_and_say_why(tmp_path: Path) -> None:
    nowhere = plan(Probing(suite="paper"))
    assert not nowhere.tasks and list(nowhere.skipped) == list(TASKS)
    assert "probing.folder" in nowhere.skipped["POS"]
    for path in TASKS["NER"].paths().values():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "ccg").mkdir()
    (tmp_path / "ccg/train.txt").touch()
    found = plan(Probing(suite="paper", folder=str(tmp_path)))
    assert list(found.tasks) == ["NER"]
    assert "ccg/dev.txt" in found.skipped["CCG"] and "ccg/train.txt" not in found.skipped["CCG"]


def test_english_tasks_for_another_language_are_refused_unless_asked_for(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"^config error: probing\.tasks: .*reads fr .*\[\]"
    ) as raised:
        plan(Probing(), "fr")
    assert "\n" not in str(raised.value)
    assert len(plan(Probing(other_language=True), "fr").tasks) == len(TASKS)
    assert list(plan(Probing(tasks=[], own={"mine": own(tmp_path)}), "fr").tasks) == ["mine"]
    assert not plan(Probing(tasks=[]), "fr").tasks
    with pytest.raises(InputError, match=r"probing\.own: the name all is taken"):
        plan(Probing(own={"all": own(tmp_path)}))


def test_wrong_names_get_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"unknown task Corefs; did you mean Coref\?"):
        plan(Probing(tasks=["Corefs"]))
    with pytest.raises(
        InputError, match=r"probing\.codelength: unknown task SynPret; did you mean"
    ):
        plan(Probing(codelength=["SynPret"]))
    with pytest.raises(InputError, match=r"probing\.codelength_dense: unknown task SynPret"):
        plan(Probing(codelength_dense=["SynPret"]))
    with pytest.raises(InputError, match=r"probing\.own\.POS: the toy suite has a task"):
        plan(Probing(own={"POS": own(tmp_path)}))
    with pytest.raises(InputError, match=r"own\.mine: unknown format conlu; known are conllx"):
        plan(Probing(own={"mine": own(tmp_path, format="conlu")}))
    with pytest.raises(InputError, match=r"own\.mine: format conllu has no option col; it has"):
        plan(Probing(own={"mine": own(tmp_path, options={"col": "upos"})}))
    missing = own(tmp_path)
    (tmp_path / "dev.conllu").unlink()
    with pytest.raises(InputError, match=r"probing\.own\.mine\.dev: .*dev\.conllu does not exist"):
        plan(Probing(own={"mine": missing}))
