"""Which jobs an experiment has, from its config alone."""

import inspect
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from ticketscope.config import validate
from ticketscope.errors import InputError
from ticketscope.plan.experiment import Plan
from ticketscope.plan.names import TicketName
from ticketscope.plan.paths import Paths


def plan(**sections) -> Plan:
    return Plan(validate({"experiment": "x", "seeds": [1], **sections}))


def job(seed, series, k, **more):
    return SimpleNamespace(seed=str(seed), series=series, k=str(k), **more)


def test_nothing_of_the_plan_knows_snakemake():
    code = (
        "import sys, ticketscope.plan.scale, ticketscope.plan.forecast; "
        "print('snakemake' in sys.modules, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_a_name_has_a_label_columns_and_parents():
    name = TicketName(2, "magnitude", 3)
    assert name.label == "LTH3"
    assert name.columns == {"seed": 2, "series": "magnitude", "ticket": "LTH3", "k": 3}
    assert name.dense == (2, "dense", 0)
    assert name.previous == (2, "magnitude", 2)
    assert name.previous.previous.previous == name.dense
    with pytest.raises(ValueError, match="LTH0 of seed 2"):
        name.dense.previous  # noqa: B018
    assert TicketName.of(job(2, "magnitude", 3)) == name


def test_every_path_lies_below_the_experiments_folders():
    paths = Paths.of("x")
    names = [name for name, kind in inspect.getmembers(Paths) if isinstance(kind, property)]
    values = {name: getattr(paths, name) for name in names}
    folders = ("results/x/", "logs/x/")
    assert all(value.startswith(folders) for value in values.values())
    assert len(set(values.values())) == len(values)
    assert TicketName(1, "random", 2).fill(paths.mask) == (
        "results/x/tickets/seed1/random/LTH2/mask.safetensors"
    )
    assert paths.rewind(3).format(seed=1) == "results/x/tickets/seed1/dense/LTH0/rewind/epoch3.pt"


def test_the_series_of_a_seed_share_lth0():
    two = plan(seeds=[4, 2], pruning={"iterations": 2})
    assert two.tickets_of_seed(2) == [
        (2, "dense", 0),
        *((2, series, k) for series in ("magnitude", "random", "control") for k in (1, 2)),
    ]
    assert [name.seed for name in two.tickets] == [4] * 7 + [2] * 7
    assert len(two.per_ticket(two.paths.mask)) == len(set(two.per_ticket(two.paths.mask))) == 14


def test_a_ticket_is_made_of_the_one_before_and_of_lth0s_rewind_point():
    jobs = plan(training={"max_epoch": 10}, rewinding={"point": 0.7}).training
    wildcards = job(1, "random", 1)
    folder = "results/x/tickets/seed1/dense/LTH0"
    assert jobs.previous_checkpoint(wildcards) == f"{folder}/checkpoint.pt"
    assert jobs.previous_mask(wildcards) == f"{folder}/mask.safetensors"
    assert jobs.last(wildcards) == [f"{folder}/checkpoint.pt"]
    assert jobs.rewound(wildcards) == [f"{folder}/rewind/epoch7.pt"]
    assert jobs.statistics(wildcards) == []
    assert jobs.previous_mask(job(1, "random", 2)).endswith("random/LTH1/mask.safetensors")
    assert jobs.criterion(wildcards) != jobs.criterion(job(1, "magnitude", 1))
    assert jobs.criterion(job(1, "control", 1)) == ""


def test_a_mask_depends_on_its_seed_and_iteration():
    """Random ones are drawn anew in each."""
    jobs = plan(seeds=[1, 2]).training
    names = [(seed, k) for seed in (1, 2) for k in (1, 2)]
    assert len({str(jobs.prune_settings(job(seed, "random", k))) for seed, k in names}) == 4


def test_what_is_averaged_decodes():
    rewound = {"rewinding": {"point": 0.5}}
    one, three = (plan(training={"average_checkpoints": n}, **rewound) for n in (1, 3))
    assert one.training.decoded_checkpoint == one.paths.checkpoint
    assert three.training.decoded_checkpoint == three.paths.averaged != three.paths.checkpoint


def test_a_file_of_a_ticket_trained_elsewhere_that_is_replaced_is_noticed(tmp_path):
    """Another file may be of the same size, and bring an old time with it."""
    paths = {
        name: tmp_path / name for name in ("dict.en.txt", "dict.de.txt", "codes", "0", "1", "m")
    }
    for path in paths.values():
        path.write_bytes(b"1234")
    tickets = [
        {"series": "dense", "k": 0, "checkpoint": str(paths["0"])},
        {"series": "mine", "k": 1, "checkpoint": str(paths["1"]), "mask": str(paths["m"])},
    ]
    external = {"data": str(tmp_path), "codes": str(paths["codes"]), "tickets": tickets}
    jobs, ticket = plan(external_tickets=external).training, TicketName(1, "mine", 1)
    assert jobs.external_dense(ticket) == [str(paths["0"])] != jobs.external_dense(ticket.dense)
    for name in ("1", "m"):
        before = jobs.external_stamps(ticket)
        os.utime(paths[name], ns=(0, 10**9))
        replaced = jobs.external_stamps(ticket)
        assert replaced != before
        paths[name].write_bytes(b"12345")
        os.utime(paths[name], ns=(0, 10**9))
        assert jobs.external_stamps(ticket) != replaced


def test_series_of_other_recipes_read_what_they_need_and_no_more():
    series = {
        "magnitude": {"criterion": "magnitude"},
        "lottery": {"criterion": "magnitude", "kind": "weights", "point": 0},
        "reinit": {"of": "magnitude", "kind": "redrawn"},
        "shuffled": {"criterion": "shuffled", "of": "magnitude"},
        "taylor": {"criterion": "taylor", "iterations": 1},
        "movement": {"criterion": "movement"},
    }
    experiment = plan(
        training={"max_epoch": 10}, rewinding={"point": 0.7}, pruning={"series": series}
    )
    jobs, folder = experiment.training, "results/x/tickets/seed1"
    for begins in ("lottery", "reinit"):
        assert jobs.last(job(1, begins, 2)) == jobs.rewound(job(1, begins, 2)) == []
    assert jobs.source_mask(job(1, "shuffled", 2)) == f"{folder}/magnitude/LTH2/mask.safetensors"
    assert (jobs.taking, jobs.cutting[0]) == (["reinit", "shuffled"], "magnitude")
    assert jobs.taken_settings(job(1, "shuffled", 2))["shuffled"]
    assert not jobs.taken_settings(job(1, "reinit", 2))["shuffled"]
    statistic = "squared_gradient_product"
    assert jobs.statistics(job(1, "taylor", 1)) == [f"{folder}/dense/LTH0/{statistic}.safetensors"]
    assert jobs.prune_settings(job(1, "taylor", 1))["needs"] == [statistic]
    assert jobs.statistics(job(1, "movement", 3)) == [f"{folder}/dense/LTH0/rewind/epoch7.pt"]
    assert jobs.statistics(job(1, "magnitude", 3)) == []
    assert "needs" not in jobs.prune_settings(job(1, "magnitude", 3))
    taylor = [name.k for name in experiment.tickets if name.series == "taylor"]
    assert taylor == [1]
    assert jobs.epochs(experiment.tickets[0]) == 10
    assert [jobs.epochs(TicketName(1, name, 2)) for name in ("magnitude", "lottery")] == [3, 10]


@pytest.mark.parametrize(
    ("series", "others", "reason"),
    [
        (
            {"criterion": "movement", "kind": "weights", "point": 0},
            {},
            "its criterion needs .* point above 0",
        ),
        (
            {"criterion": "wanda"},
            {"embeddings": True},
            "its criterion needs the inputs .* pruning.embeddings to false",
        ),
    ],
)
def test_a_series_that_cannot_be_cut_is_refused_before_anything_is_trained(series, others, reason):
    with pytest.raises(InputError, match=f"config error: pruning.series.mine: {reason}"):
        plan(pruning={"series": {"mine": series}} | others)


def test_a_reordered_series_draws_lth0s_weights_where_weights_are_drawn():
    """fairseq's seed is another one there; a start checkpoint or redrawn weights need no help."""
    anew = {"kind": "weights", "point": 0}
    recipes = {"lottery": anew, "rewound": {"kind": "weights"}, "tuned": {"kind": "none"}}
    recipes |= {"redrawn": {"kind": "redrawn"}, "again": {"kind": "learning_rate", "point": 0}}
    series = {
        f"{name}{order}": {"criterion": "none"} | recipe | ({"order_seed": 2} if order else {})
        for name, recipe in recipes.items()
        for order in ("", "-reordered")
    }
    jobs = plan(seeds=[7], pruning={"series": series}).training
    drawn = {name: jobs.retrain_settings(job(7, name, 2)).get("init_seed") for name in series}
    assert drawn.pop("lottery-reordered") == 7
    assert set(drawn.values()) == {None}


def test_a_new_option_at_its_default_makes_no_ticket_stale():
    settings = plan().training.train_settings
    assert settings == plan(training={"precision": "fp32"}).training.train_settings
    assert settings != plan(training={"lr": 0.123}).training.train_settings


def test_another_series_or_iteration_is_no_part_of_a_tickets_settings():
    magnitude = {"magnitude": {"criterion": "magnitude"}}
    layerwise = {"layerwise": {"criterion": "magnitude", "scope": "layer"}}
    base = plan(pruning={"series": magnitude})
    other = plan(pruning={"series": magnitude | layerwise, "iterations": 5})
    wildcards = job(1, "magnitude", 3)
    assert base.training.prune_settings(wildcards) == other.training.prune_settings(wildcards)
    assert base.training.retrain_settings(wildcards) == other.training.retrain_settings(wildcards)


def test_fine_tuning_goes_on_and_rewinding_repeats():
    length = {"training": {"max_epoch": 10}}
    rewound = plan(**length, rewinding={"point": 0.7})
    tuned = plan(**length, rewinding={"kind": "none", "point": 0.7})
    lengths = [
        [p.training.retrain_settings(job(1, "magnitude", k))["max_epoch"] for k in (1, 2)]
        for p in (rewound, tuned)
    ]
    assert lengths == [[10, 10], [13, 16]]


def test_tickets_are_compared_with_lth0_even_ones_with_even_ones_lth0_with_other_seeds():
    comparisons = plan(seeds=[1, 2, 3]).comparisons
    dense = TicketName(3, "dense", 0)
    assert comparisons.partners(dense) == [(1, "dense", 0), (2, "dense", 0)]
    assert comparisons.partners(TicketName(1, "dense", 0)) == []
    assert comparisons.partners(TicketName(3, "random", 3)) == [dense]
    assert comparisons.partners(TicketName(3, "random", 6)) == [
        dense, (3, "random", 2), (3, "random", 4)
    ]  # fmt: skip
    # The last of the full heat maps.
    assert [other.k for other in comparisons.partners(TicketName(3, "random", 8))] == [0, 2, 4, 6]
    wildcards = job(3, "random", 6)
    assert len(comparisons.stores(wildcards)) == len(comparisons.settings(wildcards)["others"]) == 3


def test_predictions_are_compared_with_lth0_and_those_of_lth0_with_the_seeds_before():
    behaviour = plan(seeds=[3, 1, 2]).behaviour
    assert behaviour.partners(TicketName(1, "random", 3)) == [(1, "dense", 0)]
    assert behaviour.partners(TicketName(2, "dense", 0)) == [(3, "dense", 0), (1, "dense", 0)]


def test_a_limit_above_the_toy_suites_size_makes_a_larger_suite_for_that_task_alone():
    given = {"limit": 1000, "by_task": {"POS": {"limit": 1500}}}
    probing = plan(probing=given, corpus={"toy": {"longest": 14, "exponent": 1.5}}).probing
    assert probing.task_folder("POS") == (
        "resources/probing/toy/longest14-exponent1.5-train1500/POS"
    )
    assert probing.task_folder("CCG") == (
        "resources/probing/toy/longest14-exponent1.5-train1000/CCG"
    )


@pytest.mark.parametrize(
    "change",
    [{"by_task": {"POS": {"limit": 50}}}, {"tasks": ["POS", "CCG", "NER"]}],
    ids=["limit", "task"],
)
def test_what_a_task_depends_on_knows_nothing_of_other_tasks(change):
    base = {"jobs": "probe", "tasks": ["POS", "CCG"]}
    before, after = (plan(probing=given).probing for given in (base, base | change))
    text, part = job(1, "random", 1, text="CCG"), job(1, "random", 1, part="CCG.mlp")
    for probing in (before, after):
        assert probing.words_of(part).endswith("vectors/seed1/random/LTH1/CCG.words.npy")
    assert before.text_settings(text) == after.text_settings(text)
    assert before.settings(part) == after.settings(part)
    assert before.instances_of_text(text) == after.instances_of_text(text)
    assert before.aligned_text_of(part) == after.aligned_text_of(part)
    assert before.texts != after.texts or before.text_settings(
        job(1, "random", 1, text="POS")
    ) != after.text_settings(job(1, "random", 1, text="POS"))


def test_the_codelength_of_other_tasks_is_lth0s_alone():
    probing = plan(probing={"tasks": ["POS", "SynPred"], "codelength_dense": ["POS"]}).probing
    coded = {
        name.series: probing.settings(job(*name, part="all"))["recipe"]["codelength"]
        for name in probing.tickets
    }
    assert coded.pop("dense") == ["POS", "SynPred"]
    assert set(map(tuple, coded.values())) == {("SynPred",)} and "untrained" in coded


def test_probing_jobs_cover_each_task_and_kind_of_each_probed_ticket_once():
    whole = plan(pruning={"iterations": 3}, probing={"tickets": [2]}).probing
    assert [name[1:] for name in whole.tickets] == [
        ("dense", 0), ("magnitude", 2), ("random", 2), ("control", 2), ("untrained", 0)
    ]  # fmt: skip
    assert whole.parts == ["all"]
    some = plan(pruning={"iterations": 3}, probing={"tickets": [2], "series": ["control"]}).probing
    assert [name[1:] for name in some.tickets] == [("dense", 0), ("control", 2), ("untrained", 0)]
    split = plan(pruning={"iterations": 3}, probing={"tickets": [2], "jobs": "probe"}).probing
    assert len(split.jobs) == 5 * 18 * 2
    covered = [
        (name, task, kind)
        for name, part in split.jobs
        for task in split.tasks_of(job(*name, part=part))
        for kind in split.kinds_of(job(*name, part=part))
    ]
    assert len(set(covered)) == len(covered) == 5 * 18 * 2
    assert len(split.instances_of(job(1, "dense", 0, part="POS.linear"))) == 3


def test_a_task_without_data_is_no_job_and_says_why():
    probing = plan(probing={"suite": "paper"}).probing
    assert probing.tickets == probing.jobs == []
    assert "probing.folder" in probing.skipped["POS"]


def test_one_line_says_which_file_is_missing():
    with pytest.raises(InputError, match=r"^config error: corpus.test: no.de does not exist$"):
        plan(corpus={"test": {"src": __file__, "tgt": "no.de"}})


def test_codes_that_are_missing_or_do_not_fit_a_text_are_one_line():
    with pytest.raises(InputError, match=r"^config error: subwords.codes: no does not exist$"):
        plan(subwords={"codes": "no"})
    pieces = {"tokenizer": "sentencepiece", "codes": __file__}
    assert plan(subwords=pieces, corpus={"test": "newstest2014"}).config.codes == __file__
    with pytest.raises(InputError, match="is sentencepiece, but a text of the corpus"):
        plan(subwords=pieces, corpus={"train": "wmt16_en_de", "test": "newstest2014"})


def test_texts_are_found_by_split(tmp_path):
    source, target = (tmp_path / f"text.{language}" for language in ("en", "de"))
    for path in (source, target):
        path.write_text("a\n")
    texts = plan(
        corpus={
            "train": ["toy", "multi30k", {"src": str(source), "tgt": str(target)}],
            "test": "multi30k",
            "limit": 7,
            "pairs": {"multi30k": 5},
        }
    ).texts
    assert texts.splits == ["train", "valid", "test"]
    assert texts.manifests(["train"]) == ["resources/sources/multi30k.json"]
    toy = ["results/x/corpus/toy/train.en", "results/x/corpus/toy/train.de"]
    assert texts.files("train") == [*toy, str(source), str(target)]
    assert [
        [side["path"] for side in part["sides"]] for part in texts.settings("train")["parts"]
    ] == [
        [None, None],
        ["resources/sources/multi30k/train.en.gz", "resources/sources/multi30k/train.de.gz"],
        [None, None],
    ]
    assert [part["at_most"] for part in texts.settings("train")["parts"]] == [None, 5, None]
    assert (texts.settings("train")["limit"], texts.settings("test")["limit"]) == (7, None)
    assert texts.derivations("train") == []
    assert plan().texts.splits == ["train", "valid", "test", "unseen"]


def test_a_series_may_have_another_order_of_the_data():
    control = {"criterion": "none"}
    series = {
        "control": control,
        "reordered": {**control, "order_seed": 2},
        "fresh": {**control, "order_seed": "each"},
    }
    jobs = plan(pruning={"series": series}).training
    assert jobs.retrain_settings(job(1, "reordered", 1))["order_seed"] == 2
    assert "order_seed" not in jobs.retrain_settings(job(1, "control", 1))
    assert [jobs.retrain_settings(job(1, "fresh", k))["order_seed"] for k in (1, 2)] == [1001, 1002]
    # The mask does not depend on it.
    ours, plain = (jobs.prune_settings(job(1, name, 1)) for name in ("reordered", "control"))
    assert ours == plain


def test_a_further_test_of_one_experiment_is_none_of_the_next():
    """Both are planned in one process, as in a notebook."""
    alone = Plan(validate({})).texts.splits
    assert "mine" in Plan(validate({"corpus": {"tests": {"mine": "newstest2014"}}})).texts.splits
    assert Plan(validate({})).texts.splits == alone
