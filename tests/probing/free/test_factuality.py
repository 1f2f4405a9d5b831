"""UDS-It-Happened: the rule for labels, and the package's form; sentences are made up.

The numbers of PUBLISHED are the 82 labels that Liu et al. (2019) show as an example of their data.
"""

import json
import os
import zipfile
from pathlib import Path

import pytest

from ticketscope.errors import InputError
from ticketscope.probing.free import factuality, sources

PUBLISHED = {  # sentence of train: word (from 1) -> label
    12: {7: 3.0, 11: 3.0},
    38: {7: 3.0, 25: 3.0},
    46: {7: 3.0, 14: 3.0, 20: -1.875, 27: -2.25, 33: -1.875, 34: -1.5, 38: 3.0},
    52: {25: 2.625, 34: 3.0, 39: 3.0, 43: 3.0, 55: -3.0, 60: 3.0},
    64: {
        3: 3.0,
        6: 3.0,
        35: 3.0,
        39: -2.625,
        45: 2.625,
        55: 2.625,
        58: -1.5,
        63: -2.625,
        66: -2.625,
    },
    65: {2: 3.0, 8: 3.0, 20: 2.625, 30: 2.625, 38: 3.0, 47: -3.0, 58: -3.0, 60: -3.0, 63: -3.0},
    74: {19: 3.0, 27: 2.25, 37: 2.625},
    83: {12: 2.625, 34: 3.0, 44: 3.0, 54: 3.0, 59: 3.0},
    4504: {
        2: 3.0,
        5: -2.625,
        7: 2.625,
        13: 3.0,
        16: 2.625,
        20: 2.625,
        22: -1.125,
        39: -1.125,
        45: -1.5,
        55: -2.25,
        57: 2.25,
    },
    4505: {2: 2.25, 4: 3.0, 14: 2.25, 16: -3.0, 18: -2.625, 27: -3.0, 37: -2.25},
    9274: {2: -2.25, 4: -2.25, 20: -2.25},
    9304: {7: -1.875, 10: -1.5, 16: -1.5, 21: -2.625},
    9312: {2: 3.0, 10: 3.0, 12: 2.25, 14: 2.25, 19: -2.25, 21: -2.25, 35: -2.25},
    9318: {3: 3.0, 7: 3.0, 15: -3.0, 21: 3.0},
    9325: {3: 3.0, 7: 2.625, 14: 3.0},
}


@pytest.mark.parametrize(
    ("values", "confidences", "expected"),
    [
        ((1, 1), (4, 4), 3.0),
        ((0, 0), (4, 3), -2.625),
        ((0, 0), (1, 2), -1.125),
        ((1, 0), (4, 2), 2.25),  # the first one listed decides
        ((0, 1), (2, 4), -2.25),
        ((1,), (0,), 0.0),
    ],
)
def test_label(values, confidences, expected):
    names = ("annotator-9", "annotator-1")
    given = [dict(zip(names, numbers, strict=False)) for numbers in (values, confidences)]
    assert factuality.label(*given) == expected


def graph(words: list[str]) -> dict:
    nodes = [
        {"domain": "syntax", "type": "token", "position": i, "form": word}
        for i, word in enumerate(words, start=1)
    ]
    other = [{"position": 0, "domain": "root", "type": "root"}, {"domain": "semantics"}]
    return {"directed": True, "nodes": [*nodes[::-1], *other], "adjacency": [[{"id": "ewt-dev-1"}]]}


def package(path: Path, graphs: dict, answers: dict) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        text = json.dumps({"metadata": {"factuality": {}}, "data": graphs})
        archive.writestr(factuality.GRAPHS.format("dev"), text)
        archive.writestr(factuality.ANSWERS, json.dumps({"metadata": {}, "data": answers}))
    return path


def answer(**values: int) -> dict:
    confidences = dict.fromkeys(values, 4)
    return {"factuality": {"factual": {"value": values, "confidence": confidences}}}


def test_sentences_with_answers_become_instances(tmp_path):
    graphs = {"ewt-dev-1": graph(["She", "left", "crying"]), "ewt-dev-2": graph(["Silence"])}
    answers = {
        "ewt-dev-1": {
            "ewt-dev-1-semantics-pred-3": answer(b=0, a=1),
            "ewt-dev-1-semantics-pred-2": answer(a=1),
        }
    }
    (instance,) = factuality.read(package(tmp_path / "p.whl", graphs, answers), "dev")
    assert (instance.id, instance.tokens) == ("ewt-dev-1", ("She", "left", "crying"))
    assert (instance.indices, instance.labels) == ((1, 2), (3.0, -3.0))


def test_what_does_not_fit_is_named(tmp_path):
    graphs = {"ewt-dev-1": graph(["She", "left"])}
    beyond = {"ewt-dev-1": {"ewt-dev-1-semantics-pred-5": answer(a=1)}}
    with pytest.raises(InputError, match="ewt-dev-1: token 4 of 2, counted from 0"):
        list(factuality.read(package(tmp_path / "a.whl", graphs, beyond), "dev"))
    other = {"ewt-dev-1": {"ewt-dev-1-semantics-pred-5": {}}}
    with pytest.raises(InputError, match=r"unexpected form of decomp/data.*factuality\.json"):
        list(factuality.read(package(tmp_path / "b.whl", graphs, other), "dev"))
    with pytest.raises(InputError, match=r"a\.whl has no member .*test-normalized\.json"):
        list(factuality.read(tmp_path / "a.whl", "test"))


def test_all_labels_published_are_met():
    path = Path(os.environ.get("TICKETSCOPE_MIRROR", "")) / sources.find("decomp").file("all").path
    if not path.is_file():
        pytest.skip(f"no {path.name} in TICKETSCOPE_MIRROR")
    found = factuality.answers(path)
    assert sum(map(len, found.values())) == 22209 + 2646 + 2548
    for number, labels in PUBLISHED.items():
        assert found[f"ewt-train-{number}"] == {word - 1: x for word, x in labels.items()}
    assert sum(map(len, PUBLISHED.values())) == 82
