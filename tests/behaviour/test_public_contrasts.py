"""The registry of contrast sets, and what is made of the real files where they are."""

from collections import Counter
from pathlib import Path

import pytest

from ticketscope.behaviour import registry
from ticketscope.behaviour.contrast_items import Contrast, read_contrasts, write_contrasts
from ticketscope.behaviour.contrast_sets import files_of, read_set
from ticketscope.behaviour.german_text import words
from ticketscope.corpus.download import fetch
from ticketscope.probing.tasks.registry import TASKS


def real(name: str, mirror: Path) -> list[Contrast]:
    """The items of a public set, or a skip that names what the mirror lacks."""
    for file in files_of(name).public:
        if not (mirror / file.path).is_file():
            pytest.skip(f"{mirror} has no {file.path}")
    return read_set(name, mirror)


def exchanged(item: Contrast) -> list[tuple[str, str]]:
    """The words in which two translations of equal length differ."""
    old, new = ([word.text for word in words(text)] for text in (item.correct, item.incorrect))
    return [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]


def test_entries_say_licence_citation_address_and_checksum():
    for name, public in registry.registry().items():
        assert public.licence and public.citation, name
        paths = [path for part in public.parts for path in registry.paths(part)]
        assert {file.path for file in public.files()} == set(paths), name
        for file in public.files():
            assert file.url.startswith("https://") and file.sha256 and file.bytes, name
            assert not Path(file.path).is_absolute() and ".." not in file.path
            assert file.member is None and file.column is None  # a part has paths alone


def test_registered_files_of_the_mirror_are_what_the_registry_says(mirror, tmp_path):
    files = {file.path: file for name in registry.registry() for file in files_of(name).public}
    present = [file for path, file in files.items() if (mirror / path).is_file()]
    for file in present:
        assert fetch(file, tmp_path, mirror=mirror).stat().st_size == file.bytes
    assert len(present) >= 21


@pytest.mark.parametrize("name", list(registry.registry()))
def test_items_survive_their_file(mirror, tmp_path, name):
    items = real(name, mirror)
    for item in items:
        assert item.correct != item.incorrect
        assert set(item.tasks) <= set(TASKS)
    write_contrasts(tmp_path / "set.tsv", items)
    assert read_contrasts(tmp_path / "set.tsv") == items


def test_distil_lingeval(mirror):
    items = real("distil_lingeval", mirror)
    assert Counter((item.phenomenon, item.tasks) for item in items) == {
        ("polarity_particle_nicht_del.human", ("EF",)): 2561,
        ("polarity_particle_nicht_del.mt", ("EF",)): 888,
        ("polarity_particle_kein_del.human", ("EF",)): 554,
        ("polarity_affix_del.human", ("EF",)): 408,
        ("clause_omission.human", ()): 1104,
        ("hypercorrect_genitive.mt", ()): 635,
    }
    assert Contrast(
        "No contemporary machine is as universal as the telephone.",
        "Kein modernes Gerät ist so universell einzusetzen wie das Telefon.",
        "Ein modernes Gerät ist so universell einzusetzen wie das Telefon.",
        "polarity_particle_kein_del.human",
        tasks=("EF",),
    ) in items  # fmt: skip
    for item in items:
        if item.phenomenon.startswith("polarity_particle_nicht"):
            old, new = item.correct.lower(), item.incorrect.lower()
            assert old.count("nicht") == new.count("nicht") + 1


def test_distil_lingeval_agreement(mirror):
    """Errors of agreement are in one word: the verb's number, or the gender of an article."""
    items = real("distil_lingeval_agreement", mirror)
    assert Counter((item.phenomenon, item.tasks) for item in items) == {
        ("subj_verb_agreement.mt", ("SynPred", "SynClass")): 6701,
        ("np_agreement.mt", ()): 10595,
    }
    for item in items:
        old, new = item.correct.split(), item.incorrect.split()
        assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_mlt(mirror):
    items = real("mlt", mirror)
    # By reading: each of these words, in its picture, is one thing and not the other.
    assert Counter(pair for item in items for pair in exchanged(item)) == {
        ("Feld", "Wiese"): 11, ("Wiese", "Feld"): 2,
        ("Mütze", "Hut"): 7, ("Hut", "Mütze"): 6,
        ("Mund", "Maul"): 7, ("Maul", "Mund"): 4,
        ("Mantel", "Jacke"): 6, ("Jacke", "Mantel"): 3,
        ("Wand", "Mauer"): 4, ("Mauer", "Wand"): 2,
    }  # fmt: skip
    minority = {"Wiese", "Hut", "Maul", "Jacke", "Mauer"}
    assert all(item.minority == (exchanged(item)[0][0] in minority) for item in items)
    assert Contrast(
        "Man scaling wall with fire in hand",
        "Mann erklettert Mauer mit Feuer in der Hand",
        "Mann erklettert Wand mit Feuer in der Hand",
        "word_sense",
        minority=True,
    ) in items  # fmt: skip


def test_mlt_all(mirror):
    items = real("mlt_all", mirror)
    assert Counter(item.minority for item in items) == {False: 105, True: 51}


def test_mt_geneval(mirror):
    items = real("mt_geneval", mirror)
    assert Counter(item.minority for item in items) == {False: 300, True: 300}


def test_flickr_rules(mirror):
    items = real("flickr_rules", mirror)
    assert Counter(item.phenomenon for item in items) == FLICKR
    for item in items:
        # An article and adjectives change with a person, and nothing else with anything.
        pairs = exchanged(item)
        assert len(pairs) == 1 or item.phenomenon == "person"
        for old, new in pairs:
            assert old[0].isupper() == new[0].isupper()
    assert {(item.phenomenon, item.source, item.incorrect) for item in items} >= EXAMPLES


FLICKR = {"number": 203, "colour": 267, "person": 463, "preposition": 238}

# Of the items that were checked by reading, some.
EXAMPLES = {
    ("number", "Two men wearing hats.", "Vier Männer mit Mützen."),
    ("colour", "Two brown dogs playing in a rough manner.", "Zwei rote Hunde spielen grob "
        "miteinander."),
    ("preposition", "A man walking in front of a colorful wall mural.", "Ein Mann geht auf einem "
        "bunten Wandgemälde vorbei."),
    ("preposition", "Two children are playing on a bicycle.", "Zwei Kinder spielen neben einem "
        "Fahrrad."),
    ("person", "3 boys are standing on a pier in their bathing suits.", "3 Frauen stehen in ihren "
        "Badehosen auf einem Pier."),
    ("person", "A pretty woman plays a harpsichord.", "Ein schöner Junge spielt auf einer Harfe."),
}  # fmt: skip
