"""English verb forms: auxiliaries from the outside in, then the main verb."""

from ticketscope.corpus.grammar import morphology as m
from ticketscope.corpus.grammar.spec import Clause
from ticketscope.corpus.grammar.tree import Leaf

_MODAL_TAG = {"can": "POS", "could": "POS", "must": "NEC", "should": "NEC", "may": "POS"}


def verb_chain(clause: Clause, infinitive: bool) -> tuple[list[Leaf], Leaf, str]:
    """Auxiliaries from the outside in, the main verb (or copula), its CCG feature."""
    told = clause.obj if clause.passive else clause.subject
    assert told is not None
    third = not told.plural and told.speaker is None
    first = told.speaker == "1sg"
    lemma, past, participle = (
        (clause.verb.english, clause.verb.past, clause.verb.participle)
        if clause.verb
        else ("be", "was", "been")
    )
    # sequence of forms still to come, outermost first
    steps: list[str] = []
    if infinitive:
        steps.append("to")
    elif clause.modal == "want":
        steps.append("want")
    elif clause.modal:
        steps.append("modal")
    elif clause.tense == "fut":
        steps.append("will")
    elif clause.tense in ("perf", "plup"):
        steps.append("have")
    if clause.progressive:
        steps.append("prog")
    if clause.passive:
        steps.append("pass")
    if (
        not infinitive
        and clause.negated
        and ((not steps and clause.verb is not None) or steps[:1] == ["want"])
    ):
        steps.insert(0, "do")
    present = clause.tense in ("pres", "perf")
    leaves: list[Leaf] = []
    form = "fin"
    for step in steps:
        if step == "to":
            leaves.append(Leaf("to", "TO", "", "NIL"))
            form = "b"
        elif step == "want":
            leaves.append(_form("want", "wanted", "wanted", form, present, third, first, ""))
            leaves.append(Leaf("to", "TO", "", "NIL"))
            form = "b"
        elif step in ("modal", "will"):
            word = "will" if step == "will" else str(clause.modal)
            leaves.append(Leaf(word, "MD", "", _MODAL_TAG.get(word, "FUT")))
            form = "b"
        elif step == "do":
            leaves.append(_form("do", "did", "done", form, present, third, first, ""))
            form = "b"
        elif step == "have":
            leaves.append(_form("have", "had", "had", form, present, third, first, ""))
            form = "pt"
        else:
            leaves.append(_form("be", "was", "been", form, present, third, first, ""))
            form = "ng" if step == "prog" else "pss"
    main = _form(lemma, past, participle, form, present, third, first, "main")
    return leaves, main, {"fin": "dcl"}.get(form, form)


def _form(
    lemma: str, past: str, participle: str, form: str, present: bool, third: bool,
    first: bool, role: str,
) -> Leaf:  # fmt: skip
    """The form of a verb: finite, bare, past participle, passive participle or -ing."""
    if form == "b":
        word, pos, tag = lemma, "VB", "EXS"
    elif form in ("pt", "pss"):
        word, pos, tag = participle, "VBN", "EXT" if form == "pt" else "EXV"
    elif form == "ng":
        word, pos, tag = m.english_ing(lemma), "VBG", "EXG"
    elif present:
        pos, tag = ("VBZ" if third else "VBP"), "ENS"
        word = m.english_third(lemma) if third else lemma
        if lemma == "be":
            word = "am" if first else "is" if third else "are"
        elif lemma == "have" and third:
            word = "has"
    else:
        word, pos, tag = past, "VBD", "EPS"
        if lemma == "be":
            word = "was" if third or first else "were"
    if role != "main" or lemma == "be":
        tag = {"ENS": "NOW", "EPS": "PST"}.get(tag, "NIL")
    return Leaf(word, pos, "", tag, lemma=lemma)
