"""Rule-made errors, checked by hand: what is exchanged, for what, and what is left alone."""

import subprocess
import sys

import pytest

from ticketscope.behaviour import rule_contrasts
from ticketscope.behaviour.german_text import words
from ticketscope.behaviour.person_contrasts import person_errors


def possible(phenomenon: str, english: str, german: str) -> set[str]:
    """All errors that may be drawn of a phenomenon."""
    (errors,) = [find for name, find, _ in rule_contrasts._PHENOMENA if name == phenomenon]
    return {wrong for place in errors(english, german) for wrong in place}


def test_a_number_is_exchanged_for_another_one():
    errors = possible("number", "Two dogs and six cats.", "Zwei Hunde und sechs Katzen.")
    # Neither of the two numbers of the sentence stands for the other.
    assert len(errors) == 14
    assert {"Drei Hunde und sechs Katzen.", "Zwei Hunde und zehn Katzen."} <= errors
    assert "Sechs Hunde und sechs Katzen." not in errors
    # Nor does one that the German has of its own.
    errors = possible("number", "Two dogs, some cats.", "Zwei Hunde, drei Katzen.")
    assert len(errors) == 7 and "Drei Hunde, drei Katzen." not in errors


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("A pair of dogs.", "Zwei Hunde."),  # the source does not say `two`
        ("Two dogs.", "Zwei Hunde mit zwei Bällen."),  # nor as often as the translation
        ("Two dogs.", "Zweier Hunde."),
        ("One dog.", "Ein Hund."),
        ("A two-seater.", "Ein Zweisitzer, zwei."),
    ],
)
def test_a_number_that_is_no_translation_stays(english, german):
    assert possible("number", english, german) == set()


@pytest.mark.parametrize(
    ("english", "german", "expected"),
    [
        ("a red hat", "ein roter Hut", "ein blauer Hut"),
        ("a red car", "mit rotem Auto", "mit blauem Auto"),
        ("dressed in red", "in Rot gekleidet", "in Blau gekleidet"),
        ("Red flowers", "Rote Blumen", "Blaue Blumen"),
        ("a grey cat", "eine graue Katze", "eine rote Katze"),
        ("The wall is white.", "Die Wand ist weiß.", "Die Wand ist rot."),
    ],
)
def test_a_colour_keeps_its_ending_and_its_case(english, german, expected):
    errors = possible("colour", english, german)
    assert expected in errors
    assert len(errors) == 7


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("a red-white flag", "eine rot-weiße Fahne"),
        ("He knows red.", "Er weiß rotes."),  # two colours by their forms, of which one is known
        ("a purple hat", "ein roter Hut"),
    ],
)
def test_a_colour_that_is_no_translation_stays(english, german):
    assert all("weiß" in wrong for wrong in possible("colour", english, german))


def test_an_exchange_brings_no_colour_that_is_there_already():
    errors = possible("colour", "A red and a blue hat.", "Ein roter und ein blauer Hut.")
    assert "Ein blauer und ein blauer Hut." not in errors
    assert len(errors) == 12


def test_a_preposition_stays_in_its_group_of_case():
    errors = possible("preposition", "A cat on a table.", "Eine Katze auf einem Tisch.")
    assert errors == {
        f"Eine Katze {word} einem Tisch." for word in ("unter", "über", "vor", "hinter", "neben")
    }
    assert "Er springt unter das Seil." in possible(
        "preposition", "He jumps over the rope.", "Er springt über das Seil."
    )


def test_a_contracted_preposition_is_written_out():
    errors = possible("preposition", "under the bed", "Sie liegt unterm Bett.")
    assert "Sie liegt hinter dem Bett." in errors
    assert "Sie steigt über das Pferd." in possible(
        "preposition", "She climbs on the horse.", "Sie steigt aufs Pferd."
    )


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("He goes on and stands up.", "Er steht auf."),  # a verb particle
        ("He waits for the bus.", "Er wartet auf den Bus."),
        ("On a table on the grass.", "Auf einem Tisch im Gras."),
        ("A cat in the house.", "Eine Katze im Haus."),
    ],
)
def test_a_preposition_that_is_no_translation_stays(english, german):
    assert possible("preposition", english, german) == set()


@pytest.mark.parametrize(
    ("english", "german", "expected"),
    [
        ("A man sings.", "Ein Mann singt.",
            {"Eine Frau singt.", "Ein Junge singt.", "Ein Mädchen singt."}),
        ("An old woman sings.", "Eine alte Frau singt.",
            {"Ein alter Mann singt.", "Ein alter Junge singt.", "Ein altes Mädchen singt."}),
        ("The dog sees a young man.", "Der Hund sieht einen jungen Mann.",
            {"Der Hund sieht eine junge Frau.", "Der Hund sieht einen jungen Jungen.",
             "Der Hund sieht ein junges Mädchen."}),
        ("A dog with a boy.", "Ein Hund mit einem Jungen.",
            {"Ein Hund mit einem Mann.", "Ein Hund mit einer Frau.",
             "Ein Hund mit einem Mädchen."}),
        ("A dog beside the woman.", "Ein Hund neben der Frau.",
            {"Ein Hund neben dem Mann.", "Ein Hund neben dem Jungen.",
             "Ein Hund neben dem Mädchen."}),
        ("The hat of a man.", "Der Hut eines Mannes.",
            {"Der Hut einer Frau.", "Der Hut eines Jungen.", "Der Hut eines Mädchens."}),
        ("Man on a horse.", "Mann auf einem Pferd.",
            {"Frau auf einem Pferd.", "Junge auf einem Pferd.", "Mädchen auf einem Pferd."}),
        # The case is not certain, but a girl's article is the same in both.
        ("A dog and a woman.", "Ein Hund und eine Frau.", {"Ein Hund und ein Mädchen."}),
        ("Two young men.", "Zwei junge Männer.",
            {"Zwei junge Frauen.", "Zwei junge Jungen.", "Zwei junge Mädchen.",
             "Zwei junge Kinder."}),
        ("A dog with men.", "Ein Hund mit Männern.",
            {"Ein Hund mit Frauen.", "Ein Hund mit Jungen.", "Ein Hund mit Mädchen.",
             "Ein Hund mit Kindern."}),
        ("Boys play.", "Jungen spielen.", {"Frauen spielen.", "Mädchen spielen."}),
    ],
)  # fmt: skip
def test_a_person_is_exchanged_with_what_agrees(english, german, expected):
    errors = {wrong for place in person_errors(english, german) for wrong in place}
    assert errors == expected


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("A woman who sings.", "Eine Frau, die singt."),
        ("A man with his dog.", "Ein Mann mit seinem Hund."),
        ("A lady sings.", "Eine Frau sings."),
        ("A man, a woman, a boy, a girl.", "Ein Mann, eine Frau, ein Junge, ein Mädchen."),
        ("A man and a man.", "Ein Mann und Herr."),
        ("One of the women.", "Eine der Frauen."),
        ("A girl and girls.", "Ein Mädchen und Leute."),
        ("A dog and the boys.", "Ein Hund und eine Frau."),
        ("The coat of the woman", "Ein Mantel der Frau"),  # dative or genitive
    ],
)
def test_a_person_is_left_alone(english, german):
    errors = {wrong for place in person_errors(english, german) for wrong in place}
    assert errors == set()


def test_a_sentence_has_at_most_one_item_of_each_phenomenon():
    english = ["Two men in red hats on a red bench beside two dogs."]
    german = ["Zwei Männer in roten Hüten auf einer roten Bank neben zwei Hunden."]
    items = rule_contrasts.make_contrasts(english, german)
    assert [item.phenomenon for item in items] == ["number", "colour", "person", "preposition"]
    for item in items:
        old, new = ([word.text for word in words(text)] for text in (item.correct, item.incorrect))
        assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_what_is_drawn_is_the_same_in_every_process():
    english, german = "Two red hats.", "Zwei rote Hüte."
    command = (
        "from ticketscope.behaviour.rule_contrasts import make_contrasts;"
        f"print([i.incorrect for i in make_contrasts([{english!r}], [{german!r}])])"
    )
    here = [item.incorrect for item in rule_contrasts.make_contrasts([english], [german])]
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(here)
