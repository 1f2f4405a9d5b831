"""Section 5 in the workflow: the smoke experiment's tables and figures, labels of one's own."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import jobs, snakemake
from ticketscope.corpus.parallel import read_lines
from ticketscope.report.titles import SIMILARITY
from ticketscope.representations.store import Store
from ticketscope.similarity import attention_sim, layer_sim, neuron_sim
from ticketscope.similarity.ticket import COLUMNS

CONFIG = ("--configfile", "config/smoke.yaml")

# Stores hold float16, whose unit roundoff bounds the relative error of each value. The same
# comparison in blocks of other sizes, or on another processor, may differ by as much.
ROUNDING = float(np.finfo(np.float16).eps) / 2


@pytest.fixture(scope="module")
def results(smoke: Path) -> Path:
    return smoke / "results/smoke"


@pytest.fixture(scope="module")
def table(results: Path) -> pd.DataFrame:
    return pd.read_csv(results / "tables/similarity.csv")


def test_every_ticket_is_compared_with_itself_and_with_lth0(table):
    assert list(table.columns) == COLUMNS
    own = table[(table["ticket"] == table["other_ticket"]) & (table["measure"] == "LayerSim")]
    names = set(own.groupby(["series", "ticket"]).groups)
    series = ("magnitude", "random", "control")
    pruned = {(name, f"LTH{k}") for name in series for k in (1, 2)}
    assert names == pruned | {("dense", "LTH0")}
    for measure in ("LayerSim", "NeuronSim", "SameNeuron", "AttentionSim", "SameHead"):
        rows = table[(table["measure"] == measure) & (table["other_ticket"] == "LTH0")]
        assert set(rows[rows["ticket"] != "LTH0"].groupby(["series", "ticket"]).groups) == pruned
    assert table["value"].between(0, 1 + ROUNDING).all()


def test_tokens_are_those_of_the_validation_text_and_nothing_else(table, results):
    for module, language in (("encoder", "en"), ("decoder", "de")):
        lines = read_lines(results / f"corpus/bpe/valid.{language}")
        positions = sum(len(line.split()) + 1 for line in lines)
        assert set(table.loc[table["module"] == module, "n"]) == {positions}


def test_tickets_move_away_from_lth0_as_they_are_cut_and_retrained(table):
    rows = table[
        (table["measure"] == "LayerSim") & (table["other_ticket"] == "LTH0")
        & (table["layer"] == table["other_layer"]) & (table["layer"] == 2)
        & (table["module"] == "encoder")
    ].set_index(["series", "ticket"])["value"]  # fmt: skip
    for series in ("magnitude", "random", "control"):
        assert rows[series, "LTH1"] > rows[series, "LTH2"]


def test_tables_and_figures_are_there(results):
    for name in ("spectra", "attention_concentration", "categories"):
        assert len(pd.read_csv(results / f"tables/{name}.csv"))
    kinds = set(pd.read_csv(results / "tables/categories.csv")["kind"])
    assert kinds == {"frequency", "pos", "semtag"}
    with np.load(results / "tables/neuron_maxima.npz", allow_pickle=False) as maxima:
        assert maxima["seed1/random/LTH2/decoder/2"].shape == (32,)
    for name in SIMILARITY:
        assert (results / f"figures/{name}.svg").stat().st_size > 5000
        assert (results / f"figures/{name}.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.long
def test_representations_are_gone_unless_kept_and_the_tables_follow_from_them(smoke_copy, table):
    folder = smoke_copy / "results/smoke/representations/seed1"
    assert not list(folder.rglob("*.npy"))
    (smoke_copy / "keep.yaml").write_text("representations: {keep: true}\n")
    asked = [
        f"results/smoke/representations/seed1/{name}" for name in ("dense/LTH0", "random/LTH1")
    ]
    snakemake(smoke_copy, *asked, "--notemp", *CONFIG, "keep.yaml")
    (smoke_copy / "edge.yaml").write_text("similarity: {threshold: 0.9}\n")
    compared = "results/smoke/similarity/seed1/random/LTH1.csv"
    due = snakemake(smoke_copy, "-n", compared, *CONFIG, "keep.yaml", "edge.yaml")
    assert jobs(due) == {"compare_ticket": 1}  # the dumps are there
    due = snakemake(smoke_copy, "-n", compared, *CONFIG, "keep.yaml", "--forcerun", "represent")
    assert jobs(due) == {"compare_ticket": 1, "represent": 2}
    dense, ticket = Store.open(folder / "dense/LTH0"), Store.open(folder / "random/LTH1")

    def value(measure: str, module: str) -> float:
        rows = table[
            (table["measure"] == measure) & (table["module"] == module)
            & (table["series"] == "random") & (table["ticket"] == "LTH1")
            & (table["other_ticket"] == "LTH0") & (table["layer"] == 1)
            & (table["other_layer"] == 2)
        ]  # fmt: skip
        assert len(rows) == 1
        return float(rows["value"].iloc[0])

    x, y = ticket.decoder[1], dense.decoder[2]
    assert value("LayerSim", "decoder") == pytest.approx(layer_sim(x, y), abs=ROUNDING)
    assert value("NeuronSim", "decoder") == pytest.approx(neuron_sim(x, y).value, abs=ROUNDING)
    maps = [
        [store.attention_map("dec_self", layer, number) for number in range(store.sentences)]
        for store, layer in ((ticket, 0), (dense, 1))
    ]
    expected = attention_sim(*maps, np.column_stack(dense.lengths("dec_self")), "dec_self")
    assert value("AttentionSim", "dec_self") == pytest.approx(expected, abs=ROUNDING)


def test_labels_come_from_a_file_or_a_tagger_of_ones_own(smoke_copy):
    """The tagger says how long each word is, the file which words are capitalised."""
    text = read_lines(smoke_copy / "results/smoke/corpus/raw/valid.en")
    rows = ["".join(f"{word}\t{word[0].isupper()}\n" for word in line.split()) for line in text]
    (smoke_copy / "case.tsv").write_text("\n".join(rows))
    (smoke_copy / "tagger.py").write_text(
        "import sys\nfor line in sys.stdin:\n"
        "    print(''.join(f'{word}\\t{len(word)}\\n' for word in line.split()))\n"
    )
    labels = {"case": "case.tsv", "length": [sys.executable, "tagger.py"]}
    (smoke_copy / "mine.yaml").write_text(yaml.safe_dump({"similarity": {"labels": labels}}))
    asked = "results/smoke/similarity/categories.npz"
    snakemake(smoke_copy, asked, *CONFIG, "mine.yaml")
    subwords = read_lines(smoke_copy / "results/smoke/corpus/bpe/valid.en")
    first = len(subwords[0].split())
    with np.load(smoke_copy / asked, allow_pickle=False) as categories:
        assert categories.files == ["frequency", "pos", "semtag", "case", "length"]
        assert categories["case"][0] == "True"
        assert categories["length"][0] == str(len(text[0].split()[0]))
        assert {name: categories[name][first] for name in categories.files} == dict.fromkeys(
            categories.files, ""
        )


def test_lth0s_of_two_seeds_are_compared(smoke_copy):
    (smoke_copy / "seeds.yaml").write_text("seeds: [1, 2]\n")
    asked = "results/smoke/similarity/seed2/dense/LTH0.csv"
    snakemake(smoke_copy, asked, *CONFIG, "seeds.yaml")
    table = pd.read_csv(smoke_copy / asked)
    between = table[(table["other_seed"] == 1) & (table["layer"] == table["other_layer"])]
    assert set(between["measure"]) == {
        "LayerSim", "NeuronSim", "SameNeuron", "AttentionSim", "SameHead",
    }  # fmt: skip
    same = between[(between["measure"] == "SameNeuron") & (between["layer"] > 0)]
    assert (same["value"] < 0.5).all()  # nothing says which neuron is which


def test_words_of_a_text_of_ones_own_get_a_vector_each(smoke_copy):
    """Cut otherwise than the model cuts: clitics and punctuation apart."""
    (smoke_copy / "mine.txt").write_text("The dog 's old bone .\n\nIt did n't bark !\n")
    (smoke_copy / "mine.yaml").write_text(
        yaml.safe_dump({"representations": {"texts": {"mine": "mine.txt"}, "keep": True}})
    )
    folder = smoke_copy / "results/smoke/texts/mine"
    words = "results/smoke/texts/mine/seed1/magnitude/LTH1.words.npy"
    snakemake(smoke_copy, words, *CONFIG, "mine.yaml")
    vectors = np.load(smoke_copy / words, allow_pickle=False)
    assert vectors.shape == (3, 11, 32)
    assert vectors.any(axis=2).all()
    store = Store.open(folder / "seed1/magnitude/LTH1")
    with np.load(folder / "alignment.npz", allow_pickle=False) as alignment:
        assert alignment["word_offsets"].tolist() == [0, 6, 6, 11]
        first, last = alignment["spans"][6]
    mean = store.encoder[2, store.encoder_offsets[2] :][first:last].mean(axis=0, dtype=float)
    assert vectors[2, 6] == pytest.approx(mean, abs=2e-3)
    report = json.loads((folder / "alignment.json").read_text())
    assert report == {
        "sentences": 3, "words": 11, "words_without_subwords": 0, "unalignable": [],
        "too_long": [],
    }  # fmt: skip
