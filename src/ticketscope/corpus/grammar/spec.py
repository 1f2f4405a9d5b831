"""What a sentence says, before either language: phrases, clauses, adjuncts.

The sampler builds these; `english` and `german` each read them. Objects are used once, in one line,
so identity stands for reference: a pronoun points at the phrase it takes up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ticketscope.corpus.grammar.lexicon import Adjective, Name, Noun, Verb


@dataclass(eq=False, slots=True)
class Phrase:
    """A noun phrase.

    det: the a this that every all some many several no number bare poss (with `possessor`).
    A pronoun has `antecedent` (or `speaker` 1sg/1pl); a name has `name`; a coordination `parts`.
    """

    noun: Noun | None = None
    number: str = "sg"
    det: str = "the"
    count: tuple[str, str] | None = None
    adjectives: list[tuple[tuple[str, str] | None, Adjective]] = field(default_factory=list)
    possessor: "Phrase | None" = None
    attribute: "Adjunct | None" = None
    relative: "Clause | None" = None
    name: Name | None = None
    antecedent: "Phrase | None" = None
    speaker: str | None = None
    parts: list["Phrase"] = field(default_factory=list)
    joined: bool = False  # two adjectives with "and" rather than a comma
    sex: str | None = None  # m, f or None (nobody tells)

    def root(self) -> "Phrase":
        """The phrase that introduced this referent."""
        phrase = self
        while phrase.antecedent is not None:
            phrase = phrase.antecedent
        return phrase

    def without_article(self) -> "Phrase":
        """The bare noun with its adjectives, after whose and dessen."""
        return Phrase(
            self.noun, self.number, "bare", None, self.adjectives, sex=self.sex, joined=self.joined
        )

    @property
    def pronoun(self) -> bool:
        return self.antecedent is not None or self.speaker is not None

    @property
    def plural(self) -> bool:
        if self.parts:
            return True
        if self.speaker:
            return self.speaker == "1pl"
        return self.root().plural if self.antecedent is not None else self.number == "pl"

    @property
    def definite(self) -> bool:
        return (
            self.det in ("the", "this", "that", "poss", "every", "all")
            or self.name is not None
            or self.pronoun
            or bool(self.parts and all(part.definite for part in self.parts))
        )


@dataclass(eq=False, slots=True)
class Adjunct:
    """A prepositional phrase: English and German preposition, German case, SNACS role/function."""

    english: tuple[str, ...]
    german: str
    case: str
    phrase: Phrase
    role: str
    function: str
    kind: str = "place"  # place, instrument, time, cause, company, ... for the order in German
    genitive: bool = False  # German plain genitive, no preposition


@dataclass(eq=False, slots=True)
class Time:
    """A fixed time expression: annotated English words and the German string."""

    english: tuple[tuple[str, str, str], ...]  # word, part of speech, semantic tag
    german: str
    shape: str  # NP or PP or ADVP
    role: str = "p.Time"
    function: str = "p.Time"


@dataclass(eq=False, slots=True)
class Clause:
    """A clause. `frame` arguments live in obj, iobj, prep_obj, direction, place, complement.

    tense pres, past, perf, plup or fut; `progressive` with pres and past. `gap` names the argument
    that a relative pronoun stands for: subject, obj, prep_obj or possessor.
    """

    verb: Verb | None  # None: copula
    subject: Phrase
    tense: str = "past"
    progressive: bool = False
    modal: str | None = None
    negated: bool = False
    passive: bool = False
    agent: bool = False  # the passive names the agent
    obj: Phrase | None = None
    iobj: Phrase | None = None
    to_dative: bool = False  # English "give it to her" rather than "give her it"
    prep_obj: Phrase | None = None
    place: Adjunct | None = None  # of position and placement verbs
    complement: "Clause | None" = None  # that-clause or infinitive
    link: str = ""  # that, to
    predicate: Adjective | Phrase | None = None  # of the copula
    intensifier: tuple[str, str] | None = None
    compared: tuple[tuple[str, ...], str, Phrase] | None = None  # English, German comparative
    frequency: tuple[str, str] | None = None
    stance: tuple[str, str, float] | None = None  # sentence adverb with its factor
    manner: tuple[str, str] | None = None
    adjuncts: list[Adjunct] = field(default_factory=list)
    time: Time | None = None
    fronted: str | None = None  # time, place, stance or sub
    sub: "tuple[Conjunction, Clause] | None" = None
    gap: str | None = None
    shared: "Clause | None" = None  # second conjunct of a verb phrase coordination


@dataclass(frozen=True, slots=True)
class Conjunction:
    """A subordinator: English and German word, semantic tag, part of speech.

    `clause_factor` and `head_factor` say how much certainty it leaves to its clause and to the main
    clause: little under `if`.
    """

    english: str
    german: str
    tag: str
    pos: str = "IN"
    clause_factor: float = 1.0
    head_factor: float = 1.0


@dataclass(eq=False, slots=True)
class Sentence:
    """One line: clauses joined by a coordinator, or separate sentences (joint None)."""

    clauses: list[Clause]
    joint: tuple[str, str] | None = None

    def finite_clauses(self) -> Iterator[Clause]:
        """Every clause of the line but infinitives; relative clauses of main arguments included."""
        stack = list(self.clauses)
        while stack:
            clause = stack.pop()
            yield clause
            inner = [clause.shared, clause.sub[1] if clause.sub is not None else None]
            phrases = [clause.subject, clause.obj, clause.iobj, clause.prep_obj]
            phrases.append(clause.place.phrase if clause.place is not None else None)
            if clause.gap is None:  # else its head noun, which leads back to it
                inner += [phrase.relative for phrase in phrases if phrase is not None]
            if clause.link == "that":
                inner.append(clause.complement)
            stack += [found for found in inner if found is not None]
