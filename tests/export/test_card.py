"""Names of folders and files are text in a model's card, whatever they contain."""

import ast
import hashlib
import json
import re
from types import SimpleNamespace

import pytest

from ticketscope.export.card import model_card
from ticketscope.results.ticket import PATHS


@pytest.fixture
def results(tmp_path):
    path = tmp_path / "<img src=x> | [a](b) `c` *d*"
    path.mkdir()
    record = {
        "config": {"subwords": {"tokenizer": "moses"}},
        "code": {"ticketscope": "1.2.3", "commit": None},
        "versions": {"torch": "9.9", "ve-fairseq": "8"},
        "licences": [
            {"data": "<b>|.en, my_file.de", "licence": "your own files: see their terms",
             "citation": ""},
            {"data": "contrast set lingeval97", "licence": "MIT", "citation": "S 2017"},
            {"data": "probing task upos", "licence": "CC BY-SA 4.0", "citation": "N 2016"},
        ],
    }  # fmt: skip
    (path / PATHS.provenance).write_text(json.dumps(record))
    return SimpleNamespace(path=path, languages=("en", "de"), provenance=record)


@pytest.fixture
def ticket(results):
    names = ("checkpoint.pt", "averaged.pt", "mask.safetensors")
    for name in names:
        (results.path / name).write_text(name)
    checkpoint, averaged, _ = (results.path / name for name in names)
    return SimpleNamespace(
        series="magnitude", label="LTH1", root=results.path, checkpoint=checkpoint,
        decoded_checkpoint=averaged, mask=SimpleNamespace(pruned=1, total=2, sparsity=0.5),
    )  # fmt: skip


@pytest.mark.parametrize("folder", ["LTH1", 'x"); import os  #', 'a\\b"\n', "ß\U0001f600"])
def test_the_folders_name_stays_a_string_of_the_code(ticket, results, folder):
    card = "\n".join(model_card(ticket, results, folder))
    code = re.search(r"```python\n(.*?)```", card, re.DOTALL)[1]
    nodes = list(ast.walk(ast.parse(code)))
    assert [node.value for node in nodes if isinstance(node, ast.Constant)].count(folder) == 2
    assert sum(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes) == 1


def test_other_names_are_no_markup(ticket, results):
    heading, *_ = (line for line in model_card(ticket, results, "x") if line.startswith("# "))
    assert heading == (r"# magnitude LTH1 of \<img src=x\> \| \[a\](b) \`c\` \*d\*")
    cells = [line for line in model_card(ticket, results, "x") if line.startswith("| ")]
    assert r"| experiment | \<img src=x\> \| \[a\](b) \`c\` \*d\* |" in cells
    assert r"| \<b\>\|.en, my\_file.de | your own files: see their terms |  |" in cells


def test_the_files_that_are_exported_are_told_by_their_sha256(ticket, results):
    cells = model_card(ticket, results, "x")
    for what, file in (("checkpoint", b"averaged.pt"), ("mask", b"mask.safetensors")):
        assert f"| {what}, SHA-256 | {hashlib.sha256(file).hexdigest()} |" in cells


def test_only_texts_that_the_weights_are_made_from_are_named(ticket, results):
    card = model_card(ticket, results, "x")
    texts = card[card.index("| text | licence | citation |") + 2 :]
    assert [row.split(" | ")[0] for row in texts] == [r"| \<b\>\|.en, my\_file.de"]
