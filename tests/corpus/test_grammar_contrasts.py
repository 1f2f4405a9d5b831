"""Contrast items drawn from the grammar, checked against the noun tables and the annotation."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.corpus.test_grammar_german import np, verb
from ticketscope.corpus.contrast import Contrast
from ticketscope.corpus.grammar.combinations import combinations, held_out
from ticketscope.corpus.grammar.contrasts import PHENOMENA, contrasts, draw
from ticketscope.corpus.grammar.contrasts.line import Error
from ticketscope.corpus.grammar.derivation import Derivation, derive
from ticketscope.corpus.grammar.generate import word_forms
from ticketscope.corpus.grammar.german.clauses import realise
from ticketscope.corpus.grammar.spec import Clause, Sentence
from ticketscope.corpus.grammar.tables import entries, nouns
from ticketscope.probing.tasks.registry import TASKS

ITEMS = 20
FLAGGED = {"pronoun", "possessive", "two-way-case", "attachment", "governed-preposition",
    "selected-verb", "lexical", "article-gender", "verb-number"}  # fmt: skip
CONTRACTED = {"am": "an dem", "ans": "an das", "beim": "bei dem", "im": "in dem", "ins": "in das",
    "vom": "von dem", "zum": "zu dem", "zur": "zu der"}  # fmt: skip
# German nouns by gender, read from the table's text.
GENDER = {
    german: gender[0] for table in nouns.NOUNS.values() for _, german, gender, *_ in entries(table)
}
GERMAN = [(word, german) for t in nouns.NOUNS.values() for word, german, *_ in entries(t)]


def drawn(**changes: object) -> list[Contrast]:
    settings = {"seed": 1, "items": ITEMS, "longest": 12, "exponent": 3.0, "taken": ()}
    return contrasts(**(settings | {"progress": pytest.fail} | changes))


@pytest.fixture(scope="module")
def lines() -> dict[str, tuple[Sentence, Derivation]]:
    """What each English line was derived from; filled by `items`."""
    return {}


@pytest.fixture(scope="module")
def items(lines: dict[str, tuple[Sentence, Derivation]]) -> list[Contrast]:
    def recorded(sentence: Sentence, combined: tuple[str, ...]) -> Derivation:
        derivation = derive(sentence, combined)
        lines[derivation.english] = (sentence, derivation)
        return derivation

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draw, "derive", recorded)
        return drawn()


@pytest.fixture(scope="module")
def of(items: list[Contrast]) -> Callable[[str], list[Contrast]]:
    return lambda name: [item for item in items if item.phenomenon == name]


def tokens(text: str) -> list[str]:
    """Lower-case words and marks, preposition and article apart."""
    words = re.findall(r"[\w-]+|[.,']", text.lower())
    return [part for word in words for part in CONTRACTED.get(word, word).split()]


def differing(item: Contrast) -> list[tuple[str, str]]:
    """The pairs of words in one place that are not the same, for lines of the same length."""
    correct, incorrect = tokens(item.correct), tokens(item.incorrect)
    assert len(correct) == len(incorrect), item
    return [pair for pair in zip(correct, incorrect, strict=True) if pair[0] != pair[1]]


ENDINGS = ("", "e", "en", "em", "er", "es", "n", "m", "r", "s")


def inflected(first: str, second: str) -> bool:
    """Whether two words differ in their endings at most, such as mein and meinen."""
    articles = ("der", "die", "das", "den", "dem", "des")
    stems = {first[:i] for i in range(len(first) + 1) if second.startswith(first[:i])}
    alike = any(first[len(s) :] in ENDINGS and second[len(s) :] in ENDINGS for s in stems)
    return alike or (first in articles and second in articles)


def test_as_many_as_asked_for_and_both_sides_of_a_choice(items: list[Contrast]) -> None:
    counts = Counter(item.phenomenon for item in items)
    assert counts == dict.fromkeys(PHENOMENA, ITEMS)
    for name in PHENOMENA:
        flags = Counter(item.minority for item in items if item.phenomenon == name)
        if name in FLAGGED:
            assert set(flags) == {True, False} and min(flags.values()) >= ITEMS / 4, name
        else:
            assert set(flags) == {None}, name


def test_the_tasks_exist(items: list[Contrast]) -> None:
    assert all(item.tasks and set(item.tasks) <= set(TASKS) for item in items)


def test_sources_and_references_are_the_grammars(
    items: list[Contrast], lines: dict[str, tuple[Sentence, Derivation]]
) -> None:
    for item in items:
        sentence, line = lines[item.source]
        assert item.correct == line.german != item.incorrect
        assert 5 <= len(line.tokens) <= 12
        assert not any(map(held_out, combinations(sentence)))
        assert realise(sentence) == item.correct  # the spec is as it was
    assert len({(item.source, item.phenomenon) for item in items}) == len(items)


def test_same_seed_same_items_but_no_line_of_the_corpus() -> None:
    few = drawn(items=3, progress=len)
    assert few == drawn(items=3, progress=len)
    sources = {item.source for item in few}
    others = drawn(items=3, progress=len, taken=sources)
    assert len(others) > 30 and not sources & {item.source for item in others}
    assert not sources & {item.source for item in drawn(items=1, progress=len, seed=2)}


def test_says_what_was_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "_PATIENCE", 10)
    told: list[str] = []
    items = drawn(items=20, progress=told.append)
    counts = Counter(item.phenomenon for item in items)
    rare = Counter(item.phenomenon for item in items if item.minority)
    uneven = {name for name in FLAGGED if not 5 <= rare[name] <= counts[name] - 5}
    missing = {name for name in PHENOMENA if counts[name] < 20}
    assert 0 < len(missing) < len(PHENOMENA)
    assert {text.split(":")[0] for text in told} == missing | uneven
    said = f"particle: {counts['particle']} of 20 contrasts, 0 rarer forms, 0 unknown words"
    assert said in told


def test_unknown_words_only_where_nothing_else_is_found(items: list[Contrast]) -> None:
    def forms(item: Contrast) -> set[str]:
        return set(word_forms(f"{item.source} {item.correct} {item.incorrect}"))

    unknown = {"dog", "taste", "schlief"}
    known = set().union(*map(forms, items)) - unknown
    told: list[str] = []
    few = drawn(items=5, known=known, progress=told.append)
    foreign = Counter(item.phenomenon for item in few if not forms(item) <= known)
    said = {text.split(":")[0]: int(text.split()[-3]) for text in told}
    assert foreign["roles"] == foreign["verb-second"] == 0
    assert not unknown & set().union(
        *(forms(item) for item in few if item.phenomenon not in foreign)
    )
    assert foreign == Counter({name: count for name, count in said.items() if count})


def test_a_line_once_for_each_phenomenon() -> None:
    line = derive(Sentence([Clause(verb("i", "aufwachen"), np("Hund"))]), ())
    pool = draw._Pool("particle", 5, {})
    for german in ("Der Hund wachte an.", "Der Hund wachte ab."):
        pool.add(line, german, Error(german.lower), known=True)
    assert [item.incorrect for item in pool.selected()] == ["Der Hund wachte an."]


def test_usual_forms(of: Callable[[str], list[Contrast]]) -> None:
    """Masculine nouns are most frequent among the frequent words, as is the singular."""
    for item in of("verb-number"):
        [(right, _)] = differing(item)
        assert (right.endswith("n") or right == "sind") == item.minority, item
    for item in of("lexical"):
        if "table" in tokens(item.source) and "table" not in item.incorrect:
            assert item.minority == ("tabelle" in item.correct.lower()), item


def noun_gender(line: Derivation, token: int) -> str:
    """Gender of the German for an English noun, n for a name."""
    if line.pos[token].startswith("NNP"):
        return "n"
    german = {de for en, de in GERMAN if en == line.tokens[token].lower()}
    genders = {GENDER[word] for word in german if word.lower() in line.german.lower()}
    assert len(genders) == 1, (line.english, line.german, german)
    return genders.pop()


@pytest.mark.parametrize(("name", "word"), [("pronoun", "it"), ("possessive", "its")])
def test_the_form_has_the_gender_of_the_antecedent(
    name: str,
    word: str,
    of: Callable[[str], list[Contrast]],
    lines: dict[str, tuple[Sentence, Derivation]],
) -> None:
    forms = {"m": "er ihn ihm", "f": "sie ihr", "n": "es ihm"}
    if name == "possessive":
        forms = {"m": "sein", "f": "ihr", "n": "sein"}
    for item in of(name):
        _, line = lines[item.source]
        genders = {
            noun_gender(line, head)
            for chain in line.coreference
            if any(line.tokens[token].lower() == word for *_, token in chain)
            for *_, head in chain
            if line.pos[head].startswith("NN")
        }
        (right, other), *rest = differing(item)
        assert not rest and genders, item
        if name == "possessive":
            right, other = (re.sub("(e|en|em|er|es)$", "", form) for form in (right, other))
        assert any(right in forms[gender].split() for gender in genders), item
        assert other in " ".join(forms.values()).split(), item
        if len(genders) == 1:
            assert other not in forms[genders.pop()].split(), item


def test_articles_fit_the_nouns_of_the_table(of: Callable[[str], list[Contrast]]) -> None:
    told = {"das": "n", "die": "f", "den": "m"}
    seen = 0
    for item in of("article-gender"):
        pairs = differing(item)
        assert pairs and all(inflected(*pair) for pair in pairs), item
        words = tokens(item.correct)
        for article, following in pairwise(re.findall(r"[\w-]+", item.correct)):
            right = article.lower()
            sure = following in GENDER and words.count(right) == 1
            if sure and right in told and right in dict(pairs):
                assert GENDER[following] == told[right], item
                seen += 1
    assert seen > 3


def test_only_the_case_differs(of: Callable[[str], list[Contrast]]) -> None:
    """Dative singular ends in -m: in the wrong line after into, in the right one after in."""
    seen = Counter[bool]()
    for item in of("two-way-case"):
        pairs = differing(item)
        assert pairs and all(inflected(*pair) for pair in pairs), item
        dative = {right.endswith("m") for right, other in pairs if "m" in (right[-1], other[-1])}
        if len(dative) == 1 and re.search(r"\b(into|onto)\b", item.source):
            assert dative == {False}, item
            seen[False] += 1
        elif len(dative) == 1 and not re.search(r"\b(puts?|places?d?|la(y|id|ys)|hangs?|hung|"
            r"putting|placing|laying|hanging)\b", item.source):  # fmt: skip
            assert dative == {True}, item
            seen[True] += 1
    assert min(seen[True], seen[False]) > 2


def test_who_does_what_but_not_what_is_done(of: Callable[[str], list[Contrast]]) -> None:
    for item in of("roles"):
        of_correct, of_incorrect = (
            {word for word in GENDER if len(word) > 3 and word in text}
            for text in (item.correct, item.incorrect)
        )
        assert of_correct == of_incorrect, item
        assert abs(len(tokens(item.correct)) - len(tokens(item.incorrect))) <= 1, item


def test_a_phrase_with_mit_moves(of: Callable[[str], list[Contrast]]) -> None:
    for item in of("attachment"):
        correct, incorrect = tokens(item.correct), tokens(item.incorrect)
        assert sorted(correct) == sorted(incorrect) and correct != incorrect, item
        assert correct.index("mit") != incorrect.index("mit"), item
        assert " with " in item.source


def test_the_preposition_is_the_literal_one(of: Callable[[str], list[Contrast]]) -> None:
    literal = {"for": "für", "after": "nach", "of": "von", "about": "über", "at": "an", "in": "in",
        "on": "auf", "to": "zu", "from": "von"}  # fmt: skip
    for item in of("governed-preposition"):
        (right, other), *rest = differing(item)
        assert all(inflected(*pair) for pair in rest), item
        assert other in {literal[word] for word in tokens(item.source) if word in literal}, item
        assert right in ("auf", "um", "an", "nach", "vor", "von", "unter", "aus", "über"), item


@pytest.mark.parametrize("name", ["negation-deleted", "negation-inserted"])
def test_a_negation_more_or_less(name: str, of: Callable[[str], list[Contrast]]) -> None:
    def negations(text: str) -> int:
        return len(re.findall(r"\b(nicht|kein\w*)\b", text.lower()))

    def positive(text: str) -> list[str]:
        words = (re.sub(r"^kein", "ein", word) for word in tokens(text) if word != "nicht")
        return [word for word in words if not re.fullmatch("ein(e|er|en|em|es)?", word)]

    for item in of(name):
        more = -1 if name == "negation-deleted" else 1
        assert negations(item.incorrect) - negations(item.correct) == more, item
        pairs = zip(positive(item.correct), positive(item.incorrect), strict=True)
        assert all(inflected(*pair) for pair in pairs), item
        if more < 0:
            assert " not " in item.source


def test_a_prefix_at_the_end(of: Callable[[str], list[Contrast]]) -> None:
    for item in of("particle"):
        [(right, other)] = differing(item)
        assert {right, other} < {"ab", "an", "auf", "aus", "ein", "vor", "zu", "zurück", "weg",
            "zusammen", "statt", "nach", "teil", "heraus", "bereit"}, item  # fmt: skip


def test_one_verb_moves(of: Callable[[str], list[Contrast]]) -> None:
    for item in of("verb-second"):
        correct, incorrect = tokens(item.correct), tokens(item.incorrect)
        if len(correct) < len(incorrect):  # vorbereitete: bereitete vor
            assert "".join(sorted("".join(correct))) == "".join(sorted("".join(incorrect))), item
            continue
        assert sorted(correct) == sorted(incorrect) and correct != incorrect, item
        moved = [i for i in range(len(correct)) if _moved(correct, incorrect, i)]
        assert moved, item


def _moved(correct: list[str], incorrect: list[str], at: int) -> bool:
    """Whether the lines are the same but for the place of the word at `at`."""
    rest = correct[:at] + correct[at + 1 :]
    return any(
        rest == incorrect[:i] + incorrect[i + 1 :]
        for i, word in enumerate(incorrect)
        if word == correct[at]
    )
