"""English verb forms: auxiliaries from the outside in, then the main verb."""

from ticketscope.corpus.grammar.english import morphology as m
from ticketscope.corpus.grammar.english.tree import Leaf
from ticketscope.corpus.grammar.spec import Clause, Phrase

_MODAL_TAG = {"can": "POS", "could": "POS", "must": "NEC", "should": "NEC", "may": "POS"}
_BE, _HAVE = ("be", "was", "been"), ("have", "had", "had")
_DO, _WANT = ("do", "did", "done"), ("want", "wanted", "wanted")


def verb_chain(clause: Clause, infinitive: bool) -> tuple[list[Leaf], Leaf, str]:
    """Auxiliaries from the outside in, the main verb (or copula), its CCG feature."""
    verb = clause.verb
    main = (verb.english, verb.past, verb.participle) if verb is not None else _BE
    present, subject = clause.tense in ("pres", "perf"), clause.grammatical_subject
    leaves: list[Leaf] = []
    form = "dcl"  # of the next verb, by its CCG feature: finite until something precedes it

    def add(parts: tuple[str, str, str], governs: str) -> None:
        nonlocal form
        leaves.append(_form(parts, form, present, subject, auxiliary=True))
        form = governs

    if infinitive:
        leaves.append(_to())
        form = "b"
    else:
        if _needs_do(clause):
            add(_DO, "b")
        if clause.modal == "want":
            add(_WANT, "b")
            leaves.append(_to())
        elif clause.modal or clause.tense == "fut":
            word = clause.modal or "will"
            leaves.append(Leaf(word, "MD", "", _MODAL_TAG.get(word, "FUT")))
            form = "b"
        elif clause.tense in ("perf", "plup"):
            add(_HAVE, "pt")
    if clause.progressive:
        add(_BE, "ng")
    if clause.passive:
        add(_BE, "pss")
    return leaves, _form(main, form, present, subject, auxiliary=verb is None), form


def _needs_do(clause: Clause) -> bool:
    """Where English must have an auxiliary; the copula is one."""
    alone = not clause.periphrastic and clause.verb is not None
    return clause.negated and (alone or clause.modal == "want")


def _to() -> Leaf:
    return Leaf("to", "TO", "", "NIL")


def _form(
    parts: tuple[str, str, str], form: str, present: bool, subject: Phrase, *, auxiliary: bool
) -> Leaf:
    """The form of a verb that a CCG feature asks for: dcl, b, pt, pss (passive) or ng."""
    lemma, past, participle = parts
    third = not subject.plural and subject.speaker is None
    first = subject.speaker == "1sg"
    if form == "b":
        word, pos, tag = lemma, "VB", "EXS"
    elif form in ("pt", "pss"):
        word, pos, tag = participle, "VBN", "EXT" if form == "pt" else "EXV"
    elif form == "ng":
        word, pos, tag = m.ing_form(lemma), "VBG", "EXG"
    elif present:
        pos, tag = ("VBZ" if third else "VBP"), "ENS"
        word = m.third_singular(lemma) if third else lemma
        if lemma == "be":
            word = "am" if first else "is" if third else "are"
        elif lemma == "have" and third:
            word = "has"
    else:
        word, pos, tag = past, "VBD", "EPS"
        if lemma == "be" and not (third or first):
            word = "were"
    if auxiliary:
        tag = {"ENS": "NOW", "EPS": "PST"}.get(tag, "NIL")
    return Leaf(word, pos, "", tag, lemma=lemma)
