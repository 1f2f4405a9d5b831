"""A task from instances to rows."""

import numpy as np
import pandas as pd
import pytest

from tests.probing.made_up import normal
from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.probing.instances import Instance
from ticketscope.probing.measuring import Data, measure, prepare
from ticketscope.probing.result import COLUMNS, UNTRAINED, to_table, with_random_encoder
from ticketscope.probing.settings import Probing
from ticketscope.probing.tasks.registry import TASKS
from ticketscope.representations.layout import starts

FAST = Probing(
    lr=0.02, max_epoch=6, batch_size=10, hidden=8, fractions=[0.1, 0.5],
    by_task={"GED": {"replicates": 2}},
)  # fmt: skip
LABELS = {
    "accuracy": ("x", "y", "z"),
    "span_f1": ("B-a", "I-a", "O"),
    "error_f1": ("c", "i", "i"),
}


def made_up(task, size, seed):
    """Sentences of 4 words; the label of a word is which of its first 3 numbers is largest."""
    vectors = normal((2, 4 * size, 6), seed)
    largest = vectors[1, :, :3].argmax(1).reshape(size, 4)
    words = np.random.default_rng(seed).integers(0, 30, (size, 4))
    instances = []
    for number, (chosen, forms) in enumerate(zip(largest, words, strict=True)):
        tokens = tuple(f"w{form}" for form in forms)
        options = {}
        if task.kind == "pairs":
            options["pairs"] = ((0, 1), (2, 3), (1, 0))
        elif task.kind != "tokens":
            options["indices"] = (1, 3)
        count = {"pairs": 3, "tokens": 4}.get(task.kind, 2)
        if task.metric == "pearson":
            labels = tuple(float(x) for x in vectors[1, [4 * number + 1, 4 * number + 3], 0])
        else:
            labels = tuple(LABELS[task.metric][label] for label in chosen[:count])
        instances.append(Instance(str(number), tokens, labels, **options))
    bounds = starts(np.full(size, 4))
    return Data(instances, vectors, np.stack([bounds[:-1], bounds[1:]], axis=1))


LTH1 = TicketName(1, "magnitude", 1)


def run(name, settings=FAST, ticket=LTH1, kind="linear"):
    task = TASKS[name]
    sizes = {"train": 150, "dev": 40, "test": 50}
    data = {split: made_up(task, size, size) for split, size in sizes.items()}
    lines = []
    prepared = prepare(task, data, settings)
    measured = measure(prepared, ticket, kind, settings, device="cpu", progress=lines.append)
    return measured, lines


@pytest.mark.parametrize("kind", ["linear", "mlp"])
@pytest.mark.parametrize("name", ["POS", "NER", "GED", "PS-Role", "EF", "SemPred"])
def test_every_kind_of_task_gives_a_row_a_probe(name, kind):
    measured, lines = run(name, kind=kind)
    replicates = 2 if name == "GED" else 1
    assert [(row.layer, row.replicate) for row in measured.rows] == [
        (layer, replicate) for layer in (0, 1) for replicate in range(replicates)
    ]
    table = to_table(measured.rows)
    assert list(table.columns) == COLUMNS
    numbers = table.drop(columns="random_encoder").select_dtypes("number")
    if name == "EF":
        numbers = numbers.drop(columns="control_ceiling")
    assert np.isfinite(numbers.to_numpy()).all()
    assert (
        measured.predicted.shape == measured.pointwise.shape == (2 * replicates, table["n_test"][0])
    )
    assert measured.statistics.shape[:2] == (2 * replicates, 50)
    assert lines[-1].endswith("s") and "left" not in lines[-1]
    if name in ("POS", "NER", "EF"):
        flat, planted = measured.rows[0], measured.rows[-1]
        assert planted.test > flat.test + 0.2
        assert planted.v_information > flat.v_information + 0.2
        assert planted.compression > flat.compression
        assert planted.selectivity > flat.selectivity + 0.2


def test_what_is_not_asked_for_is_left_empty():
    settings = FAST.model_copy(update={"control": False, "codelength": False})
    measured, _ = run("POS", settings)
    table = to_table(measured.rows)
    assert (
        table[["control", "selectivity", "codelength_bits", "compression"]].isna().to_numpy().all()
    )
    assert measured.ends is None


def test_training_can_be_limited_to_its_first_instances():
    measured, _ = run("POS", FAST.model_copy(update={"limit": 60, "codelength": False}))
    assert measured.rows[0].n_train == 4 * 60
    assert measured.rows[0].n_test == 4 * 50


def test_the_same_rows_twice_and_the_same_seeds_for_all_tickets_of_a_seed():
    (one, _), (two, _) = run("GED"), run("GED", ticket=TicketName(1, "random", 7))
    pd.testing.assert_frame_equal(
        to_table(one.rows).drop(columns=["series", "ticket"]),
        to_table(two.rows).drop(columns=["series", "ticket"]),
    )
    other, _ = run("GED", ticket=TicketName(2, "magnitude", 1))
    assert other.rows[0].control != one.rows[0].control
    assert other.rows[0].v_information != one.rows[0].v_information


def test_the_random_encoder_stands_beside_each_probe_of_its_seed():
    rows = run("GED")[0].rows + run("GED", ticket=TicketName(1, UNTRAINED, 0))[0].rows
    rows += run("GED", ticket=TicketName(2, "magnitude", 1))[0].rows
    table = with_random_encoder(to_table(rows))
    assert len(table) == len(rows)
    for layer in (0, 1):
        here = table[table["layer"] == layer]
        mean = here[here["series"] == UNTRAINED]["test"].mean()
        assert here[here["seed"] == 1]["random_encoder"].tolist() == [pytest.approx(mean)] * 4
        assert here[here["seed"] == 2]["random_encoder"].isna().all()


def test_a_split_without_instances_and_a_metric_that_does_not_fit():
    task = TASKS["POS"]
    data = {split: made_up(task, 5, 1) for split in ("train", "dev", "test")}
    empty = data | {"dev": Data([], data["dev"].vectors, np.zeros((0, 2), dtype=np.int64))}
    with pytest.raises(InputError, match="task POS: dev holds no instance"):
        prepare(task, empty, FAST)
    with pytest.raises(InputError, match="task EF: pearson does not fit its labels"):
        prepare(TASKS["EF"], data, FAST)
