"""The registry of the free suite, against the files of the mirror where there is one."""

from pathlib import Path

import pytest

from ticketscope.corpus.download import fetch
from ticketscope.errors import InputError
from ticketscope.probing.free import archives, sources
from ticketscope.probing.free.names import SOURCES_OF
from ticketscope.probing.free.tasks import FREE_TASKS, find_task
from ticketscope.probing.tasks.registry import TASKS


def test_every_source_says_licence_citation_and_public_address():
    for name, source in sources.registry().items():
        assert source.licence and source.citation and source.changes, name
        assert source.terms.startswith("https://"), name
        for file in source.files.values():
            assert file.url.startswith("https://"), name
            assert not Path(file.path).is_absolute() and ".." not in file.path
            assert bool(file.pattern) == bool(file.contents), name
            # but for the one that was rebuilt
            known = file.sha256 or file.contents
            assert known or file.path == "streusle/streusle.ud_train.json", name


def test_the_suite_has_the_18_tasks_and_upos():
    assert set(FREE_TASKS) == set(SOURCES_OF) == {*TASKS, "UPOS"}
    assert {source for names in SOURCES_OF.values() for source in names} == set(sources.registry())
    for task in FREE_TASKS.values():
        assert task.relation in (
            "substitute", "close substitute", "own data", "own data, later release",
            "own data but for dev",
        )  # fmt: skip


def test_files_of_the_mirror_are_what_the_registry_says(mirror, tmp_path):
    seen = 0
    for source in sources.registry().values():
        for file in source.files.values():
            if (mirror / file.path).is_file():
                path = fetch(file, tmp_path, mirror=mirror)
                assert file.bytes in (None, path.stat().st_size)
                if file.contents:
                    archives.members(path, file)
                seen += 1
    assert seen == 16 + (mirror / sources.find("decomp").file("all").path).is_file()


def test_a_licence_file_names_source_terms_and_changes():
    text = sources.licence_text(("propbank", "ud_ewt"))
    for part in ("propbank\n", "ud_ewt\n", "CC BY-SA 4.0", "Pradhan et al. 2022", "Changes: trees"):
        assert part in text
    assert "Permission is hereby granted" in sources.licence_text(("wescience",))


def test_unknown_names_are_met_with_what_there_is():
    with pytest.raises(InputError, match="suite wikigolf; did you mean wikigold"):
        sources.find("wikigolf")
    with pytest.raises(InputError, match="unknown task Poss of the free suite; known: POS, UPOS"):
        find_task("Poss")
    with pytest.raises(InputError, match="no file dev; it has all"):
        sources.find("wikigold").file("dev")
