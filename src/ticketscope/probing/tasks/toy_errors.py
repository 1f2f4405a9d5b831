"""Grammatical errors in lines of the embedded grammar.

A share of the lines gets one error. Its kind is drawn from the kinds that the line allows, then its
place. Wrong words are correct in other lines, and rare words are drawn less often, so that only
the context reveals an error. The first word of a sentence is neither moved nor omitted. As in the
FCE corpus, wrong words and the word after a missing word are labelled `i`, all others `c`.

| kind | wrong, instead of |
|---|---|
| agreement | The dogs *sleeps*; He *were* old |
| number of a demonstrative | *these* dog |
| article before vowel or consonant | *a* old man |
| article left out, countable singular | We opened *door* |
| governed preposition | They waited *of* the train |
| verb form after an auxiliary | She has *wait*; He can *slept*; It was *buy* |
| order of adjective and noun, of auxiliary and not | a *man old*; She *not did* sleep |
| case of a pronoun | *Him* slept |
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from ticketscope.corpus.grammar import Derivation
from ticketscope.corpus.grammar.english import morphology as m
from ticketscope.corpus.grammar.lexicon import SENSES, VERBS

SHARE = 2 / 3  # of lines with an error

_VERBS = [verb for frame in VERBS.values() for verb in frame]
_THIRD = {verb.english: m.third_singular(verb.english) for verb in _VERBS} | {"want": "wants"}
_BASE = {m.ing_form(verb.english): verb.english for verb in _VERBS}
_BASE |= {verb.participle: verb.english for verb in _VERBS}
_PAST = {verb.english: verb.past for verb in _VERBS}
_GOVERNED: dict[str, set[str]] = {}  # by any form of the verb
for _verb in _VERBS:
    if _verb.preposition is not None:
        _forms = (_verb.english, _verb.past, _verb.participle)
        for _form in (*_forms, m.third_singular(_verb.english), m.ing_form(_verb.english)):
            _GOVERNED.setdefault(_form, set()).add(_verb.preposition)

# Prepositions that are wrong in every reading of the phrase.
_NEVER_ADVERBIAL = ("about", "of")
_NOT_WITH_PEOPLE = ("at", "in", "on")

_NUMBER = {"is": "are", "are": "is", "am": "are", "was": "were", "were": "was", "has": "have",
    "have": "has", "does": "do", "do": "does"}  # fmt: skip
_NUMBER |= _THIRD | {third: base for base, third in _THIRD.items()}
_DEMONSTRATIVE = {"this": "these", "these": "this", "that": "those", "those": "that"}
_ARTICLE = {"a": "an", "an": "a"}
_SUBJECT = {"he": "him", "she": "her", "they": "them"}
_OBJECT = {"him": "he", "her": "she", "them": "they"}
# Words that are less frequent than the words that they replace.
_RARE = {"an", "are", "were", "have", "do", "these", "those", "about", "him", "them"}
_RARE_SHARE = 0.2


@dataclass(frozen=True)
class Edit:
    """Replacement of the tokens from `first` up to `end` by `words`, all of which are wrong."""

    first: int
    end: int
    words: tuple[str, ...]

    @property
    def rare(self) -> bool:
        return any(word.lower() in _RARE for word in self.words)


def corrupt(line: Derivation, generator: Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tokens and labels of the line, with an error or without."""
    tokens, labels = list(line.tokens), ["c"] * len(line.tokens)
    if generator.random() >= SHARE:
        return tuple(tokens), tuple(labels)
    possible = [
        edits
        for kind in _kinds(line)
        if (edits := [e for e in kind if not e.rare or generator.random() < _RARE_SHARE])
    ]
    if possible:
        edit = generator.choice(generator.choice(possible))
        if edit.words:
            tokens[edit.first : edit.end] = edit.words
            labels[edit.first : edit.end] = ["i"] * len(edit.words)
        else:
            del tokens[edit.first : edit.end], labels[edit.first : edit.end]
            labels[edit.first] = "i"
    return tuple(tokens), tuple(labels)


def _kinds(line: Derivation) -> list[Iterator[Edit]]:
    return [
        _agreement(line),
        _replacement(line, _DEMONSTRATIVE, ("DT",), ("det",)),
        _replacement(line, _ARTICLE, ("DT",), ("det",)),
        _missing_article(line),
        _preposition(line),
        _verb_form(line),
        _order(line),
        _case(line),
    ]


def _instead(line: Derivation, i: int, word: str) -> Edit:
    """Another word in the place of token i, with its capital letter."""
    capital = line.tokens[i][0].isupper() and _initial(line, i)
    return Edit(i, i + 1, (word[0].upper() + word[1:] if capital else word,))


def _initial(line: Derivation, i: int) -> bool:
    return i == 0 or line.tokens[i - 1] == "."


def _replacement(
    line: Derivation, other: dict[str, str], pos: tuple[str, ...], relations: tuple[str, ...]
) -> Iterator[Edit]:
    for i, token in enumerate(line.tokens):
        word = other.get(token.lower())
        if word is not None and line.pos[i] in pos and line.relations[i] in relations:
            yield _instead(line, i, word)


def _agreement(line: Derivation) -> Iterator[Edit]:
    """Finite present forms, and was and were."""
    for i, token in enumerate(line.tokens):
        past = line.pos[i] == "VBD" and token in ("was", "were")
        if (past or line.pos[i] in ("VBZ", "VBP")) and token in _NUMBER:
            yield _instead(line, i, _NUMBER[token])


def _missing_article(line: Derivation) -> Iterator[Edit]:
    for i, token in enumerate(line.tokens):
        if token not in ("a", "an", "the") or _initial(line, i) or line.relations[i] != "det":
            continue
        if line.tokens[i - 1] == "that":  # would be taken for a demonstrative
            continue
        senses = SENSES.get(line.tokens[line.heads[i]], [])
        if line.pos[line.heads[i]] == "NN" and senses and all(s.countable for s in senses):
            yield Edit(i, i + 1, ())


def _preposition(line: Derivation) -> Iterator[Edit]:
    """Prepositions that a verb governs have no arc of their own in the semantic graph."""
    predicates = {predicate for _, predicate, _ in line.semantic_arcs}
    for i, token in enumerate(line.tokens):
        noun = line.heads[i]
        if line.relations[i] != "case" or line.pos[i] == "POS" or i in predicates:
            continue
        governed = _GOVERNED.get(line.tokens[line.heads[noun]].lower(), set())
        person = line.semtags[noun] in ("ROL", "PER")
        if token in governed:
            for word in (*_NEVER_ADVERBIAL, *(_NOT_WITH_PEOPLE if person else ())):
                if word not in governed:
                    yield _instead(line, i, word)


def _verb_form(line: Derivation) -> Iterator[Edit]:
    """The base form for a participle, the past for a base form."""
    for i, token in enumerate(line.tokens):
        forms = {"VB": _PAST, "VBN": _BASE, "VBG": _BASE}.get(line.pos[i], {})
        word = forms.get(token, token)
        if word != token and not _initial(line, i):
            yield _instead(line, i, word)


def _order(line: Derivation) -> Iterator[Edit]:
    for i, (first, second) in enumerate(zip(line.tokens, line.tokens[1:], strict=False)):
        adjective = line.relations[i] == "amod" and line.heads[i] == i + 1
        auxiliary = second == "not" and line.relations[i] in ("aux", "auxpass", "cop")
        if (adjective or auxiliary) and not _initial(line, i):
            yield Edit(i, i + 2, (second, first))


def _case(line: Derivation) -> Iterator[Edit]:
    yield from _replacement(line, _SUBJECT, ("PRP",), ("nsubj", "nsubjpass"))
    yield from _replacement(line, _OBJECT, ("PRP",), ("dobj", "iobj", "nmod"))
