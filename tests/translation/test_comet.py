"""COMET by its command, and its table; the real command where it is installed."""

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from ticketscope.config import validate
from ticketscope.errors import InputError
from ticketscope.joined.parts import table_names
from ticketscope.plan.names import TicketName
from ticketscope.plan.paths import Paths
from ticketscope.plan.texts import TextJobs
from ticketscope.report.page.bleu import comet as shown
from ticketscope.translation.comet import comet_table, segment_scores
from ticketscope.translation.settings import Comet

# Takes the arguments and writes the JSON of comet-score 2.2; a score is the share of the words that
# the reference has in the same place.
STAND_IN = """\
import argparse, json, os, sys
parser = argparse.ArgumentParser()
parser.add_argument("-s", "--sources")
parser.add_argument("-t", "--translations", nargs="+")
parser.add_argument("-r", "--references")
parser.add_argument("--model")
parser.add_argument("--gpus", type=int, default=1)
parser.add_argument("--to_json")
parser.add_argument("--quiet", action="store_true")
parser.add_argument("--only_system", action="store_true")
given = parser.parse_args()
assert os.path.isabs(given.model) and os.environ["HF_HUB_OFFLINE"] == "1"
assert "PYTHONPATH" not in os.environ
if open(given.model).read() != "a model":
    print("loading", file=sys.stderr)
    sys.exit("RuntimeError: no checkpoint")
read = lambda path: [line.strip() for line in open(path, encoding="utf-8")]
sources, references = read(given.sources), read(given.references)
data = {}
for path in given.translations:
    data[path] = []
    for src, mt, ref in zip(sources, read(path), references, strict=True):
        same = sum(a == b for a, b in zip(mt.split(), ref.split()))
        score = same / len(ref.split()) + 10 * given.gpus
        data[path].append({"src": src, "mt": mt, "ref": ref, "COMET": score})
json.dump(data, open(given.to_json, "w", encoding="utf-8"), ensure_ascii=False)
"""
DENSE, SPARSE = TicketName(1, "dense", 0), TicketName(1, "magnitude", 2)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {
        "source": "the house\na dog runs\n", "reference": "das Haus\nein Hund läuft\n",
        "dense": "das Haus\nein Hund rennt\n", "sparse": "die Haus\nder Hund\n",
        "model.ckpt": "a model",
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = tmp_path / "comet-score"
    command.write_text(f"#!{sys.executable}\n{STAND_IN}")
    command.chmod(0o755)
    return {path.name: path for path in tmp_path.iterdir()}


def scored(files: dict[str, Path], gpu: str | None = None, **changes: str) -> list[list[float]]:
    given = {"model": str(files["model.ckpt"]), "command": str(files["comet-score"])} | changes
    hypotheses = [files["dense"], files["sparse"]]
    comet = Comet(**given)
    scores = segment_scores(files["source"], files["reference"], hypotheses, comet, gpu)
    return [each.tolist() for each in scores]


def test_each_sentence_of_each_ticket_has_its_score(files, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    wanted = [[1, 2 / 3], [1 / 2, 1 / 3]]
    assert scored(files) == wanted
    assert scored(files, gpu="0") == [[10 + score for score in each] for each in wanted]
    monkeypatch.chdir(files["model.ckpt"].parent)
    assert scored(files, model="model.ckpt") == wanted


def test_what_goes_wrong_is_one_line(files):
    with pytest.raises(InputError, match=r"cannot run \S+nothing: No such file or directory"):
        scored(files, command=str(files["model.ckpt"].with_name("nothing")))
    files["model.ckpt"].write_text("broken")
    with pytest.raises(InputError, match=r"comet-score failed: RuntimeError: no checkpoint$"):
        scored(files)
    for written in ("", "json.dump([], open(sys.argv[sys.argv.index('--to_json') + 1], 'w'))"):
        files["comet-score"].write_text(f"#!{sys.executable}\nimport json, sys\n{written}\n")
        with pytest.raises(InputError, match=r"comet-score has written no scores of these files"):
            scored(files)


def test_a_model_is_a_file_and_without_one_there_is_no_comet(files):
    given = {"model": str(files["model.ckpt"]), "command": str(files["comet-score"])}
    config = validate({"scoring": {"comet": given}})
    TextJobs(config, Paths.of("x"))
    assert "comet.csv" in table_names(config, probed=[])
    assert "comet.csv" not in table_names(validate({}), probed=[])
    missing = validate({"scoring": {"comet": {"model": "nowhere.ckpt"}}})
    with pytest.raises(InputError, match=r"config error: scoring\.comet\.model: nowhere\.ckpt"):
        TextJobs(missing, Paths.of("x"))


def test_a_ticket_has_the_mean_its_interval_and_a_test_against_lth0():
    generator = np.random.default_rng(1)
    dense = generator.normal(0.8, 0.05, 200)
    table = comet_table({DENSE: dense, SPARSE: dense - 0.1}, resamples=200)
    of = table.set_index("series")
    assert of.loc["dense", "comet"] == pytest.approx(dense.mean())
    error = 1.96 * dense.std() / np.sqrt(200)
    assert of.loc["dense", "comet_low"] == pytest.approx(dense.mean() - error, abs=error / 3)
    assert of.loc["dense", "comet_high"] == pytest.approx(dense.mean() + error, abs=error / 3)
    assert np.isnan(of.loc["dense", "comet_p_vs_lth0"])
    assert of.loc["magnitude", "comet_p_vs_lth0"] == pytest.approx(1 / 201)
    same = comet_table({DENSE: dense, SPARSE: dense[::-1]}, resamples=200)
    assert same["comet_p_vs_lth0"].iloc[1] > 0.05
    on_page = shown(table, "comet.csv").frame.set_index("series")
    assert on_page.loc["magnitude", "minus LTH0"] == "-0.1000"
    assert on_page.loc["dense", "COMET"] == f"{dense.mean():.4f}"


@pytest.mark.skipif(
    not (os.environ.get("COMET_MODEL") and shutil.which("comet-score")),
    reason="needs comet-score on PATH, and COMET_MODEL, a checkpoint",
)
def test_the_real_command(files):
    """What is translated as the reference has it scores no less than what is not."""
    model = {"model": os.environ["COMET_MODEL"], "command": "comet-score"}
    dense, sparse = scored(files, **model)
    assert len(dense) == len(sparse) == 2 and np.isfinite([*dense, *sparse]).all()
    assert dense != sparse
