"""What a sentence says, before either language: phrases, clauses, adjuncts.

The sampler builds these objects, and `english` and `german` each read them. Words are entries of
the lexicon. A word with one meaning is named by its English form: adverbs, numbers, conjunctions,
words of time. An object is used in one place of one line only, so its identity stands for
reference: a pronoun points at the phrase that it takes up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ticketscope.corpus.grammar.lexicon import PLACES, Adjective, Name, Noun, Verb

MARKS = (".",)


@dataclass(eq=False, slots=True)
class Phrase:
    """A noun phrase.

    det: the a this that every all some many several no number bare poss (with `possessor`).
    A pronoun has `antecedent` (or `speaker` 1sg/1pl); a name has `name`; a coordination `parts`.
    """

    noun: Noun | None = None
    number: str = "sg"
    det: str = "the"
    count: str | None = None
    adjectives: list[tuple[str | None, Adjective]] = field(default_factory=list)  # intensifier
    possessor: "Phrase | None" = None
    attribute: "Adjunct | None" = None
    relative: "Clause | None" = None
    name: Name | None = None
    antecedent: "Phrase | None" = None
    speaker: str | None = None
    parts: list["Phrase"] = field(default_factory=list)
    joined: bool = False  # two adjectives with "and" rather than a comma
    sex: str | None = None  # as in `Noun`

    def root(self) -> "Phrase":
        """The phrase that introduced this referent."""
        phrase = self
        while phrase.antecedent is not None:
            phrase = phrase.antecedent
        return phrase

    def without_article(self) -> "Phrase":
        """The bare noun with its adjectives, as after a possessive relative pronoun."""
        return Phrase(
            self.noun, self.number, "bare", None, self.adjectives, sex=self.sex, joined=self.joined
        )

    @property
    def pronoun(self) -> bool:
        return self.antecedent is not None or self.speaker is not None

    @property
    def noun_possessor(self) -> "Phrase | None":
        """The possessor, unless it is a pronoun or a name."""
        possessor = self.possessor
        return possessor if possessor is not None and possessor.noun is not None else None

    @property
    def plural(self) -> bool:
        if self.parts:
            return True
        if self.speaker:
            return self.speaker == "1pl"
        return self.root().plural if self.antecedent is not None else self.number == "pl"

    @property
    def reference(self) -> str:
        """What decides the referent's pronoun: 1sg, 1pl, pl, m or f; empty if its noun does."""
        root = self.root()
        natural = root.sex if root.sex in ("m", "f") else ""
        return root.speaker or ("pl" if root.plural else natural or "")

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
    """A prepositional phrase: `relation` is a key of `lexicon.RELATIONS`.

    A place may be `directed`: where to rather than where.
    """

    relation: str
    phrase: Phrase
    directed: bool = False

    @property
    def place(self) -> bool:
        return self.relation in PLACES


@dataclass(eq=False, slots=True)
class Time:
    """An expression of time: a `pattern` and the words that it takes.

    today, yesterday, tomorrow; last, next, every (unit); ago, for (unit, count); day (weekday, or
    its `part`), month, season, daytime (word).
    """

    pattern: str
    word: str = ""
    count: str = ""
    part: str = ""


@dataclass(eq=False, slots=True)
class Clause:
    """A clause. Arguments of the verb's frame are obj, iobj, prep_obj, place and complement.

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
    recipient_last: bool = False  # "give it to her" rather than "give her it"
    prep_obj: Phrase | None = None
    place: Adjunct | None = None  # of motion, position and placement verbs
    complement: "Clause | None" = None  # that-clause or infinitive
    predicate: Adjective | Phrase | None = None  # of the copula
    intensifier: str | None = None
    compared: Phrase | None = None  # the predicate is a comparative
    frequency: str | None = None
    stance: str | None = None  # sentence adverb
    manner: str | None = None
    adjuncts: list[Adjunct] = field(default_factory=list)
    time: Time | None = None
    fronted: str | None = None  # time, place, stance or sub
    sub: "tuple[str, Clause] | None" = None  # subordinator, adverbial clause
    gap: str | None = None
    shared: "Clause | None" = None  # second conjunct of a verb phrase coordination

    @property
    def mark(self) -> str:
        """The punctuation that ends a main clause, one of `MARKS`."""
        return "."

    @property
    def periphrastic(self) -> bool:
        """Whether tense, aspect, voice or a modal needs an auxiliary verb."""
        simple = self.tense in ("pres", "past") and self.modal is None
        return not simple or self.progressive or self.passive

    @property
    def grammatical_subject(self) -> Phrase:
        """The phrase that the finite verb agrees with."""
        if not self.passive:
            return self.subject
        assert self.obj is not None
        return self.obj

    @property
    def that_clause(self) -> "Clause | None":
        """The complement, unless it is an infinitive."""
        return self.complement if self.verb is not None and self.verb.frame == "s" else None

    @property
    def fronted_place(self) -> Adjunct | None:
        """The place that opens the clause."""
        places = [adjunct for adjunct in self.adjuncts if adjunct.place]
        return places[0] if self.fronted == "place" else None


@dataclass(eq=False, slots=True)
class Sentence:
    """One line: clauses joined by a coordinator (and, but), or separate sentences."""

    clauses: list[Clause]
    joint: str | None = None

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
            inner.append(clause.that_clause)
            stack += [other for other in inner if other is not None]
