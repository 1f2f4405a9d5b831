"""German facts, checked on sentences built by hand: case, declension, verb position, senses."""

import ast
from itertools import combinations
from pathlib import Path

import pytest

from ticketscope.corpus.grammar import lexicon
from ticketscope.corpus.grammar.derivation import derive
from ticketscope.corpus.grammar.german import clauses as german
from ticketscope.corpus.grammar.german.morphology import CASES, german_verb
from ticketscope.corpus.grammar.lexicon import ADJECTIVES, NOUNS, VERBS, Adjective, Noun, Verb
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase, Sentence, Time


def noun(german_word: str) -> Noun:
    return next(n for nouns in NOUNS.values() for n in nouns if n.german.word == german_word)


def verb(frame: str, infinitive: str) -> Verb:
    return next(v for v in VERBS[frame] if v.german.full_infinitive == infinitive)


def adjective(english: str) -> Adjective:
    return next(a for a in ADJECTIVES if a.english == english)


def np(german_word: str, det: str = "the", *adjectives: str, number: str = "sg") -> Phrase:
    word = noun(german_word)
    described = [(None, adjective(name)) for name in adjectives]
    return Phrase(word, number, det, adjectives=described, sex=word.sex)


def pair(*clauses: Clause) -> tuple[str, str]:
    derivation = derive(Sentence(list(clauses)), ())
    return derivation.english, derivation.german


@pytest.mark.parametrize(
    ("det", "case", "expected"),
    [
        ("the", "nom", "der alte Hund"),
        ("the", "acc", "den alten Hund"),
        ("the", "dat", "dem alten Hund"),
        ("the", "gen", "des alten Hundes"),
        ("a", "nom", "ein alter Hund"),
        ("a", "acc", "einen alten Hund"),
        ("a", "dat", "einem alten Hund"),
        ("no", "gen", "keines alten Hundes"),
        ("this", "dat", "diesem alten Hund"),
        ("every", "nom", "jeder alte Hund"),
    ],
)
def test_masculine_declension(det: str, case: str, expected: str) -> None:
    assert " ".join(german.noun_phrase(np("Hund", det, "old"), case)) == expected


@pytest.mark.parametrize(
    ("word", "det", "case", "number", "expected"),
    [
        ("Kuh", "a", "dat", "sg", "einer alten Kuh"),
        ("Kuh", "the", "gen", "sg", "der alten Kuh"),
        ("Haus", "a", "nom", "sg", "ein altes Haus"),
        ("Haus", "the", "gen", "sg", "des alten Hauses"),
        ("Wein", "bare", "dat", "sg", "altem Wein"),
        ("Milch", "bare", "dat", "sg", "alter Milch"),
        ("Haus", "the", "dat", "pl", "den alten Häusern"),
        ("Haus", "many", "gen", "pl", "vieler alter Häuser"),
        ("Auto", "all", "dat", "pl", "allen alten Autos"),
        ("Kind", "some", "nom", "pl", "einige alte Kinder"),
        ("Bauer", "a", "acc", "sg", "einen alten Bauern"),
        ("Student", "the", "gen", "sg", "des alten Studenten"),
        ("Geheimnis", "the", "gen", "sg", "des alten Geheimnisses"),
    ],
)
def test_other_declensions(word: str, det: str, case: str, number: str, expected: str) -> None:
    phrase = np(word, det, "old", number=number)
    assert " ".join(german.noun_phrase(phrase, case)) == expected


def test_adjective_stems_that_change() -> None:
    tower = np("Turm", "the", "high")
    assert " ".join(german.noun_phrase(tower, "nom")) == "der hohe Turm"
    car = np("Auto", "a", "expensive")
    assert " ".join(german.noun_phrase(car, "nom")) == "ein teures Auto"


def test_separable_verb_leaves_its_prefix_at_the_end_of_a_main_clause() -> None:
    clause = Clause(verb("t", "anrufen"), np("Arzt"), obj=np("Frau"))
    assert pair(clause) == ("The doctor called the woman.", "Der Arzt rief die Frau an.")
    clause.tense = "perf"
    assert pair(clause)[1] == "Der Arzt hat die Frau angerufen."
    report = Clause(verb("s", "wissen"), np("Kind"), complement=clause)
    clause.tense = "past"
    assert pair(report) == (
        "The child knew that the doctor called the woman.",
        "Das Kind wusste, dass der Arzt die Frau anrief.",
    )
    plan = Clause(verb("z", "versuchen"), subject := np("Arzt"), complement=clause, tense="pres")
    clause.subject = subject
    assert pair(plan) == (
        "The doctor tries to call the woman.",
        "Der Arzt versucht, die Frau anzurufen.",
    )


def test_verb_second_after_a_fronted_time() -> None:
    time = Time("yesterday")
    clause = Clause(verb("t", "kaufen"), np("Bauer"), obj=np("Kuh", "a"), time=time)
    assert pair(clause)[1] == "Der Bauer kaufte gestern eine Kuh."
    clause.fronted = "time"
    assert pair(clause) == (
        "Yesterday the farmer bought a cow.",
        "Gestern kaufte der Bauer eine Kuh.",
    )


def test_subordinate_clause_is_verb_final_and_inverts_the_main_clause() -> None:
    sub = Clause(verb("t", "kaufen"), np("Bauer"), "plup", obj=np("Kuh"))
    main = Clause(verb("i", "schlafen"), np("Hund"), sub=("after", sub))
    assert pair(main)[1] == "Der Hund schlief, nachdem der Bauer die Kuh gekauft hatte."
    main.fronted = "sub"
    assert pair(main) == (
        "After the farmer had bought the cow, the dog slept.",
        "Nachdem der Bauer die Kuh gekauft hatte, schlief der Hund.",
    )


@pytest.mark.parametrize(
    ("modal", "negated", "english", "translation"),
    [
        ("must", False, "The child must read the book.", "Das Kind muss das Buch lesen."),
        ("must", True, "The child must not read the book.", "Das Kind darf das Buch nicht lesen."),
        ("may", False, "The child may read the book.", "Das Kind darf das Buch lesen."),
        ("want", True, "The child does not want to read the book.",
         "Das Kind will das Buch nicht lesen."),
    ],
)  # fmt: skip
def test_modals(modal: str, negated: bool, english: str, translation: str) -> None:
    clause = Clause(verb("t", "lesen"), np("Kind"), "pres", modal=modal, negated=negated)
    clause.obj = np("Buch")
    assert pair(clause) == (english, translation)


def test_negation_is_kein_before_an_indefinite_object_and_nicht_otherwise() -> None:
    clause = Clause(verb("t", "kaufen"), np("Bauer"), negated=True, obj=np("Auto", "a"))
    assert pair(clause) == ("The farmer did not buy a car.", "Der Bauer kaufte kein Auto.")
    clause.obj = np("Auto", "this")
    assert pair(clause)[1] == "Der Bauer kaufte dieses Auto nicht."


def test_dative_verbs_and_two_objects() -> None:
    thanked = Clause(verb("d", "helfen"), np("Mann"), obj=np("Nachbar", "a", "old"))
    assert pair(thanked)[1] == "Der Mann half einem alten Nachbarn."
    gave = Clause(verb("dt", "geben"), np("Frau"), obj=np("Buch"), iobj=np("Kind", number="pl"))
    assert pair(gave) == (
        "The woman gave the children the book.",
        "Die Frau gab den Kindern das Buch.",
    )
    gave.recipient_last = True
    assert pair(gave)[0] == "The woman gave the book to the children."


def test_passive() -> None:
    clause = Clause(verb("t", "kaufen"), np("Bauer"), "perf", passive=True, agent=True)
    clause.obj = np("Kuh")
    assert pair(clause) == (
        "The cow has been bought by the farmer.",
        "Die Kuh ist vom Bauern gekauft worden.",
    )


@pytest.mark.parametrize(
    ("word", "english", "translation"),
    [
        ("Hund", "The dog that the man bought slept.", "Der Hund, den der Mann kaufte, schlief."),
        ("Kuh", "The cow that the man bought slept.", "Die Kuh, die der Mann kaufte, schlief."),
        ("Huhn", "The chicken that the man bought slept.",
         "Das Huhn, das der Mann kaufte, schlief."),
    ],
)  # fmt: skip
def test_relative_pronoun_has_the_gender_of_its_noun(
    word: str, english: str, translation: str
) -> None:
    head = np(word)
    head.relative = Clause(verb("t", "kaufen"), np("Mann"), obj=head, gap="obj")
    assert pair(Clause(verb("i", "schlafen"), head)) == (english, translation)


def test_relative_pronoun_has_the_case_of_its_gap() -> None:
    head = np("Mann")
    head.relative = Clause(verb("d", "helfen"), np("Kind"), obj=head, gap="obj")
    assert pair(Clause(verb("i", "schlafen"), head))[1] == "Der Mann, dem das Kind half, schlief."
    head.relative = Clause(verb("p", "warten"), np("Kind"), prep_obj=head, gap="prep_obj")
    assert pair(Clause(verb("i", "schlafen"), head)) == (
        "The man for whom the child waited slept.",
        "Der Mann, auf den das Kind wartete, schlief.",
    )
    owned = np("Hund", "bare", "old")
    head.relative = Clause(verb("i", "bellen"), owned, gap="possessor")
    assert pair(Clause(verb("i", "schlafen"), head)) == (
        "The man whose old dog barked slept.",
        "Der Mann, dessen alter Hund bellte, schlief.",
    )


def test_two_way_prepositions() -> None:
    lies = Clause(verb("l", "liegen"), np("Buch"))
    lies.place = Adjunct("on", np("Tisch"))
    assert pair(lies)[1] == "Das Buch lag auf dem Tisch."
    puts = Clause(verb("pl", "legen"), np("Kind"), obj=np("Buch"))
    puts.place = Adjunct("on", np("Tisch"), directed=True)
    assert pair(puts)[1] == "Das Kind legte das Buch auf den Tisch."


def test_contraction_gives_way_to_a_relative_clause() -> None:
    place = Adjunct("location", np("Haus"))
    clause = Clause(verb("i", "schlafen"), np("Kind"), adjuncts=[place])
    assert pair(clause)[1] == "Das Kind schlief im Haus."
    place.phrase.relative = Clause(verb("i", "brennen"), place.phrase, gap="subject")
    assert pair(clause)[1] == "Das Kind schlief in dem Haus, das brannte."


@pytest.mark.parametrize(
    ("word", "pronoun"), [("Schlüssel", "Er"), ("Uhr", "Sie"), ("Buch", "Es"), ("Mädchen", "Sie")]
)
def test_pronoun_takes_the_gender_of_its_antecedent(word: str, pronoun: str) -> None:
    first = Clause(verb("t", "finden"), np("Mann"), obj=np(word))
    second = Clause(None, Phrase(antecedent=first.obj), predicate=adjective("old"))
    english, translation = pair(first, second)
    assert translation.split(". ")[1] == f"{pronoun} war alt."
    assert english.split(". ")[1] == ("She was old." if word == "Mädchen" else "It was old.")


def test_she_makes_the_teacher_a_lehrerin() -> None:
    teacher = np("Lehrer")
    keys = Phrase(noun("Schlüssel"), det="poss", possessor=Phrase(antecedent=teacher))
    clause = Clause(verb("t", "verlieren"), teacher, obj=keys)
    teacher.sex = "m"
    assert pair(clause) == ("The teacher lost his key.", "Der Lehrer verlor seinen Schlüssel.")
    teacher.sex = "f"
    assert pair(clause) == ("The teacher lost her key.", "Die Lehrerin verlor ihren Schlüssel.")


def test_english_two_word_compounds_are_one_german_word() -> None:
    door = Phrase(lexicon.compound("kitchen", noun("Tür")))
    clause = Clause(verb("t", "öffnen"), np("Kind"), obj=door)
    assert pair(clause) == (
        "The child opened the kitchen door.",
        "Das Kind öffnete die Küchentür.",
    )


def test_one_english_verb_two_german_ones() -> None:
    man = Clause(verb("t", "essen"), np("Mann"), obj=np("Brot"))
    dog = Clause(verb("t", "fressen"), np("Hund"), obj=np("Brot"))
    assert pair(man) == ("The man ate the bread.", "Der Mann aß das Brot.")
    assert pair(dog) == ("The dog ate the bread.", "Der Hund fraß das Brot.")


def test_instrument_goes_before_an_indefinite_object_and_after_a_definite_one() -> None:
    knife = Adjunct("instrument", np("Messer"))
    clause = Clause(verb("t", "schneiden"), np("Koch"), obj=np("Brot"), adjuncts=[knife])
    assert pair(clause)[1] == "Der Koch schnitt das Brot mit dem Messer."
    clause.obj = np("Brot", "a")
    assert pair(clause)[1] == "Der Koch schnitt mit dem Messer ein Brot."


@pytest.mark.parametrize(
    ("table_entry", "participle", "infinitive_with_zu"),
    [
        ("untersuchen", "untersucht", "zu untersuchen"),
        ("an+rufen,ruft,rief,gerufen", "angerufen", "anzurufen"),
        ("vor+bereiten", "vorbereitet", "vorzubereiten"),
        ("öffnen", "geöffnet", "zu öffnen"),
        ("reparieren", "repariert", "zu reparieren"),
        ("bellen", "gebellt", "zu bellen"),
        ("lächeln", "gelächelt", "zu lächeln"),
    ],
)
def test_participles(table_entry: str, participle: str, infinitive_with_zu: str) -> None:
    parsed = german_verb(table_entry)
    assert (parsed.participle, parsed.zu) == (participle, infinitive_with_zu)


def test_homographs_in_one_frame_differ_in_their_classes() -> None:
    """Subject or object class always tells which German verb an English one is."""
    for verbs in VERBS.values():
        for a, b in combinations(verbs, 2):
            if a.name == b.name and a.german != b.german:
                shared = set(a.object) & set(b.object) or not (a.object or b.object)
                assert not (shared and set(a.subject) & set(b.subject)), a.name


def test_spec_and_sampler_hold_no_german() -> None:
    """Nothing there reads the German half of an entry, or names a case."""
    package = Path(lexicon.__file__).parent
    for path in (package / "spec.py", *package.glob("sampler/*.py")):
        names: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names |= {str(getattr(node, name, "")) for name in ("attr", "id", "arg", "module")}
            if isinstance(node, ast.Constant):
                names |= {str(node.value)} & set(CASES)
        assert not [name for name in names if "german" in name or name in CASES], path
