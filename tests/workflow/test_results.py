"""ticketscope.load: what the smoke experiment has written, without a path."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from fairseq.sequence_generator import SequenceGenerator

import ticketscope
from ticketscope.corpus.parallel import read_lines
from ticketscope.errors import InputError
from ticketscope.representations.extraction import extract
from ticketscope.representations.vectors import new_vectors
from ticketscope.similarity import layer_sim
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask


@pytest.fixture(scope="module")
def folder(smoke: Path) -> Path:
    return smoke / "results/smoke"


@pytest.fixture(scope="module")
def results(folder: Path):
    return ticketscope.load(folder)


def test_importing_ticketscope_imports_nothing_heavy_and_loading_no_torch(folder):
    """Every job and every DAG imports ticketscope."""
    code = (
        "import sys, ticketscope; before = set(sys.modules); "
        "assert not {'numpy', 'pandas', 'pydantic', 'torch'} & before; "
        f"results = ticketscope.load({str(folder)!r}); "
        "results.tables.table_a1, results.ticket('magnitude', 1).mask; "
        "assert 'load' in dir(ticketscope) and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="no attribute lod"):
        ticketscope.lod  # noqa: B018


def test_tickets_are_listed_by_seed_series_and_iteration(results, folder):
    names = [(ticket.series, ticket.k) for ticket in results.tickets]
    chains = ("control", "magnitude", "random")
    assert names == [("dense", 0), *((series, k) for series in chains for k in (1, 2))]
    assert len(results.tickets) == 7
    ticket = results.tickets[1, "random", 2]
    assert ticket == results.ticket("random", 2) == results.ticket("random", 2, seed=1)
    assert ticket.checkpoint == folder / "tickets/seed1/random/LTH2/checkpoint.pt"
    assert results.ticket() == results.ticket("magnitude", 0) == results.tickets[1, "dense", 0]
    assert repr(results.tickets) == (
        "7 tickets: seed 1 dense LTH0, seed 1 control LTH1 to LTH2, seed 1 magnitude LTH1 to LTH2, "
        "seed 1 random LTH1 to LTH2"
    )
    assert "table_a1" in repr(results) and "unseen" in repr(results)


@pytest.mark.parametrize("asked", [("magnitude", 3), ("mag", 1), ("mag", 0), ("untrained", 0)])
def test_a_ticket_that_is_not_there_is_one_line(results, asked):
    with pytest.raises(InputError, match=r"no ticket .*seed 1 magnitude LTH1 to LTH2"):
        results.ticket(*asked)


def test_a_tickets_files(results, folder):
    ticket = results.ticket("magnitude", 2)
    path = folder / "tickets/seed1/magnitude/LTH2"
    assert ticket.mask.sparsity == Mask.load(path / "mask.safetensors").sparsity > 0.7
    assert ticket.log.equals(pd.read_csv(path / "log.csv"))
    assert ticket.translations() == read_lines(folder / "translations/seed1/magnitude/LTH2.txt")
    weights = ticket.parameters()
    assert weights.keys() == checkpoints.parameters(checkpoints.load(path / "checkpoint.pt")).keys()
    for name, kept in ticket.mask.kept.items():
        assert not weights[name].numpy()[~kept].any()


def test_a_model_says_what_its_ticket_said(results, folder):
    loaded = results.ticket("magnitude", 1).model()
    assert not loaded.model.training
    generator = SequenceGenerator([loaded.model], loaded.target, beam_size=4, len_penalty=0.6)
    sources = read_lines(folder / "corpus/bpe/test.en")[:5]
    expected = read_lines(folder / "translations/seed1/magnitude/LTH1.subwords.txt")[:5]
    for source, said in zip(sources, expected, strict=True):
        ids = loaded.source.encode_line(source, add_if_not_exist=False).long()[None]
        length = torch.tensor([ids.shape[1]])
        best = generator.generate(
            [loaded.model], {"net_input": {"src_tokens": ids, "src_lengths": length}}
        )[0][0]
        assert loaded.target.string(best["tokens"]) == said


def test_a_notebook_stays_quiet_when_a_model_is_loaded(folder):
    """Importing fairseq sets the root logger to DEBUG, with a handler."""
    code = (
        "import ticketscope, logging; root = logging.getLogger(); "
        f"ticketscope.load({str(folder)!r}).ticket().model(); "
        "assert root.level == logging.WARNING and not root.handlers, root.handlers; "
        "assert root.isEnabledFor(logging.WARNING) and root.manager.disable == 0"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_tables_by_name(results, folder):
    assert set(results.tables) == {path.stem for path in (folder / "tables").glob("*.csv")}
    expected = pd.read_csv(folder / "tables/similarity.csv")
    pd.testing.assert_frame_equal(results.tables.similarity, expected)
    pd.testing.assert_frame_equal(results.tables["similarity"], expected)
    assert {"similarity", "table_a1"} <= set(dir(results.tables))
    assert "claims" in results.tables and len(results.tables) == len(set(results.tables))
    with pytest.raises(AttributeError, match=r"no table simliarity.*there are: .*similarity"):
        results.tables.simliarity  # noqa: B018
    with pytest.raises(InputError, match=r"no table simliarity.*there are: .*similarity"):
        results.tables["simliarity"]


def test_claims_and_corpus(results, folder):
    assert results.claims.loc["bleu-kept", "section"] == "3.3, Table A1"
    assert results.provenance["config"]["experiment"] == "smoke"
    assert results.languages == ("en", "de")
    assert list(results.corpus) == ["test", "train", "unseen", "valid"]
    assert list(results.corpus.valid.columns) == ["en", "de"]
    assert results.corpus.valid["de"].tolist() == read_lines(folder / "corpus/raw/valid.de")


def test_matrices_are_those_of_the_pair_that_was_asked_for(results):
    dense, ticket = results.ticket(), results.ticket("random", 1)
    matrices = ticket.matrices(dense)
    table = results.tables.similarity
    rows = table[
        (table["measure"] == "LayerSim") & (table["module"] == "encoder")
        & (table["series"] == "random") & (table["ticket"] == "LTH1")
        & (table["other_ticket"] == "LTH0")
    ].set_index(["layer", "other_layer"])["value"]  # fmt: skip
    assert matrices["encoder/LayerSim"].shape == (3, 3)
    for place, value in np.ndenumerate(matrices["encoder/LayerSim"]):
        assert value == pytest.approx(rows[place])
    assert matrices["encoder/maxima/2"].shape == (32,)
    assert np.diag(ticket.matrices(ticket)["decoder/LayerSim"]) == pytest.approx(1)
    for stranger in (results.ticket("magnitude", 1), results.ticket("random", 2)):
        with pytest.raises(InputError, match=r"was not compared with .*, but with: LTH1, LTH0"):
            ticket.matrices(stranger)


def test_representations_are_there_if_they_were_kept(smoke_copy):
    folder = smoke_copy / "results/smoke"
    ticket = ticketscope.load(folder).ticket("control", 1)
    with pytest.raises(InputError, match=r"representations: \{keep: true\}"):
        ticket.representations()
    source, target = (read_lines(folder / f"corpus/bpe/valid.{lang}")[:9] for lang in ("en", "de"))
    extract(
        ticket.checkpoint, folder / "corpus/bin", source, target,
        folder / "representations/seed1/control/LTH1",
        precision="float32", max_tokens=500, device=None, progress=lambda line: None,
    )  # fmt: skip
    store = ticket.representations()
    assert store.sentences == 9
    assert isinstance(store.encoder, np.memmap)
    assert layer_sim(store.encoder[1], store.encoder[1]) == pytest.approx(1)


def test_words_of_a_text_of_ones_own(smoke_copy):
    folder = smoke_copy / "results/smoke"
    ticket = ticketscope.load(folder).ticket("control", 1)
    with pytest.raises(InputError, match=r"texts/mine.*is missing"):
        ticket.words("mine")
    path = folder / "texts/mine/seed1/control/LTH1.words.npy"
    with new_vectors(path, (3, 4, 2), "float32") as vectors:
        vectors[:] = np.arange(24.0).reshape(3, 4, 2)
    assert isinstance(ticket.words("mine"), np.memmap)
    assert ticket.words("mine").shape == (3, 4, 2)


def test_a_folder_without_an_experiment_is_one_line(smoke, tmp_path):
    with pytest.raises(InputError, match=r"smok holds no ticket .*did you mean .*results/smoke\?"):
        ticketscope.load(smoke / "results/smok")
    with pytest.raises(InputError, match="run snakemake first"):
        ticketscope.load(tmp_path / "nothing")


def test_an_unfinished_experiment_opens_and_says_what_it_lacks(smoke_copy):
    folder = smoke_copy / "results/smoke"
    (folder / "tables/claims.csv").unlink()
    (folder / "translations/seed1/random/LTH2.txt").unlink()
    results = ticketscope.load(folder)
    assert results.ticket("random", 2).mask.pruned
    with pytest.raises(InputError, match=r"no table claims \(yet\)"):
        results.claims  # noqa: B018
    with pytest.raises(InputError, match=r"random/LTH2\.txt is missing: the experiment has not"):
        results.ticket("random", 2).translations()


def test_of_several_seeds_one_must_be_named(smoke_copy):
    folder = smoke_copy / "results/smoke/tickets"
    for name in ("dense/LTH0", "magnitude/LTH1"):
        (folder / "seed2" / name).mkdir(parents=True)
        (folder / "seed2" / name / "checkpoint.pt").touch()
    results = ticketscope.load(folder.parent)
    assert results.ticket("magnitude", 1, seed=2).seed == 2
    with pytest.raises(InputError, match=r"give one of the seeds: \[1, 2\]"):
        results.ticket("magnitude", 1)
