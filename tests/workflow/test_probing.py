"""Section 4 in the workflow: the smoke experiment's probes, and tasks of one's own."""

import json
import subprocess

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from safetensors.numpy import load_file

from tests.workflow.conftest import ROOT, jobs, snakemake
from ticketscope.config import load
from ticketscope.plan.probing import toy_folder
from ticketscope.probing.instances import read_instances
from ticketscope.probing.metrics import metric_of
from ticketscope.probing.result import COLUMNS
from ticketscope.probing.tasks import toy_suite
from ticketscope.probing.tasks.registry import TASKS
from ticketscope.report.titles import PROBING
from ticketscope.runtime.processes import fairseq_environment
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import Setup, command

CONFIG = ("--configfile", "config/smoke.yaml")
SERIES = ("magnitude", "random", "control")


@pytest.fixture(scope="module")
def results(smoke):
    return smoke / "results/smoke"


@pytest.fixture(scope="module")
def probes(results):
    return pd.read_csv(results / "tables/probes.csv")


def test_every_layer_of_every_ticket_is_probed_for_every_task(probes):
    assert list(probes.columns) == COLUMNS
    tickets = {("dense", "LTH0"), ("untrained", "LTH0"), *((name, "LTH2") for name in SERIES)}
    assert set(probes.groupby(["series", "ticket"]).groups) == tickets
    counts = probes.groupby(["task", "probe", "series", "layer"]).size()
    assert len(counts) == len(TASKS) * 2 * len(tickets) * 3
    assert set(probes["suite"]) == {"toy"}
    assert set(probes["task"]) == set(TASKS)


def test_each_score_has_its_baselines_beside_it(probes):
    needed = [
        "majority", "random_encoder", "control", "selectivity", "v_information", "shuffled",
    ]  # fmt: skip
    assert np.isfinite(probes[needed].to_numpy()).all()
    coded = probes["task"].isin(["SynPred", "SemPred"]) | (probes["series"] == "dense")
    of_code = probes[["codelength_bits", "compression", "blocks_undertrained"]]
    assert np.isfinite(of_code[coded].to_numpy()).all()
    assert of_code[~coded].isna().to_numpy().all()
    own = probes[probes["series"] == "untrained"]
    mean = own.groupby(["task", "probe", "layer"])["test"].mean()
    trained = probes[probes["series"] == "dense"].set_index(["task", "probe", "layer"])
    assert np.allclose(trained["random_encoder"], mean.loc[trained.index])


def test_scores_follow_from_the_predictions_that_are_kept(probes, results):
    with np.load(results / "probing/seed1/magnitude/LTH2/all.npz", allow_pickle=False) as kept:
        for task in TASKS.values():
            rows = probes[
                (probes["task"] == task.id) & (probes["probe"] == "mlp")
                & (probes["series"] == "magnitude")
            ]  # fmt: skip
            key = f"{task.id}/mlp"
            metric = metric_of(task.metric, kept[f"{key}/classes"].tolist())
            assert kept[f"{key}/layer"].tolist() == rows["layer"].tolist()
            scores = metric.value(kept[f"{key}/statistics"].sum(axis=1))
            assert rows["test"].tolist() == pytest.approx(scores.tolist())
            suite = results.parents[1] / toy_folder(
                task.id, longest=12, exponent=3.0, train=toy_suite.TRAIN
            )
            test = list(read_instances(suite / "test.jsonl.gz"))
            assert kept[f"{key}/instances"].tolist() == [instance.id for instance in test]
            labels = [label for instance in test for label in instance.labels]
            assert kept[f"{key}/predicted"].shape[1] == len(labels)
            gold = kept[f"{key}/gold"]
            if task.metric == "pearson":
                assert gold.tolist() == pytest.approx(labels)
            else:
                assert kept[f"{key}/classes"][gold].tolist() == labels


def test_the_random_encoder_is_what_lth0_began_as(results, tmp_path):
    """fairseq-train, with a learning rate that moves nothing."""
    config = load(ROOT / "config.yaml", ROOT / "config/smoke.yaml")
    still = config.training.model_copy(update={"lr": 1e-30, "warmup_init_lr": 1e-30})
    setup = Setup(config.model, still, config.languages, results / "corpus/bin", seed=1)
    subprocess.run(
        command(setup, tmp_path, max_epoch=1, cpu=True),
        check=True,
        capture_output=True,
        env=fairseq_environment(None),
    )
    began = checkpoints.load(tmp_path / "checkpoint_last.pt")["model"]
    untrained = checkpoints.load(results / "tickets/seed1/untrained/checkpoint.pt")["model"]
    assert untrained.keys() == began.keys()
    for name, tensor in untrained.items():
        assert torch.allclose(tensor, began[name], atol=1e-12), name


def test_tables_and_figures_are_there(results):
    differences = pd.read_csv(results / "tables/probe_differences.csv")
    assert len(differences) == len(TASKS) * 2 * len(SERIES)
    assert (differences["low"] <= differences["high"]).all()
    trends = pd.read_csv(results / "tables/probe_trends.csv")
    assert len(trends) == len(TASKS) * 2 * len(SERIES)
    assert set(trends["class"]) <= {"described", "at floor"}  # there is one seed
    assert (trends["low"] < trends["high"]).any()
    for table in ("table_a2", "table_a3"):
        assert len(pd.read_csv(results / f"tables/{table}.csv"))
    assert len(pd.read_csv(results / "tables/probe_separation.csv")) == len(TASKS) * 2
    for name in PROBING:
        assert (results / f"figures/{name}.svg").stat().st_size > 3000
        assert (results / f"figures/{name}.pdf").read_bytes().startswith(b"%PDF")
    training = pd.read_csv(results / "tables/probe_training.csv")
    assert len(training) == len(TASKS) * 2
    assert training["undertrained"].between(0, 1).all() and training["undertrained"].max() > 0
    report = json.loads((results / "probing/text/all/alignment.json").read_text())
    assert report["unalignable"] == report["divided"] == report["too_long"] == []
    assert report["words_without_subwords"] == 0 and report["sentences"] > 2000
    assert not list((results / "probing").rglob("*.npy"))


@pytest.mark.long
def test_a_task_of_ones_own_needs_no_code_and_makes_no_other_stale(smoke_copy):
    """A CoNLL-U file with a tag for the length of a word; one job a task and family of probes.

    The suite's tasks share one job a ticket, and the user's have their own, so that nothing of the
    suite is due. With `jobs: probe`, that holds for every task. LTH0, the last tickets of three
    series and a random encoder are probed.
    """
    words = ["a", "dog", "barks", "in", "the", "garden", "."]
    generator = np.random.default_rng(0)
    for split, size in (("train", 60), ("dev", 20), ("test", 30)):
        sentences = []
        for _ in range(size):
            chosen = generator.choice(words, 5)
            rows = [
                f"{i}\t{word}\t_\t_\tL{len(word)}\t_\t{i - 1}\tdep\t_\t_"
                for i, word in enumerate(chosen, start=1)
            ]
            sentences.append("\n".join(rows) + "\n")
        (smoke_copy / f"{split}.conllu").write_text("\n".join(sentences) + "\n")
    own = {"format": "conllu", **{split: f"{split}.conllu" for split in ("train", "dev", "test")}}

    def write(name, **probing):
        (smoke_copy / name).write_text(yaml.safe_dump({"probing": probing}))

    def due(*overlays):
        counts = jobs(snakemake(smoke_copy, "-n", *CONFIG, *overlays))
        return [counts.get(rule, 0) for rule in ("probing_text", "represent_probing", "probe")]

    write("beside.yaml", own={"Length": own})
    assert due("beside.yaml") == [1, 5, 10]
    write(
        "mine.yaml", tasks=[], own={"Length": own}, jobs="probe", max_epoch=20, lr=0.05,
        keep_weights=True,
    )  # fmt: skip
    snakemake(smoke_copy, "results/smoke/tables/probes.csv", *CONFIG, "mine.yaml")
    table = pd.read_csv(smoke_copy / "results/smoke/tables/probes.csv")
    assert set(table["task"]) == {"Length"} and set(table["group"]) == {"Own"}
    assert set(table["probe"]) == {"linear", "mlp"}
    assert (table.loc[table["layer"] == 0, "test"] > 0.9).all()
    part = smoke_copy / "results/smoke/probing/seed1/magnitude/LTH2/Length.linear"
    weights = load_file(f"{part}.safetensors")
    with np.load(f"{part}.npz", allow_pickle=False) as kept:
        layers, outputs, _ = weights["Length/linear/0.weight"].shape
        assert (layers, outputs) == (3, len(kept["Length/linear/classes"]))

    assert due("mine.yaml") == [0, 0, 0]
    write("more.yaml", tasks=["POS"])
    assert due("mine.yaml", "more.yaml") == [1, 5, 10]
    write("less.yaml", tasks=["POS"], by_task={"POS": {"limit": 50}})
    assert due("mine.yaml", "less.yaml") == [1, 5, 10]
    write("limit.yaml", by_task={"Length": {"limit": 50}})
    assert due("mine.yaml", "limit.yaml") == [1, 5, 10]


def test_a_paper_suite_without_its_files_probes_nothing_and_runs_all_else(stale):
    counts = stale({"probing": {"suite": "paper"}})
    assert counts and not counts.keys() & {
        "probe", "represent_probing", "collect_probes", "compare_probes", "plot_probing",
    }  # fmt: skip
