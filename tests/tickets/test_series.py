"""Series of other recipes, trained with the real fairseq."""

import csv
import runpy
from types import SimpleNamespace

import pytest
import torch

from tests.conftest import ROOT, tiny_config, tiny_setup
from tests.lottery import prune, retrain
from tests.tickets.shares import share
from ticketscope.plan.experiment import Plan
from ticketscope.representations.model import untrained
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.rewinding import redraw_seed, start_checkpoint
from ticketscope.tickets.settings import Pruning, Series


class Files(SimpleNamespace):
    """Named files, or lists of them, and all of them one after another, as Snakemake has them."""

    def __iter__(self):
        for named in vars(self).values():
            yield from named if isinstance(named, list) else [named]


def correlation(first, second, kept):
    """Of the weights that a mask keeps, of two models."""
    names = [name for name in kept if name.endswith("weight")]
    flat = [
        torch.cat([weights[name][torch.from_numpy(kept[name])] for name in names])
        for weights in (first, second)
    ]
    return float(torch.corrcoef(torch.stack(flat))[0, 1])


def train(data, mask, folder, **others):
    """Train a ticket from the beginning; its state."""
    return checkpoints.load(retrain(tiny_setup(data), None, mask, folder, **others))


def test_rewinding_to_the_initialisation_without_a_cut_repeats_lth0(lth0, data_bin, tmp_path):
    """The whole training again, from weights that fairseq draws as it drew LTH0's."""
    again = train(data_bin, lth0 / "mask.safetensors", tmp_path, kind="weights")
    dense = checkpoints.load(lth0 / "checkpoint.pt")
    for name, tensor in dense["model"].items():
        assert torch.equal(tensor, again["model"][name]), name


@pytest.fixture(scope="module")
def redrawn(half, data_bin, tmp_path_factory):
    """A folder with a ticket of redrawn weights, trained for one epoch."""
    folder = tmp_path_factory.mktemp("redrawn")
    train(data_bin, half, folder, kind="redrawn", max_epoch=1)
    return folder


def test_a_ticket_begins_at_lth0s_initial_weights_and_a_redrawn_one_does_not(
    lth0, half, redrawn, data_bin, tmp_path
):
    """After an epoch of small steps weights are still close to where they began."""
    kept = Mask.load(half).kept
    initial, rewound, redrawn, another = map(
        checkpoints.parameters,
        (
            untrained(lth0 / "checkpoint.pt", data_bin, 1),
            train(data_bin, half, tmp_path / "a", kind="weights", max_epoch=1),
            checkpoints.load(redrawn / "checkpoint.pt"),
            train(data_bin, half, tmp_path / "b", kind="redrawn", max_epoch=1, k=2),
        ),
    )
    for weights in (rewound, redrawn, another):
        for name, mask in kept.items():
            assert torch.count_nonzero(weights[name][torch.from_numpy(~mask)]) == 0

    assert correlation(rewound, initial, kept) > 0.9
    for first, second in ((redrawn, initial), (another, initial), (redrawn, another)):
        assert abs(correlation(first, second, kept)) < 0.2


def test_redrawn_weights_have_a_seed_of_their_own_for_each_seed_and_ticket():
    assert len({redraw_seed(seed, k) for seed in range(1, 6) for k in range(1, 6)}) == 25


@pytest.mark.parametrize(
    "recipe", [{"kind": "learning_rate"}, {"kind": "weights", "point": 0}], ids=["LTH0", "initial"]
)
def test_another_order_of_the_data_changes_batches_and_neither_mask_nor_start(
    recipe, lth0, half, data_bin, tmp_path
):
    """By the plan and the rule's own script. With another seed fairseq would draw other weights."""
    series = {"plain": recipe, "reordered": recipe | {"order_seed": 2}}
    given = {name: {"criterion": "magnitude"} | options for name, options in series.items()}
    pruning = Pruning.model_validate({"iterations": 1, "series": given})
    jobs = Plan(tiny_config().model_copy(update={"pruning": pruning})).training
    anew = recipe["kind"] == "weights"
    weights, logs = {}, {}
    for name in series:
        wildcards, folder = SimpleNamespace(seed="1", series=name, k="1"), tmp_path / name
        settings = jobs.retrain_settings(wildcards)
        job = SimpleNamespace(
            wildcards=wildcards,
            input=Files(
                data=data_bin,
                last=[] if anew else [lth0 / "checkpoint.pt"],
                rewound=[] if anew else [lth0 / "rewind/epoch2.pt"],
                mask=half,
            ),
            output=Files(checkpoint=folder / "checkpoint.pt", log=folder / "log.csv", averaged=[]),
            params=SimpleNamespace(
                # Of a training from the beginning one epoch: weights are close to where it began.
                settings=settings | ({"max_epoch": 1} if anew else {}),
                work=folder / "work",
                kept=folder / "kept",
            ),
            log=[folder / "retrain.log"],
        )
        runpy.run_path(str(ROOT / "workflow/scripts/retrain.py"), {"snakemake": job})
        weights[name] = checkpoints.parameters(checkpoints.load(folder / "checkpoint.pt"))
        with (folder / "log.csv").open() as log:
            logs[name] = list(csv.DictReader(log))
    start = (
        untrained(lth0 / "checkpoint.pt", data_bin, 1)
        if anew
        else checkpoints.load(lth0 / "checkpoint.pt")
    )
    kept = Mask.load(half).kept
    for trained in weights.values():
        assert correlation(trained, checkpoints.parameters(start), kept) > 0.9
        for name, mask in kept.items():
            assert torch.count_nonzero(trained[name][torch.from_numpy(~mask)]) == 0
    plain, reordered = logs.values()
    for column in ("epoch", "update", "lr"):
        assert [row[column] for row in plain] == [row[column] for row in reordered]
    assert plain[0]["loss"] != reordered[0]["loss"], "the first batch is another one"


def test_the_record_says_which_weights_were_drawn(lth0, redrawn):
    record = checkpoints.load(redrawn / "checkpoint.pt")["cfg"]["task"]
    assert record["init_seed"] is not None
    assert "init_seed" not in checkpoints.load(lth0 / "checkpoint.pt")["cfg"]["task"]


def test_the_learning_rate_rewinds_to_the_beginning_too(lth0, half, data_bin, tmp_path):
    last = checkpoints.load(lth0 / "checkpoint.pt")
    start = start_checkpoint("learning_rate", last, None, Mask.load(half))
    name = "encoder.layers.0.final_layer_norm.weight"
    assert torch.equal(start["model"][name], last["model"][name])
    train(data_bin, half, tmp_path, kind="learning_rate", last=lth0 / "checkpoint.pt")
    dense, sparse = (
        [line.split(",")[:3] for line in (folder / "log.csv").read_text().splitlines()]
        for folder in (lth0, tmp_path)
    )
    assert dense == sparse, "the same updates with the same learning rates"


def test_criteria_get_what_they_need_and_cut_exactly(lth0, tmp_path):
    """Movement away from zero, by its formula, from the weights that are rewound to."""
    mask = prune(
        lth0,
        tmp_path / "mask.safetensors",
        series=Series(criterion="movement"),
        fraction=0.3,
        needed={"rewound": lth0 / "rewind/epoch2.pt"},
    )
    last, rewound = (
        checkpoints.load(path)["model"]
        for path in (lth0 / "checkpoint.pt", lth0 / "rewind/epoch2.pt")
    )
    moved = torch.cat([(last[n] ** 2 - rewound[n] ** 2).flatten() for n in mask.kept])
    kept = torch.cat([torch.from_numpy(array.ravel()) for array in mask.kept.values()])
    assert int((~kept).sum()) == share(0.3, kept.numel())
    assert float(moved[~kept].max()) <= float(moved[kept].min())
    assert float(moved[~kept].min()) < 0, "weights that shrank have negative scores"
