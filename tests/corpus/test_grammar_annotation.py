"""The gold annotation of the English side: invariants on drawn lines, and lines built by hand."""

import json
import re
from itertools import pairwise

import pytest

from ticketscope.corpus.grammar import Derivation, generate
from ticketscope.corpus.grammar.__main__ import missed
from ticketscope.corpus.grammar.derivation import derive
from ticketscope.corpus.grammar.lexicon import NOUNS, VERBS, Verb
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase, Sentence

LEAF = re.compile(r"\(([^() ]+) ([^() ]+)\)")


@pytest.fixture(scope="module")
def lines() -> list[Derivation]:
    return generate(seed=5, train=1500, valid=0, test=0, unseen=0)["train"]


def test_leaves_of_the_trees_are_the_tokens(lines: list[Derivation]) -> None:
    for line in lines:
        leaves = [leaf for tree in line.trees for leaf in LEAF.findall(tree)]
        assert tuple(word for _, word in leaves) == line.tokens
        assert tuple(tag for tag, _ in leaves) == line.pos
        assert all(tree.count("(") == tree.count(")") for tree in line.trees)


def test_every_token_has_every_label(lines: list[Derivation]) -> None:
    for line in lines:
        for name in ("pos", "ccg", "chunks", "ner", "heads", "relations", "semtags"):
            labels = getattr(line, name)
            assert len(labels) == len(line.tokens)
            assert "" not in labels, (name, line.english)


def test_tokens_give_back_the_sentence(lines: list[Derivation]) -> None:
    for line in lines:
        pieces = zip(line.space_before, line.tokens, strict=True)
        assert "".join(" " * space + token for space, token in pieces) == line.english
        assert re.findall(r"[\w-]+|'s|'|[.,]", line.english) == list(line.tokens)


def test_heads_are_trees_with_one_root_per_sentence(lines: list[Derivation]) -> None:
    for line in lines:
        assert line.heads.count(-1) == len(line.trees) == line.tokens.count(".")
        for token in range(len(line.tokens)):
            steps = 0
            while token != -1:
                token, steps = line.heads[token], steps + 1
                assert steps <= len(line.tokens)
        for head, relation in zip(line.heads, line.relations, strict=True):
            assert (head == -1) == (relation == "root")


def test_indices_and_spans_are_in_range(lines: list[Derivation]) -> None:
    for line in lines:
        size = len(line.tokens)
        for argument, predicate, _ in line.semantic_arcs:
            assert 0 <= argument < size and 0 <= predicate < size and argument != predicate
        for index, *_ in [*line.supersenses, *line.factuality, *line.ambiguous]:
            assert 0 <= index < size
        assert all(-3 <= value <= 3 and value % 0.375 == 0 for _, value in line.factuality)
        for chain in line.coreference:
            assert len(chain) > 1
            assert all(0 <= first <= head <= last < size for first, last, head in chain)
        for spans in line.conjuncts:
            assert all(a[1] < b[0] for a, b in pairwise(spans))


def test_adpositions_have_a_sense(lines: list[Derivation]) -> None:
    for line in lines:
        sensed = {index for index, *_ in line.supersenses}
        for i, relation in enumerate(line.relations):
            if relation == "case":
                assert i in sensed, (line.tokens[i], line.english)


def test_chunks_are_well_formed_bio(lines: list[Derivation]) -> None:
    for line in lines:
        for before, tag in zip(("O", *line.chunks), line.chunks, strict=False):
            if tag.startswith("I-"):
                assert before[2:] == tag[2:], line.english


def test_json_round_trip(lines: list[Derivation]) -> None:
    for line in lines[:50]:
        assert Derivation.from_json(json.loads(json.dumps(line.to_json()))) == line


def test_words_alone_do_not_decide_the_labels(lines: list[Derivation]) -> None:
    assert missed([("A", "x"), ("a", "y"), ("a", "y"), ("b", "x")]) == 1 / 4
    senses = [(x.tokens[i], role) for x in lines for i, role, _ in x.supersenses]
    facts = [(x.tokens[i], value) for x in lines for i, value in x.factuality]
    ccg = [p for x in lines for p in zip(x.tokens, x.ccg, strict=True)]
    relations = [p for x in lines for p in zip(x.tokens, x.relations, strict=True)]
    assert missed(senses) > 0.25
    assert missed(facts) > 0.2
    assert missed(ccg) > 0.08
    assert missed(relations) > 0.12


def _verb(frame: str, english: str) -> Verb:
    return next(v for v in VERBS[frame] if v.name == english)


def _np(kind: str, english: str, det: str = "the") -> Phrase:
    word = next(n for n in NOUNS[kind] if n.english == english)
    return Phrase(word, det=det, sex=word.sex)


def _line(*clauses: Clause) -> Derivation:
    return derive(Sentence(list(clauses)), ())


def test_the_same_preposition_attaches_by_verb_and_noun() -> None:
    cut = Clause(_verb("t", "cut"), _np("P", "cook"), obj=_np("F", "bread"))
    knife = _np("T", "knife")
    cut.adjuncts = [Adjunct("instrument", knife)]
    line = _line(cut)
    assert line.english == "The cook cut the bread with the knife."
    assert line.heads == (1, 2, -1, 4, 2, 7, 7, 2, 2)
    assert (2, 5, "ARG1") in line.semantic_arcs
    assert line.supersenses == ((5, "p.Instrument", "p.Instrument"),)
    assert line.ccg[5] == "((S\\NP)\\(S\\NP))/NP"
    man = _np("P", "man")
    man.attribute = Adjunct("possession", knife)
    line = _line(Clause(_verb("t", "see"), _np("P", "cook"), obj=man))
    assert line.english == "The cook saw the man with the knife."
    assert line.heads == (1, 2, -1, 4, 2, 7, 7, 4, 2)
    assert (4, 5, "ARG1") in line.semantic_arcs
    assert line.ccg[5] == "(NP\\NP)/NP"
    assert line.chunks == ("B-NP", "I-NP", "B-VP", "B-NP", "I-NP", "B-PP", "B-NP", "I-NP", "O")
    assert line.trees == (
        "(S (NP (DT The) (NN cook)) (VP (VBD saw) (NP (NP (DT the) (NN man)) "
        "(PP (IN with) (NP (DT the) (NN knife))))) (. .))",
    )


@pytest.mark.parametrize(
    ("control", "negated", "expected"),
    [
        ("manage", False, (3.0, 3.0)),
        ("manage", True, (-3.0, -3.0)),
        ("fail", False, (3.0, -3.0)),
        ("fail", True, (-3.0, 3.0)),
        ("refuse", False, (3.0, -2.25)),
    ],
)
def test_factuality_of_implicatives(
    control: str, negated: bool, expected: tuple[float, float]
) -> None:
    who = _np("P", "farmer")
    inner = Clause(_verb("t", "buy"), who, obj=_np("A", "cow", "a"))
    clause = Clause(_verb("z", control), who, negated=negated, complement=inner)
    line = _line(clause)
    assert tuple(value for _, value in line.factuality) == expected
    # the farmer is the understood buyer
    buy = line.tokens.index("buy")
    assert (line.tokens.index("farmer"), buy, "ARG1") in line.semantic_arcs


def test_factuality_under_know_and_believe() -> None:
    values = {}
    for matrix in ("know", "believe"):
        inner = Clause(_verb("i", "sleep"), _np("A", "dog"))
        outer = Clause(_verb("s", matrix), _np("P", "man"), negated=True, complement=inner)
        values[matrix] = [value for _, value in _line(outer).factuality]
    assert values == {"know": [-3.0, 3.0], "believe": [-3.0, -0.75]}


def test_coreference_and_ambiguity() -> None:
    bat = _np("A", "bat")
    first = Clause(_verb("t", "feed"), _np("P", "boy"), obj=bat)
    second = Clause(_verb("i", "sleep"), Phrase(antecedent=bat), negated=True)
    line = _line(first, second)
    assert line.english == "The boy fed the bat. It did not sleep."
    assert line.german == "Der Junge fütterte die Fledermaus. Sie schlief nicht."
    assert line.coreference == (((3, 4, 4), (6, 6, 6)),)
    assert line.ambiguous == ((4, "Fledermaus", ("Schläger",)),)
    assert line.factuality == ((2, 3.0), (9, -3.0))


def test_conjuncts_and_named_entities(lines: list[Derivation]) -> None:
    with_conjuncts = [x for x in lines if x.conjuncts]
    assert len(with_conjuncts) > 100
    for line in with_conjuncts:
        for (_, first), (second, _) in line.conjuncts:
            assert line.tokens[first + 1 : second][-1] in ("and", "but")
    people = [x for x in lines if "I-PER" in x.ner]
    assert people
    for line in people:
        last = line.ner.index("I-PER")
        assert line.ner[last - 1] == "B-PER" and line.pos[last] == "NNP"
        assert line.relations[last - 1] == "compound" and line.heads[last - 1] == last
