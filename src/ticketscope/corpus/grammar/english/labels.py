"""Tables and rules behind the semantic labels: SNACS of prepositions, factuality of events."""

from ticketscope.corpus.grammar.spec import Clause, Phrase
from ticketscope.corpus.grammar.tables import entries, words

CERTAIN = 3.0  # factuality of what is simply stated

# The share of the context's certainty that a modal or a sentence adverb leaves to the event.
_MODAL_FACTOR = {"can": 0.375, "could": 0.25, "must": 0.5, "should": 0.25, "may": 0.25,
    "want": 0.125}  # fmt: skip
_STANCE_FACTOR = {word: float(share) for word, _, share in entries(words.SENTENCE_ADVERBS)}
# The share that a subordinator leaves to its own clause and to the main clause; others leave all.
_SUBORDINATOR_FACTORS = {"if": (0.125, 0.25)}
# SNACS labels of governed prepositions: role by verb, function by preposition.
_GOVERNED_ROLE = {"wait": "p.Theme", "hope": "p.Theme", "look": "p.Theme", "care": "p.Beneficiary",
    "pay": "p.Theme", "ask": "p.Theme", "think": "p.Topic", "dream": "p.Topic", "talk": "p.Topic",
    "complain": "p.Topic", "laugh": "p.Stimulus", "believe": "p.Stimulus", "depend": "p.Stimulus",
    "rely": "p.Stimulus", "insist": "p.Topic", "belong": "p.Possessor", "react": "p.Stimulus",
    "listen": "p.Stimulus", "apply": "p.Purpose", "fight": "p.Theme", "protest": "p.Theme",
    "vote": "p.Beneficiary", "suffer": "p.Stimulus", "consist": "p.PartPortion", "work": "p.Theme",
    "participate": "p.Whole", "write": "p.Topic", "deal": "p.Topic", "argue": "p.Agent",
    "play": "p.Instrument", "search": "p.Theme", "long": "p.Stimulus", "recover": "p.Source",
    "remind": "p.Topic", "warn": "p.Topic", "protect": "p.Theme", "force": "p.Goal",
    "fill": "p.Theme", "provide": "p.Theme",
    "compare": "p.ComparisonRef", "exchange": "p.Cost"}  # fmt: skip
_FUNCTION = {"for": "p.Purpose", "after": "p.Goal", "of": "p.Topic", "about": "p.Topic",
    "at": "p.Direction", "in": "p.Locus", "on": "p.Locus", "to": "p.Goal", "against": "p.Goal",
    "from": "p.Source", "with": "p.Accompanier", "into": "p.Goal"}  # fmt: skip


def _round(value: float) -> float:
    """The nearest step of 0.375, as averaged human judgements have it."""
    return max(-3.0, min(3.0, round(value / 0.375) * 0.375)) + 0.0


def factuality(clause: Clause, context: float) -> float:
    """Factuality in [-3, 3] of the clause's event, given how sure its context is."""
    value = context
    if clause.modal:
        value *= _MODAL_FACTOR[clause.modal]
    if clause.tense == "fut":
        value *= 0.625
    if clause.stance is not None:
        value *= _STANCE_FACTOR[clause.stance]
    if clause.sub is not None:
        value *= _SUBORDINATOR_FACTORS.get(clause.sub[0], (1, 1))[1]
    if clause.negated or clause.frequency == "never":
        value = -value
    return _round(value)


def subordinate_context(subordinator: str) -> float:
    """The context of an adverbial clause."""
    return CERTAIN * _SUBORDINATOR_FACTORS.get(subordinator, (1, 1))[0]


def complement_context(signature: tuple[float, float], value: float) -> float:
    """Context of a complement: constant under a factive, else a share of the verb's `value`."""
    positive, negative = signature
    if positive == negative:
        return positive
    return positive * value / 3 if value >= 0 else negative * -value / 3


def governed(verb: str, word: str) -> tuple[str, str]:
    """SNACS role and function of a preposition that the verb governs."""
    return _GOVERNED_ROLE.get(verb, "p.Theme"), _FUNCTION[word]


def possession(owner: Phrase, owned: Phrase) -> tuple[str, str]:
    """SNACS role and function of 's or a possessive pronoun, by possession and possessor."""
    kind = owned.noun.kind if owned.noun is not None else ""
    if kind == "P":
        return "p.SocialRel", "p.Gestalt"
    if kind in "XEN":
        return "p.Originator" if kind == "X" else "p.Gestalt", "p.Gestalt"
    if kind in "ZY":
        return "p.Whole", "p.Gestalt"
    root = owner.root()
    if root.noun is not None and root.noun.kind == "G":
        return "p.Gestalt", "p.Possessor"
    return "p.Possessor", "p.Possessor"
