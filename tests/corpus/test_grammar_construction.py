"""docs/extend/construction.md, followed to the letter in a copy of the package."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.conftest import ROOT, environment
from tests.workflow.pages import follow

AUXILIARIES = "Do Does Did Is Are Am Was Were Has Have Will Can Could Must Should May"

# The first draws of the extended grammar that are questions, and a copula's that is built by hand.
SCRIPT = """
import json
from ticketscope.corpus.grammar import generate
from ticketscope.corpus.grammar.derivation import derive
from ticketscope.corpus.grammar.lexicon import ADJECTIVES, NOUNS, VERBS
from ticketscope.corpus.grammar.spec import Clause, Phrase, Sentence

dog, cat = (Phrase(noun) for noun in NOUNS["A"] if noun.english in ("dog", "cat"))
see = next(verb for verb in VERBS["t"] if verb.english == "see")
tired = next(adjective for adjective in ADJECTIVES if adjective.english == "tired")
lines = [
    derive(Sentence([Clause(see, dog, "pres", obj=cat, question=True)]), ()),
    derive(Sentence([Clause(None, dog, predicate=tired, question=True)]), ()),
    *generate(seed=3, train=300, valid=0, test=0, unseen=0)["train"],
]
print(json.dumps([line.to_json() for line in lines if line.tokens[-1] == "?"]))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The package with the page's questions, and what following the page printed."""
    folder = tmp_path_factory.mktemp("construction")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("src", "tests/corpus"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "tests/__init__.py"):
        shutil.copy(ROOT / name, folder / name)
    return folder, follow("extend/construction.md", folder, PYTHONPATH=str(folder / "src"))


@pytest.fixture(scope="module")
def questions(project: tuple[Path, str]) -> list[dict[str, Any]]:
    """Derivations made by the extended grammar."""
    printed = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment(PYTHONPATH=str(project[0] / "src")),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    lines: list[dict[str, Any]] = json.loads(printed)
    return lines


def test_the_page_works(project: tuple[Path, str]) -> None:
    printed = project[1]
    assert "1 passed" in printed
    assert printed.count("(SQ (") > 10


def test_the_question_and_its_labels(questions: list[dict[str, Any]]) -> None:
    line = questions[0]
    assert line["english"] == "Does the dog see the cat?"
    assert line["german"] == "Sieht der Hund die Katze?"
    assert line["pos"] == ["VBZ", "DT", "NN", "VB", "DT", "NN", "."]
    assert line["trees"] == [
        "(SQ (VBZ Does) (NP (DT the) (NN dog)) (VP (VB see) (NP (DT the) (NN cat))) (. ?))"
    ]
    assert line["heads"] == [3, 2, 3, -1, 5, 3, 3]
    assert line["relations"] == ["aux", "det", "nsubj", "root", "det", "dobj", "punct"]
    assert line["chunks"] == ["O", "B-NP", "I-NP", "B-VP", "B-NP", "I-NP", "O"]
    assert line["ccg"][0] == "(S[q]/(S[b]\\NP))/NP"
    assert line["factuality"] == [[3, 0.0]]
    assert [2, 3, "ARG1"] in line["semantic_arcs"]


def test_the_copula_comes_first_without_do(questions: list[dict[str, Any]]) -> None:
    line = questions[1]
    assert (line["english"], line["german"]) == ("Was the dog tired?", "War der Hund müde?")
    assert line["heads"] == [3, 2, 3, -1, 3]
    assert line["ccg"][0] == "(S[q]/(S[adj]\\NP))/NP"


def test_drawn_questions_have_the_verb_first_in_both_languages(
    questions: list[dict[str, Any]],
) -> None:
    drawn = questions[2:]
    assert len(drawn) > 10
    for line in drawn:
        assert line["english"].split()[0] in AUXILIARIES.split()
        assert line["german"].endswith("?") and "?" not in line["german"][:-1]
        assert line["heads"].count(-1) == 1 and len(line["trees"]) == 1
        assert line["semtags"][0] in ("NOW", "PST", "POS", "NEC", "FUT")
