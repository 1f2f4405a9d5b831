"""German surface of a sentence: case, declension, verb position, clause bracket.

Topological fields: prefield, finite verb, middle field, right bracket (participle, infinitive,
separable prefix), postfield; in verb-final clauses the finite verb closes the bracket.
"""

from dataclasses import replace

from ticketscope.corpus.grammar import morphology as m
from ticketscope.corpus.grammar.lexicon import Adjective, Noun
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase, Sentence, Time

_ARTICLE = {"this": "dies", "that": "jen", "every": "jed", "all": "all"}
_PLURAL_WORD = {"many": "viel", "several": "mehrer", "some": "einig"}
_MODAL = {"can": "können", "could": "können", "must": "müssen", "should": "sollen",
    "may": "dürfen", "want": "wollen"}  # fmt: skip


def gender(phrase: Phrase) -> str:
    """Row of the paradigm for the phrase's own words: m, f, n or pl."""
    if phrase.plural:
        return "pl"
    if phrase.noun is not None:
        return declined(phrase).gender
    return phrase.sex or "n"


def declined(phrase: Phrase) -> Noun:
    """The noun, or the word for a woman where the sentence tells that it is one."""
    noun = phrase.noun
    assert noun is not None
    return noun.feminine if phrase.sex == "f" and noun.feminine is not None else noun


def reference(phrase: Phrase) -> str:
    """Row of the pronoun that takes the phrase up; persons go by natural gender."""
    if phrase.speaker:
        return phrase.speaker
    root = phrase.root()
    if root.speaker:
        return root.speaker
    if root.plural:
        return "pl"
    if root.sex in ("m", "f"):
        return root.sex
    return gender(root)


def person(phrase: Phrase) -> str:
    if phrase.speaker:
        return phrase.speaker
    return "3pl" if phrase.plural else "3sg"


def _article(phrase: Phrase, row: str, case: str) -> tuple[str, str]:
    """Article word (may be empty) and the declension it asks of adjectives."""
    at = m.CASES.index(case)
    det = phrase.det
    if det in ("the", "bare the"):
        return m.DEFINITE[row][at], "weak"
    if det in _ARTICLE:
        return _ARTICLE[det] + m.DER_WORD[row][at], "weak"
    if det in _PLURAL_WORD:
        return _PLURAL_WORD[det] + m.DER_WORD["pl"][at], "strong"
    if det == "a":
        return "ein" + m.EIN_WORD[row][at], "mixed"
    if det == "no":
        return "kein" + m.EIN_WORD[row][at], "mixed"
    if det == "number":
        assert phrase.count is not None
        return phrase.count[1], "strong"
    if det == "poss":
        possessor = phrase.possessor
        assert possessor is not None
        if possessor.pronoun:
            stem = m.POSSESSIVE[reference(possessor)]
            return stem + m.EIN_WORD[row][at], "mixed"
        if possessor.name is not None:
            name = possessor.name.german
            return name + ("'" if name.endswith(("s", "x", "z", "ß")) else "s"), "strong"
        return m.DEFINITE[row][at], "weak"  # die Kuh des Bauern
    return "", "strong"


def noun_phrase(phrase: Phrase, case: str) -> list[str]:
    """Words of the phrase in `case`, relative clause included."""
    if phrase.parts:
        out: list[str] = []
        for i, part in enumerate(phrase.parts):
            out += (["und"] if i else []) + noun_phrase(part, case)
        return out
    if phrase.pronoun:
        return [m.PERSONAL[reference(phrase)][m.CASES.index(case)]]
    if phrase.name is not None:
        name = phrase.name
        words = [name.oblique if name.oblique and case != "nom" else name.german]
        if name.article:
            words.insert(0, m.DEFINITE["f"][m.CASES.index(case)])
        if phrase.relative is not None:
            words += relative(phrase)
        return words
    noun, row = declined(phrase), gender(phrase)
    article, declension = _article(phrase, row, case)
    words = [article] if article else []
    ending = m.adjective_ending(declension, row, case)
    for i, (intensifier, adjective) in enumerate(phrase.adjectives):
        if i and phrase.joined:
            words.append("und")
        words += [intensifier[1]] if intensifier else []
        words.append(adjective.stem + ending)
    words.append(noun.form("pl" if phrase.plural else "sg", case))
    if phrase.det == "poss" and phrase.possessor is not None and phrase.possessor.noun is not None:
        words += noun_phrase(phrase.possessor, "gen")
    if phrase.attribute is not None:
        words += prepositional(phrase.attribute)
    if phrase.relative is not None:
        words += relative(phrase)
    return words


def prepositional(adjunct: Adjunct) -> list[str]:
    words = noun_phrase(adjunct.phrase, adjunct.case)
    if adjunct.genitive:
        return words
    phrase = adjunct.phrase
    # before a restrictive relative clause the article keeps its pointing force: in dem Haus, das
    plain = phrase.noun is not None and phrase.relative is None and not phrase.parts
    owned = phrase.possessor is not None and phrase.possessor.noun is not None  # im Haus des Bauern
    article = plain and (phrase.det == "the" or owned)
    if article and (short := m.CONTRACTIONS.get((adjunct.german, words[0]))):
        return [short, *words[1:]]
    return [*adjunct.german.split(), *words]


def relative(head: Phrase) -> list[str]:
    clause = head.relative
    assert clause is not None
    row = reference(head) if head.name is not None else gender(head)
    forms = m.RELATIVE[row]
    gap = clause.gap
    front: list[str]
    if gap == "subject":
        front = [forms[0]]
    elif gap == "possessor":
        bare = noun_phrase(clause.subject.without_article(), "nom")
        front = [forms[3], *bare]
    elif gap == "obj":
        assert clause.verb is not None
        front = [forms[m.CASES.index(clause.verb.object_case)]]
    else:
        assert clause.verb is not None and clause.verb.preposition is not None
        _, german, case = clause.verb.preposition
        front = [*german.split(), forms[m.CASES.index(case)]]
    return [",", *front, *clause_words(clause, "final", skip=gap), ","]


def _verb_chain(clause: Clause) -> tuple[str, list[str], str]:
    """Finite verb, non-finite rest in verb-final order, separable prefix of a finite main verb."""
    who = person(_grammatical_subject(clause))
    if clause.verb is None:
        return _copula_chain(clause, who)
    german = clause.verb.german
    modal = clause.modal
    pres = clause.tense in ("pres", "perf", "fut")
    if clause.passive:
        if modal:
            return _modal(clause, who), [german.participle, "werden"], ""
        if clause.tense == "fut":
            return m.auxiliary(m.WERDEN, who, "pres"), [german.participle, "werden"], ""
        if clause.tense in ("perf", "plup"):
            return (
                m.auxiliary(m.SEIN, who, "pres" if pres else "pret"),
                [german.participle, "worden"],
                "",
            )
        return m.auxiliary(m.WERDEN, who, "pres" if pres else "pret"), [german.participle], ""
    if modal:
        return _modal(clause, who), [german.full_infinitive], ""
    if clause.tense == "fut":
        return m.auxiliary(m.WERDEN, who, "pres"), [german.full_infinitive], ""
    if clause.tense in ("perf", "plup"):
        helper = m.SEIN if german.sein else m.HABEN
        return (
            m.auxiliary(helper, who, "pres" if pres else "pret"),
            [german.participle],
            "",
        )
    return german.finite(who, "pres" if pres else "pret"), [], german.prefix


def _modal(clause: Clause, who: str) -> str:
    assert clause.modal is not None
    # English "must not" forbids: dürfen
    name = "must_not" if clause.modal == "must" and clause.negated else clause.modal
    verb = m.MODALS["dürfen" if name == "must_not" else _MODAL[clause.modal]]
    past = clause.modal in ("could", "should") or clause.tense == "past"
    return m.auxiliary(verb, who, "pret" if past else "pres")


def _copula_chain(clause: Clause, who: str) -> tuple[str, list[str], str]:
    if clause.modal:
        return _modal(clause, who), ["sein"], ""
    if clause.tense == "fut":
        return m.auxiliary(m.WERDEN, who, "pres"), ["sein"], ""
    if clause.tense in ("perf", "plup"):
        return (
            m.auxiliary(m.SEIN, who, "pres" if clause.tense == "perf" else "pret"),
            ["gewesen"],
            "",
        )
    return m.auxiliary(m.SEIN, who, "pres" if clause.tense == "pres" else "pret"), [], ""


def _grammatical_subject(clause: Clause) -> Phrase:
    if clause.passive:
        assert clause.obj is not None
        return clause.obj
    return clause.subject


def _reflexive(clause: Clause) -> list[str]:
    if clause.verb is None or not clause.verb.german.reflexive or clause.passive:
        return []
    return [m.REFLEXIVE.get(person(clause.subject), "sich")]


def _middle(clause: Clause, skip: str | None) -> list[str]:
    """Middle field after the subject: light things first, then the old, then the new."""
    verb = clause.verb
    case = verb.object_case if verb is not None else "acc"
    pronouns: list[str] = []
    dative: list[str] = []
    accusative: list[str] = []
    negate = clause.negated
    definite = True
    obj = None if clause.passive or skip == "obj" else clause.obj
    prep = None if skip == "prep_obj" else clause.prep_obj
    prep_words: list[str] = []
    if prep is not None and verb is not None and verb.preposition is not None:
        _, german, prep_case = verb.preposition
        if german:
            prep_words = prepositional(Adjunct((), german, prep_case, prep, "", ""))
        elif prep_case == "dat":
            dative = noun_phrase(prep, "dat")
        else:
            obj, case = prep, "acc"
    if obj is not None:
        definite = obj.definite
        if negate and obj.det in ("a", "bare") and obj.noun is not None and not obj.parts:
            words = noun_phrase(_negative(obj), case)
            negate = False
        else:
            words = noun_phrase(obj, case)
        if obj.pronoun:
            pronouns += words
        elif case == "dat":
            dative = words
        else:
            accusative = words
    pronouns += _reflexive(clause)
    if verb is not None and verb.german.es:
        pronouns.append("es")
    if clause.iobj is not None:
        words = noun_phrase(clause.iobj, "dat")
        if clause.iobj.pronoun:
            pronouns += words
        else:
            dative = words
    time = _time(clause.time) if clause.time and clause.fronted != "time" else []
    light = (
        list(clause.frequency[1:]) if clause.frequency and clause.frequency[0] != "never" else []
    )
    if clause.progressive:
        light = ["gerade", *light]
    stance = [clause.stance[1]] if clause.stance and clause.fronted != "stance" else []
    never = ["nie"] if clause.frequency and clause.frequency[0] == "never" else []
    adjuncts = [w for a in clause.adjuncts if a.kind != "place" for w in prepositional(a)]
    places = [w for a in clause.adjuncts if a.kind == "place" and clause.fronted != "place"
        for w in prepositional(a)]  # fmt: skip
    agent: list[str] = []
    if clause.passive and clause.agent:
        agent = prepositional(Adjunct((), "von", "dat", clause.subject, "", ""))
    manner = [clause.manner[1]] if clause.manner else []
    negation = ["nicht"] if negate else []
    bound = prepositional(clause.place) if clause.place is not None else []
    rest = agent + adjuncts + manner + places
    if accusative and definite:
        body = accusative + never + negation + rest
    elif accusative:
        body = never + negation + rest + accusative
    else:
        body = never + negation + rest
    return (
        pronouns + time + light + stance + dative + body + prep_words + bound + _predicate(clause)
    )


def _predicate(clause: Clause) -> list[str]:
    if clause.compared is not None:
        _, german, other = clause.compared
        return [german, "als", *noun_phrase(other, "nom")]
    if isinstance(clause.predicate, Adjective):
        return [*([clause.intensifier[1]] if clause.intensifier else []), clause.predicate.german]
    if isinstance(clause.predicate, Phrase):
        return noun_phrase(clause.predicate, "nom")
    return []


def _negative(phrase: Phrase) -> Phrase:
    return replace(phrase, det="no")


def _time(time: Time) -> list[str]:
    return time.german.split()


def clause_words(
    clause: Clause, order: str, skip: str | None = None, subject: bool = True
) -> list[str]:
    """order: v2 (main), final (subordinate) or zu (infinitive without subject)."""
    post = _postfield(clause)
    middle = _middle(clause, skip)
    if order == "zu":
        assert clause.verb is not None
        return [*middle, clause.verb.german.zu, *post]
    finite, rest, prefix = _verb_chain(clause)
    who = _grammatical_subject(clause)
    words = [] if skip in ("subject", "possessor") or not subject else noun_phrase(who, "nom")
    coordinated = _coordinated(clause, order)
    if order == "final":
        if prefix:
            finite = prefix + finite
        return [*words, *middle, *rest, finite, *coordinated, *post]
    bracket = [*([prefix] if prefix else []), *rest]
    front: list[str]
    if clause.fronted == "time" and clause.time is not None:
        front = _time(clause.time)
    elif clause.fronted == "place":
        place = next(a for a in clause.adjuncts if a.kind == "place")
        front = prepositional(place)
    elif clause.fronted == "stance" and clause.stance is not None:
        front = [clause.stance[1]]
    elif clause.fronted == "sub" and clause.sub is not None:
        conjunction, sub = clause.sub
        front = [conjunction.german, *clause_words(sub, "final"), ","]
    else:
        return [*words, finite, *middle, *bracket, *coordinated, *post]
    return [*front, finite, *words, *middle, *bracket, *coordinated, *post]


def _coordinated(clause: Clause, order: str) -> list[str]:
    if clause.shared is None:
        return []
    return ["und", *clause_words(clause.shared, order, subject=False)]


def _postfield(clause: Clause) -> list[str]:
    post: list[str] = []
    if clause.complement is not None:
        if clause.link == "that":
            post += [",", "dass", *clause_words(clause.complement, "final"), ","]
        else:
            post += [",", *clause_words(clause.complement, "zu"), ","]
    if clause.sub is not None and clause.fronted != "sub":
        conjunction, sub = clause.sub
        post += [",", conjunction.german, *clause_words(sub, "final"), ","]
    return post


def surface(words: list[str]) -> str:
    """Join, with each comma kept once and none before the final stop; capital first letter."""
    kept: list[str] = []
    for word in words:
        if word == "," and (not kept or kept[-1] == ","):
            continue
        if word in (".", "!") and kept and kept[-1] == ",":
            kept.pop()
        kept.append(word)
    text = " ".join(kept).replace(" ,", ",").replace(" .", ".")
    return text[0].upper() + text[1:]


def realise(sentence: Sentence) -> str:
    """The German line."""
    lines = []
    if sentence.joint is None:
        for clause in sentence.clauses:
            lines.append(surface([*clause_words(clause, "v2"), "."]))
        return " ".join(lines)
    words: list[str] = []
    for i, clause in enumerate(sentence.clauses):
        if i:
            words += ["und"] if sentence.joint[1] == "und" else [",", sentence.joint[1]]
        words += clause_words(clause, "v2")
    return surface([*words, "."])
