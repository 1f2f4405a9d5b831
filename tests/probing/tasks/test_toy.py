"""The 18 tasks of the embedded grammar: hand-made lines, invariants, and that words do not tell."""

from collections import Counter
from random import Random

import pytest

from ticketscope.corpus.grammar import Derivation, generate
from ticketscope.corpus.grammar.derivation import derive
from ticketscope.corpus.grammar.lexicon import NOUNS, VERBS
from ticketscope.corpus.grammar.spec import Clause, Phrase, Sentence
from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks import toy, toy_errors
from ticketscope.probing.tasks.registry import TASKS


@pytest.fixture(scope="module")
def corpus() -> dict[str, list[Derivation]]:
    """A corpus in the style of the default experiment."""
    sizes = {"train": 1500, "valid": 30, "test": 300, "unseen": 0}
    return generate(seed=1, longest=12, exponent=2.0, **sizes)


@pytest.fixture(scope="module")
def train(corpus: dict[str, list[Derivation]]) -> list[Derivation]:
    return corpus["train"]


@pytest.fixture(scope="module")
def test(corpus: dict[str, list[Derivation]]) -> list[Derivation]:
    return corpus["test"]


def instances(lines: list[Derivation], task: str, seed: int = 0) -> list[Instance]:
    return list(toy.instances(lines, task, seed))


def _np(kind: str, english: str, det: str = "the") -> Phrase:
    word = next(n for n in NOUNS[kind] if n.english == english)
    return Phrase(word, det=det, sex=word.sex)


def _verb(frame: str, english: str) -> object:
    return next(v for v in VERBS[frame] if v.name == english)


@pytest.fixture
def one_line() -> list[Derivation]:
    """The boy fed the bat. It did not sleep."""
    bat = _np("A", "bat")
    first = Clause(_verb("t", "feed"), _np("P", "boy"), obj=bat)  # type: ignore[arg-type]
    second = Clause(_verb("i", "sleep"), Phrase(antecedent=bat), negated=True)  # type: ignore[arg-type]
    return [derive(Sentence([first, second], None), ())]


def test_a_line_in_every_task(one_line: list[Derivation]) -> None:
    def labels(task: str) -> tuple[object, ...]:
        (instance,) = instances(one_line, task)
        assert instance.id == "1"
        return instance.labels

    (pos,) = instances(one_line, "POS")
    assert " ".join(pos.tokens) == "The boy fed the bat . It did not sleep ."
    assert pos.labels == ("DT", "NN", "VBD", "DT", "NN", ".", "PRP", "VBD", "RB", "VB", ".")
    assert labels("Parent")[:6] == ("NP", "NP", "VP", "NP", "NP", "S")
    assert labels("GParent")[:6] == ("S", "S", "S", "VP", "VP", "None")
    assert labels("GGParent")[:6] == ("None", "None", "None", "S", "S", "None")
    assert labels("EF") == (3.0, -3.0)
    (relations,) = instances(one_line, "SynClass")
    assert (relations.pairs or ())[:3] == ((0, 1), (1, 2), (3, 4))
    assert relations.labels[:3] == ("det", "nsubj", "det")
    (coref,) = instances(one_line, "Coref")
    assert coref.pairs == ((6, 4), (6, 1))  # It: the bat, not the boy
    assert (coref.labels, coref.sentences) == (("1", "0"), (0, 6))
    assert instances(one_line, "Conj") == [] and instances(one_line, "PS-Role") == []


@pytest.mark.parametrize("task", TASKS)
def test_instances_have_the_tasks_kind_and_repeat(test: list[Derivation], task: str) -> None:
    first = instances(test, task)
    assert first and {instance.kind for instance in first} == {TASKS[task].kind}
    assert first == instances(test, task)
    drawn = task in ("GED", "SynPred", "SemPred", "Coref")
    assert (first != instances(test, task, seed=1)) == drawn
    assert len({instance.id for instance in first}) == len(first)


# Most that the word form alone (for pairs: both forms) may get right, in accuracy. Names are the
# exception: the grammar has few that are ambiguous.
WORD_ALONE = {"POS": 0.97, "CCG": 0.93, "Parent": 0.96, "GParent": 0.8, "GGParent": 0.75,
    "Chunk": 0.94, "Conj": 0.75, "SynPred": 0.8, "SynClass": 0.65, "ST": 0.96, "PS-Fxn": 0.87,
    "PS-Role": 0.8, "EF": 0.75, "SemPred": 0.75, "SemClass": 0.8, "Coref": 0.75}  # fmt: skip


@pytest.mark.parametrize("task", WORD_ALONE)
def test_the_word_does_not_tell(train: list[Derivation], test: list[Derivation], task: str) -> None:
    seen: dict[object, Counter[object]] = {}
    everything: Counter[object] = Counter()
    for instance in instances(train, task):
        for word, label in zip(_words(instance), instance.labels, strict=True):
            seen.setdefault(word, Counter())[label] += 1
            everything[label] += 1
    right = [
        seen.get(word, everything).most_common(1)[0][0] == label
        for instance in instances(test, task)
        for word, label in zip(_words(instance), instance.labels, strict=True)
    ]
    assert sum(right) / len(right) < WORD_ALONE[task]


def _words(instance: Instance) -> list[object]:
    tokens = instance.tokens
    if instance.pairs is not None:
        return [(tokens[a], tokens[b]) for a, b in instance.pairs]
    return [tokens[i] for i in instance.indices or range(len(tokens))]


def test_iob1() -> None:
    bio = ("B-PER", "I-PER", "B-PER", "O", "B-LOC", "B-PER", "O")
    assert toy.iob1(bio) == ("I-PER", "I-PER", "B-PER", "O", "I-LOC", "I-PER", "O")


def test_conjuncts_are_spans_of_a_coordination(train: list[Derivation]) -> None:
    sentences = instances(train, "Conj")
    assert len(sentences) > 50
    for instance in sentences:
        assert instance.labels.count("B") >= 2
        for token, label in zip(instance.tokens, instance.labels, strict=True):
            assert token not in ("and", "but") or label == "O"


def test_both_coreference_labels_are_equally_frequent(train: list[Derivation]) -> None:
    for instance in instances(train, "Coref"):
        assert instance.labels == ("1", "0") * (len(instance.labels) // 2)
        line = train[int(instance.id) - 1]
        heads = [{head for *_, head in chain} for chain in line.coreference]
        for (child, parent), label in zip(instance.pairs or (), instance.labels, strict=True):
            assert parent < child
            assert any({child, parent} <= chain for chain in heads) == (label == "1")


def test_errors_change_the_line_where_they_say(train: list[Derivation]) -> None:
    wrong = [x for x in instances(train, "GED") if "i" in x.labels]
    assert 0.55 < len(wrong) / len(train) < 0.7
    for instance in wrong:
        right = train[int(instance.id) - 1].tokens
        first = instance.labels.index("i")
        marked = instance.labels.count("i")
        assert instance.tokens[:first] == right[:first]
        rest = len(instance.tokens) - first - marked
        assert instance.tokens[len(instance.tokens) - rest :] == right[len(right) - rest :]
        assert instance.tokens != right


def test_wrong_words_are_right_elsewhere(train: list[Derivation]) -> None:
    counts: dict[str, Counter[str]] = {}
    for instance in instances(train, "GED"):
        for token, label in zip(instance.tokens, instance.labels, strict=True):
            counts.setdefault(token.lower(), Counter())[str(label)] += 1
    common = {word: c for word, c in counts.items() if c.total() > 20}
    assert max(c["i"] / c.total() for c in common.values()) < 0.5


def _edited(line: Derivation, kind: int) -> set[str]:
    texts = set()
    for edit in toy_errors._kinds(line)[kind]:
        texts.add(" ".join((*line.tokens[: edit.first], *edit.words, *line.tokens[edit.end :])))
    return texts


def test_kinds_of_errors() -> None:
    man = _np("P", "man", "this")
    clause = Clause(_verb("p", "wait for"), man, tense="perf", prep_obj=_np("E", "concert", "a"))  # type: ignore[arg-type]
    line = derive(Sentence([clause], None), ())
    assert line.english == "This man has waited for a concert."
    assert _edited(line, 0) == {"This man have waited for a concert ."}
    assert _edited(line, 1) == {"These man has waited for a concert ."}
    assert _edited(line, 2) == {"This man has waited for an concert ."}
    assert _edited(line, 3) == {"This man has waited for concert ."}
    assert _edited(line, 4) == {
        "This man has waited of a concert .", "This man has waited about a concert .",
    }  # fmt: skip
    assert _edited(line, 5) == {"This man has wait for a concert ."}
    bat = _np("A", "bat")
    first = Clause(_verb("t", "feed"), _np("P", "boy"), obj=bat)  # type: ignore[arg-type]
    second = Clause(_verb("i", "sleep"), Phrase(antecedent=_np("P", "boy")), negated=True)  # type: ignore[arg-type]
    line = derive(Sentence([first, second], None), ())
    assert _edited(line, 6) == {"The boy fed the bat . He not did sleep ."}
    assert _edited(line, 7) == {"The boy fed the bat . Him did not sleep ."}


def test_a_share_of_lines_stays_right() -> None:
    line = generate(seed=2, train=1, valid=0, test=0, unseen=0)["train"][0]
    generator = Random(1)
    drawn = [toy_errors.corrupt(line, generator) for _ in range(600)]
    right = sum("i" not in labels for _, labels in drawn)
    assert 150 < right < 250


def test_a_task_that_is_not_there_is_named(one_line: list[Derivation]) -> None:
    with pytest.raises(InputError, match="task is Pos, allowed are POS, CCG"):
        instances(one_line, "Pos")
