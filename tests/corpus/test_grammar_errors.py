"""The errors of each phenomenon, in sentences by hand: what is wrong German, and what is not."""

import pytest

from tests.corpus.test_grammar_german import adjective, noun, np, verb
from ticketscope.corpus.grammar.contrasts import PHENOMENA
from ticketscope.corpus.grammar.contrasts.line import Line
from ticketscope.corpus.grammar.derivation import derive
from ticketscope.corpus.grammar.german.clauses import realise
from ticketscope.corpus.grammar.lexicon import VERBS, Name
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase, Sentence, Time


def wrong(phenomenon: str, *clauses: Clause) -> set[str]:
    """All that the phenomenon makes of a sentence, but for what is right after all."""
    sentence = Sentence(list(clauses))
    right = realise(sentence)
    made = {error.german() for error in PHENOMENA[phenomenon].errors(Line(sentence))}
    assert realise(sentence) == right
    return made - {right}


def test_the_pronoun_of_another_thing_but_not_of_a_person() -> None:
    first = Clause(verb("pl", "legen"), np("Frau"), obj=np("Buch"))
    first.place = Adjunct("on", np("Tisch"), directed=True)
    second = Clause(None, Phrase(antecedent=first.obj), predicate=adjective("old"))
    start = "Die Frau legte das Buch auf den Tisch."
    assert wrong("pronoun", first, second) == {f"{start} Er war alt."}
    second.compared = np("Uhr")  # what it is compared with is something else
    assert wrong("pronoun", first, second) == {f"{start} Er war älter als die Uhr."}
    second.subject = Phrase(antecedent=first.subject)
    assert wrong("pronoun", first, second) == set()  # she is sie


def test_the_possessive_of_another_owner() -> None:
    firm = np("Firma")
    ring = Phrase(noun("Ring"), det="poss", possessor=Phrase(antecedent=firm))
    clause = Clause(verb("t", "verkaufen"), firm, obj=ring, adjuncts=[Adjunct("at", np("Fest"))])
    assert wrong("possessive", clause) == {"Die Firma verkaufte seinen Ring auf dem Fest."}
    clause.adjuncts = [Adjunct("at", np("Feier"))]
    assert wrong("possessive", clause) == set()


def test_the_case_of_the_other_use_where_english_tells_which_it_is() -> None:
    lies = Clause(verb("l", "liegen"), np("Buch"), place=Adjunct("behind", np("Tisch")))
    assert wrong("two-way-case", lies) == {"Das Buch lag hinter den Tisch."}
    goes = Clause(verb("m", "gehen"), np("Mann"), place=Adjunct("location", np("Haus"), True))
    assert wrong("two-way-case", goes) == {"Der Mann ging im Haus."}
    goes.place = Adjunct("behind", np("Haus"), True)
    assert wrong("two-way-case", goes) == set()  # went behind the house: also where he was going
    goes.place = Adjunct("location", Phrase(name=Name(("London",), "city")), True)
    assert wrong("two-way-case", goes) == set()


def test_with_belongs_to_the_object_or_to_the_verb() -> None:
    man = np("Mann", "a")
    man.attribute = Adjunct("characteristic", np("Bart", "a"))
    sees = Clause(verb("t", "sehen"), np("Frau"), obj=man)
    assert wrong("attachment", sees) == {"Die Frau sah mit einem Bart einen Mann."}
    man.det = "the"
    assert wrong("attachment", sees) == set()  # the same words either way
    sees.negated = True
    assert wrong("attachment", sees) == {"Die Frau sah den Mann nicht mit einem Bart."}
    man.attribute, sees.adjuncts = None, [Adjunct("instrument", np("Fernrohr"))]
    assert wrong("attachment", sees) == {"Die Frau sah den Mann mit dem Fernrohr nicht."}
    man.det, sees.negated = "a", False
    assert wrong("attachment", sees) == set()  # sah einen Mann mit dem Fernrohr is good German


def test_the_literal_preposition() -> None:
    waits = Clause(verb("p", "warten"), np("Mann"), prep_obj=np("Bus"))
    assert wrong("governed-preposition", waits) == {"Der Mann wartete für den Bus."}
    depends = Clause(verb("p", "abhängen"), np("Firma"), prep_obj=np("Plan"))
    assert wrong("governed-preposition", depends) == {"Die Firma hing auf dem Plan ab."}
    talks = Clause(verb("p", "sprechen"), np("Mann"), prep_obj=np("Plan"))
    assert wrong("governed-preposition", talks) == set()  # about is über
    relies = Clause(verb("p", "verlassen"), np("Mann"), prep_obj=np("Plan"))
    assert wrong("governed-preposition", relies) == set()  # on is auf; its case is another matter
    applies = Clause(verb("p", "bewerben"), np("Mann"), prep_obj=np("Gehalt"))
    assert wrong("governed-preposition", applies) == set()  # sich bewerben für: good German


def test_negation() -> None:
    buys = Clause(verb("t", "kaufen"), np("Bauer"), obj=np("Auto", "a"))
    assert wrong("negation-inserted", buys) == {"Der Bauer kaufte kein Auto."}
    assert wrong("negation-deleted", buys) == set()
    buys.negated = True
    assert wrong("negation-deleted", buys) == {"Der Bauer kaufte ein Auto."}
    assert wrong("negation-inserted", buys) == set()
    buys.tense, buys.modal = "pres", "must"  # darf kein, muss ein: another modal verb too
    assert wrong("negation-deleted", buys) == set()


def test_who_does_what() -> None:
    dogs = np("Hund", number="pl")
    sees = Clause(verb("t", "sehen"), dogs, obj=np("Katze"))
    assert wrong("roles", sees) == {"Die Katze sah die Hunde."}
    sees.obj = np("Auto")
    assert wrong("roles", sees) == set()  # a car sees nothing
    sees.subject, sees.obj = np("Kuh"), np("Katze")
    assert wrong("roles", sees) == set()  # die Katze sah die Kuh: the cow may have seen
    sees.passive = sees.agent = True
    assert wrong("roles", sees) == {"Die Kuh wurde von der Katze gesehen."}
    man = np("Mann")
    assert wrong("roles", Clause(verb("t", "treffen"), man, obj=np("Frau"))) == set()
    sleeps = Clause(verb("i", "schlafen"), man)
    sleeps.shared = Clause(verb("t", "sehen"), man, obj=np("Frau"))
    assert wrong("roles", sleeps) == set()


def test_the_verb_that_another_subject_or_object_selects() -> None:
    eats = Clause(verb("t", "fressen"), np("Hund"), obj=np("Brot"))
    assert wrong("selected-verb", eats) == {"Der Hund aß das Brot."}
    puts = Clause(verb("pl", "stellen"), np("Mann"), obj=np("Stuhl"))
    puts.place = Adjunct("on", np("Tisch"), directed=True)
    assert wrong("selected-verb", puts) == {"Der Mann legte den Stuhl auf den Tisch."}
    assert wrong("selected-verb", Clause(verb("t", "mieten"), np("Mann"), obj=np("Haus"))) == set()


def test_the_other_noun() -> None:
    board = np("Vorstand", "a", "old")
    buys = Clause(verb("t", "kaufen"), board, obj=np("Bild"))
    assert wrong("lexical", buys) == {"Ein altes Brett kaufte das Bild."}
    waits = Clause(verb("p", "warten"), np("Mann"), prep_obj=np("Feier"))
    assert wrong("lexical", waits) == set()  # who knows what he waits for
    assert wrong("lexical", Clause(None, np("Feier"), predicate=adjective("big"))) == set()
    laughs = Clause(verb("i", "lachen"), np("Mann"), adjuncts=[Adjunct("cause", np("Feier"))])
    assert wrong("lexical", laughs) == set()
    laughs.adjuncts = [Adjunct("during", np("Feier"))]
    assert wrong("lexical", laughs) == {"Der Mann lachte während der Partei."}


def test_articles_of_another_gender() -> None:
    sees = Clause(verb("t", "sehen"), np("Kuh", "a", "old"), obj=np("Pferd"))
    assert wrong("article-gender", sees) == {
        "Ein alter Kuh sah das Pferd.",
        "Ein altes Kuh sah das Pferd.",
        "Eine alte Kuh sah den Pferd.",
        "Eine alte Kuh sah die Pferd.",
    }
    second = Clause(None, Phrase(antecedent=sees.subject), predicate=adjective("old"))
    assert wrong("article-gender", sees, second) == {
        "Eine alte Kuh sah den Pferd. Sie war alt.",
        "Eine alte Kuh sah die Pferd. Sie war alt.",
    }
    teacher = Clause(verb("i", "schlafen"), np("Lehrer"))
    assert wrong("article-gender", teacher) == {"Das Lehrer schlief."}  # die Lehrer are several


def test_the_verb_in_the_other_number() -> None:
    sleeps = Clause(verb("i", "schlafen"), np("Hund"), "pres")
    assert wrong("verb-number", sleeps) == {"Der Hund schlafen."}
    sleeps.subject = np("Hund", number="pl")
    assert wrong("verb-number", sleeps) == {"Die Hunde schläft."}
    sleeps.subject = Phrase(speaker="1pl")
    assert wrong("verb-number", sleeps) == {"Wir schlafe."}
    assert wrong("verb-number", Clause(None, np("Hund"), predicate=adjective("old"))) == {
        "Der Hund waren alt."
    }
    sleeps.tense = "perf"
    assert wrong("verb-number", sleeps) == set()


def test_another_prefix_where_it_stands_alone() -> None:
    turns = Clause(verb("t", "ausschalten"), np("Mann"), obj=np("Lampe"))
    made = wrong("particle", turns)
    assert {"Der Mann schaltete die Lampe ein.", "Der Mann schaltete die Lampe an."} <= made
    assert "Der Mann schaltete die Lampe ab." not in made  # means the same
    turns.tense = "perf"
    assert wrong("particle", turns) == set()
    says = Clause(verb("s", "sagen"), np("Frau"), complement=turns)
    turns.tense = "past"
    assert wrong("particle", says) == set()


def test_the_place_of_the_finite_verb() -> None:
    sleeps = Clause(verb("i", "schlafen"), np("Hund"), time=Time("today"))
    assert wrong("verb-second", sleeps) == set()
    sleeps.fronted = "time"
    assert wrong("verb-second", sleeps) == {"Heute der Hund schlief."}
    reads = Clause(verb("t", "vorbereiten"), np("Mann"), obj=np("Fest"))
    says = Clause(verb("s", "sagen"), np("Frau"), complement=reads)
    assert wrong("verb-second", says) == {"Die Frau sagte, dass der Mann bereitete das Fest vor."}
    laughs = Clause(verb("i", "lachen"), np("Mann"), sub=("while", reads))
    laughs.fronted = "sub"
    assert wrong("verb-second", laughs) == {
        "Während der Mann bereitete das Fest vor, lachte der Mann.",
        "Während der Mann das Fest vorbereitete, der Mann lachte.",
    }
    laughs.sub, laughs.fronted = ("because", reads), None
    assert wrong("verb-second", laughs) == set()  # weil with a main clause: spoken German


@pytest.mark.parametrize("negated", [False, True])
def test_the_opposite_verb_turns_the_sign_of_the_complement(negated: bool) -> None:
    sleeps = Clause(verb("i", "schlafen"), man := np("Mann"))
    clause = Clause(verb("z", "schaffen"), man, negated=negated, complement=sleeps)
    made = wrong("implicative", clause)
    happened: dict[str, float] = {}
    right = clause.verb
    for other in VERBS["z"]:
        clause.verb = other
        line = derive(Sentence([clause]), ())
        happened[line.german] = dict(line.factuality)[line.tokens.index("sleep")]
    clause.verb = right
    sign = -1 if negated else 1
    assert happened[realise(Sentence([clause]))] == 3 * sign
    assert made == {german for german, value in happened.items() if value * sign <= -1}
    opposite = "Der Mann versäumte es nicht, zu schlafen." if negated else (
        "Der Mann versäumte es, zu schlafen."
    )  # fmt: skip
    assert opposite in made
