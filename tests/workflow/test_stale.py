"""Stale means stale: what a change re-runs, counted in dry-runs of the finished smoke experiment.

The smoke experiment has LTH0 and two tickets in each of three series: 7 translations, 6 prunings;
LTH0, the last tickets and a random encoder are probed: 5 jobs.
"""

import shutil

import pytest

from tests.workflow.conftest import jobs, snakemake

# Costs are summed again whenever something else was made.
PAGE = {"provenance": 1, "report_page": 1}
CLAIMED = {"claims": 1, "plot_claims": 1, **PAGE}
SCORING = {
    "score": 1, "collect_table_a1": 1, "plot_bleu": 1, "plot_behaviour": 1, "extension_claims": 1,
    **CLAIMED,
}  # fmt: skip
# What BLEU does not see is read off translations, predictions of probes, contrasts.
BEHAVED = {"flips": 1, "pies": 1, "extension_claims": 1, "plot_behaviour": 1}
TRANSLATING = {"translate": 7, "translated_words": 1, **BEHAVED, **SCORING}
FIGURES = {"plot_similarity": 1, **PAGE}
# Dumps are temporary: what needs one again makes it again, and with it all that is read off them.
COMPARING = {
    "represent": 7, "compare_ticket": 7, "categories": 6, "collect_similarity": 1,
    "extension_claims": 1, **CLAIMED, **FIGURES,
}  # fmt: skip


COMPARED = {"compare_probes": 1, "plot_probing": 1, "extension_claims": 1, **CLAIMED}
PROBED = {"collect_probes": 1, **BEHAVED, **COMPARED}
ERASED = {"collect_erasure": 1, "plot_erasure": 1, "extension_claims": 1, **PAGE}
# Segments between tickets, and their modules; one job a seed.
DISSECTED = {
    "segments": 1, "barriers": 1, "sensitivity": 1, "collect_sensitivity": 1, "plot_anatomy": 1
}  # fmt: skip
COSTED = {
    "ticket_costs": 1, "collect_costs": 1, "measure_speed": 1, "collect_speeds": 1, "plot_cost": 1
}  # fmt: skip
PROBING = {"represent_probing": 5, "probe": 5, "erase": 4, **ERASED, **PROBED}


def tickets(count: int, series: int, pruned: int | None = None) -> dict[str, int]:
    """Jobs of some tickets after LTH0, the last of their series among them."""
    return {
        "represent_probing": series,
        "probe": series,
        "erase": series,
        **ERASED,
        **PROBED,
        "prune": count if pruned is None else pruned,
        "retrain": count,
        "sparsity": 1,
        "plot_sparsity": 1,
        "mask_overlap": 1,
        "dead_units": 1,
        "plot_masks": 1,
        **DISSECTED,
        **COSTED,
        "score_contrasts": count,
        "contrasts": 1,
        "probabilities": count,
        "collect_probabilities": 1,
        **TRANSLATING,
        "translate": count,
        **COMPARING,
    }


def test_nothing_changed_nothing_to_do(stale):
    assert stale() == {}
    assert stale({}) == {}


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [
        ({"decoding": {"beam": 5}}, TRANSLATING),
        ({"scoring": {"resamples": 300}}, SCORING),
        (
            {"pruning": {"series": {"magnitude": {"criterion": "magnitude", "scope": "layer"}}}},
            tickets(2, 1),
        ),
        ({"pruning": {"fraction": 0.4}}, tickets(6, 3)),
        # Only the second iteration changes, in all three series.
        ({"pruning": {"fraction": [0.5, 0.4]}}, tickets(3, 3)),
        ({"rewinding": {"kind": "weights"}}, tickets(6, 3, pruned=3)),
        # The biases leave LTH0's mask, from which all the others descend.
        ({"pruning": {"biases": False}}, {"dense_mask": 1, **tickets(6, 3)}),
        ({"similarity": {"threshold": 0.9}}, COMPARING),
        ({"similarity": {"least": 30}}, COMPARING),
        ({"similarity": {"frequency_edges": [10]}}, {"categories_of_text": 1, **COMPARING}),
        ({"representations": {"precision": "float32"}}, {**COMPARING, **PROBING}),
        ({"representations": {"pooling": "first"}}, PROBING),
        ({"probing": {"hidden": 8}}, PROBING),
        ({"probing": {"tasks": ["POS", "Coref"]}}, {"probing_text": 1, **PROBING}),
        ({"probing": {"resamples": 200}}, COMPARED),
    ],
    ids=[
        "beam", "resamples", "scope", "fraction", "fraction of the second iteration",
        "rewinding", "biases", "threshold", "least", "bins", "precision",
        "pooling", "hidden", "tasks", "resamples of probes",
    ],
)  # fmt: skip
def test_a_setting_re_runs_what_depends_on_it(stale, overlay, expected):
    counts = stale(overlay)
    assert counts == expected


def test_a_learning_rate_re_runs_all_training_and_no_corpus(stale):
    counts = stale({"training": {"lr": 0.004}})
    assert counts["train_dense"] == 1
    assert counts["retrain"] == 6
    assert counts["translate"] == 7
    assert not {"toy_text", "raw_text", "subwords", "binarize"} & counts.keys()


def test_a_shorter_train_text_re_runs_the_corpus_from_there_and_all_that_reads_it(stale):
    counts = stale({"corpus": {"limit": 900}})
    assert counts["raw_text"] == counts["subwords"] == counts["binarize"] == 1
    assert counts["train_dense"] == 1
    assert "toy_text" not in counts


def test_a_further_test_is_translated_and_makes_no_ticket_stale(stale):
    counts = stale({"corpus": {"tests": {"unseen": "toy"}}})
    collected = {"score_further": 1, "further_words": 1, "further_tests": 1}
    assert counts == {"translate_further": 7, **collected, **PAGE}


def test_comet_is_one_job_and_makes_nothing_else_stale(stale):
    # Any file that is there passes for a model until the job runs.
    counts = stale({"scoring": {"comet": {"model": "config.yaml", "command": "true"}}})
    assert counts == {"comet": 1, **PAGE}


def test_another_seed_adds_its_tickets_and_keeps_the_first_ones(stale):
    counts = stale({"seeds": [1, 2]})
    assert counts["train_dense"] == counts["dense_mask"] == counts["score"] == 1
    assert counts["prune"] == counts["retrain"] == 6
    assert counts["translate"] == 7
    assert "subwords" not in counts


def test_one_more_iteration_adds_one_ticket_a_series(stale):
    counts = stale({"pruning": {"iterations": 3}})
    assert counts["prune"] == counts["retrain"] == counts["translate"] == 3
    assert "train_dense" not in counts


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("stats/resampling.py", "level: float = 0.95", "level: float = 0.9"), {
            **SCORING, **PROBING, "represent_probing": 4, "probe": 4, "contrasts": 1,
            "probabilities": 7, "collect_probabilities": 1, "translated_words": 1,
        }),
        (("translation/decoding.py", '"--lenpen"', '"--len-pen"'), TRANSLATING),
        (("similarity/ticket.py", "if a < b or", "if a <= b or"), COMPARING),
        (("similarity/categories.py", "DRAWS = 10", "DRAWS = 20"), {
            "categories_of_text": 1, **COMPARING,
        }),
        (("probing/adam.py", "class Adam", "X = 1\n\n\nclass Adam"), PROBING),
        (("probing/comparison.py", 'CONTROL = "control"', 'CONTROL = "con" + "trol"'), COMPARED),
        (("report/figures/similarity.py", "ANNOTATED = 16", "ANNOTATED = 8"), FIGURES),
        (("report/figures/tickets.py", "lw=0.8", "lw=0.9"), {"plot_bleu": 1, **PAGE}),
        (("claims/judge.py", "    lines = [_line", "    X = 1\n    lines = [_line"), {
            "extension_claims": 1, "pies": 1, "plot_behaviour": 1, "plot_erasure": 1, **CLAIMED,
        }),
        (("report/page/report.html", "<h2>What was", "<h2>This was"), {"report_page": 1}),
        (("corpus/counts.py", "dropped.get(split, 0)", "dropped[split]"), {
            "corpus_statistics": 1, **PAGE,
        }),
        (("tickets/criteria/random.py", "[seed, k]", "[k, seed]"), tickets(2, 1)),
        (("tickets/version.py", "TRAINING_VERSION = ", "TRAINING_VERSION = 1"), {
            **tickets(7, 4), "prune": 6, "retrain": 6, "train_dense": 1, "dense_mask": 1,
            "untrained": 1, **PROBING,
        }),
    ],
    ids=[
        "scores", "decoding", "comparison", "categories", "probes", "differences", "figures",
        "plot", "claims", "page", "statistics",
        "criterion", "version of the training",
    ],
)  # fmt: skip
def test_an_edited_function_re_runs_the_rules_that_reach_it(stale, edit, expected):
    assert stale(edit=edit) == expected


@pytest.mark.parametrize(
    "edit",
    [
        ("tickets/command.py", "import Any", "import Any  # a comment"),
        ("tickets/prune.py", "One pruning iteration", "One iteration of pruning"),
        ("stats/resampling.py", "null = differences - diff", "null =  differences  -  diff"),
        ("probing/settings.py", 'description="', 'description="In other words: '),
    ],
    ids=["comment", "docstring", "formatting", "description"],
)  # fmt: skip
def test_words_and_looks_re_run_nothing(stale, edit):
    assert stale(edit=edit) == {}


@pytest.mark.parametrize(
    "edit",
    [
        ("tickets/watch.py", "diverged: {symptom}", "has diverged: {symptom}"),
        ("tickets/settings.py", 'description="', 'description="In other words: '),
        ("tickets/cut.py", "SAMPLE = 1 << 20", "SAMPLE = 1 << 21"),
        ("tickets/rewinding.py", "def start_checkpoint(", "X = 1\n\n\ndef start_checkpoint("),
    ],
    ids=["message", "description", "cut", "rewinding"],
)  # fmt: skip
def test_no_ticket_is_stale_by_code_of_the_same_version(stale, edit):
    assert not {"train_dense", "dense_mask", "prune", "retrain"} & stale(edit=edit).keys()


def test_deleting_a_ticket_rebuilds_it_and_what_follows_in_its_series(smoke_copy):
    ticket = smoke_copy / "results/smoke/tickets/seed1/magnitude/LTH1"
    (ticket / "checkpoint.pt").unlink()
    counts = jobs(snakemake(smoke_copy, "-n", "--configfile", "config/smoke.yaml"))
    assert counts == tickets(2, 1, pruned=1)
    shutil.rmtree(smoke_copy / "results/smoke/tickets/seed1/magnitude/LTH2")
    asked = ["results/smoke/tickets/seed1/random/LTH2/checkpoint.pt"]
    assert jobs(snakemake(smoke_copy, "-n", *asked, "--configfile", "config/smoke.yaml")) == {}


def test_deleting_the_last_ticket_rebuilds_just_that(smoke_copy):
    shutil.rmtree(smoke_copy / "results/smoke/tickets/seed1/control/LTH2")
    expected = tickets(1, 1)
    for rule in ("mask_overlap", "measure_speed", "collect_speeds"):
        del expected[rule]  # nothing is pruned in the control
    assert jobs(snakemake(smoke_copy, "-n", "--configfile", "config/smoke.yaml")) == expected


def test_deleting_a_table_rebuilds_it_from_what_is_there(smoke_copy):
    (smoke_copy / "results/smoke/tables/table_a1.csv").unlink()
    counts = jobs(snakemake(smoke_copy, "-n", "--configfile", "config/smoke.yaml"))
    assert counts == {
        rule: 1
        for rule in (
            "collect_table_a1", "plot_bleu", "plot_behaviour", "extension_claims", *CLAIMED
        )
    }  # fmt: skip
