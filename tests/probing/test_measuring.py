"""A task from instances to rows."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from tests.probing.made_up import normal
from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.probing import measuring
from ticketscope.probing.data import Data
from ticketscope.probing.evaluation import losses
from ticketscope.probing.instances import Instance
from ticketscope.probing.measuring import measure
from ticketscope.probing.predictions import arrays_of, weights_of
from ticketscope.probing.prepared import prepare
from ticketscope.probing.result import COLUMNS, UNTRAINED, to_table, with_random_encoder
from ticketscope.probing.settings import Probing
from ticketscope.probing.tasks.registry import TASKS
from ticketscope.probing.training import Criterion
from ticketscope.representations.layout import starts
from ticketscope.runtime.outputs import write_arrays

FAST = Probing(
    lr=0.02, max_epoch=6, batch_size=10, hidden=8, fractions=[0.1, 0.5],
    by_task={"GED": {"replicates": 2}}, codelength="all", shuffled=True,
)  # fmt: skip
# Nothing but the probes themselves.
PLAIN = dict.fromkeys(("control", "shuffled", "conditional"), False) | {"codelength": []}
LABELS = {
    "accuracy": ("x", "y", "z"),
    "span_f1": ("B-a", "I-a", "O"),
    "error_f1": ("c", "i", "i"),
}


def made_up(task, size, seed, vocabulary=30):
    """Sentences of 4 words; the label of a word is which of its first 3 numbers is largest."""
    vectors = normal((2, 4 * size, 6), seed)
    largest = vectors[1, :, :3].argmax(1).reshape(size, 4)
    words = np.random.default_rng(seed).integers(0, vocabulary, (size, 4))
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
    noise = normal(vectors.shape, seed + 1)
    return Data(instances, vectors, np.stack([bounds[:-1], bounds[1:]], axis=1), noise)


LTH1 = TicketName(1, "magnitude", 1)


SIZES = {"train": 150, "dev": 40, "test": 50}
DATA = {
    name: {split: made_up(TASKS[name], size, size) for split, size in SIZES.items()}
    for name in ("POS", "NER", "GED", "PS-Role", "EF", "SemPred")
}


def run(name, settings=FAST, ticket=LTH1, kind="linear", factor=1, data=None):
    data = {
        split: replace(part, vectors=part.vectors * np.float32(factor))
        for split, part in (data or DATA[name]).items()
    }
    lines = []
    prepared = prepare(TASKS[name], data, settings)
    measured = measure(prepared, ticket, kind, settings, device="cpu", progress=lines.append)
    return measured, lines


@pytest.mark.parametrize("kind", ["linear", "mlp"])
@pytest.mark.parametrize("name", ["POS", "NER", "GED", "PS-Role", "EF", "SemPred"])
def test_every_kind_of_task_gives_a_row_a_probe(name, kind):
    measured, lines = run(name, FAST.model_copy(update={"conditional": True}), kind=kind)
    replicates = 2 if name == "GED" else 1
    assert [(row.layer, row.replicate) for row in measured.rows] == [
        (layer, replicate) for layer in (0, 1) for replicate in range(replicates)
    ]
    table = to_table(measured.rows)
    assert list(table.columns) == COLUMNS
    numbers = table.drop(columns="random_encoder").select_dtypes("number")
    if name == "EF":
        assert numbers.pop("control_ceiling").isna().all()
    assert np.isfinite(numbers.to_numpy()).all()
    assert (
        measured.predicted.shape == measured.pointwise.shape == (2 * replicates, table["n_test"][0])
    )
    assert measured.statistics.shape[:2] == (2 * replicates, 50)
    assert (table["undertrained"] == (table["best_epoch"] == FAST.max_epoch)).all()
    assert lines[-1].endswith("s") and "left" not in lines[-1]
    if name in ("POS", "NER", "EF"):
        flat, planted = measured.rows[0], measured.rows[-1]
        assert planted.test > flat.test + 0.2
        assert planted.v_information > flat.v_information + 0.2
        assert planted.compression > flat.compression
        assert planted.selectivity > flat.selectivity + 0.2
        assert planted.v_information_conditional > 0.2 and flat.v_information_conditional == 0
        assert planted.shuffled < planted.test - 0.2  # the vectors of permuted sentences are noise


def test_a_row_has_the_majority_of_its_words_and_its_numbers_of_labels():
    measured, _ = run("POS", FAST.model_copy(update=PLAIN))
    pairs = {
        name: [
            pair for each in data.instances for pair in zip(each.tokens, each.labels, strict=True)
        ]
        for name, data in DATA["POS"].items()
    }
    counts = Counter(pairs["train"])
    most = {word: max("xyz", key=lambda label: counts[word, label]) for word, _ in counts}
    expected = np.mean([most[word] == label for word, label in pairs["test"]])
    assert 1 / 3 < expected < 1
    for row in measured.rows:
        assert row.majority == pytest.approx(expected)
        assert (row.n_train, row.n_test) == (4 * SIZES["train"], 4 * SIZES["test"])


def test_v_information_is_of_the_epoch_with_the_lowest_loss_whatever_the_score_says(monkeypatch):
    settings = FAST.model_copy(update=PLAIN)
    plain, _ = run("POS", settings)

    def worst(metric, dev):
        return Criterion((losses,), lambda loss: loss.mean(axis=1))

    monkeypatch.setattr(measuring, "highest", worst)
    other, _ = run("POS", settings)
    assert other.rows[1].test < plain.rows[1].test - 0.1
    np.testing.assert_allclose(other.pointwise, plain.pointwise, atol=1e-3)


def test_forms_that_train_lacks_do_not_count_for_control_seen():
    """Vectors that name the forms of train, so that probes learn their control labels by heart."""
    data = {
        split: made_up(TASKS["POS"], size, size, vocabulary=60 if split == "test" else 30)
        for split, size in SIZES.items()
    }
    for split, part in data.items():
        forms = [int(token[1:]) for sentence in part.instances for token in sentence.tokens]
        data[split] = replace(part, vectors=np.eye(60, 30, dtype=np.float32)[None, forms])
    settings = FAST.model_copy(update=PLAIN | {"control": True, "lr": 0.1, "max_epoch": 12})
    (row,) = run("POS", settings, data=data)[0].rows
    assert row.control_seen == 1
    assert 0.5 < row.control < 0.9


def test_shuffled_probes_are_scaled_and_tested_by_the_shuffled_vectors():
    """Those are the plain ones in another basis and far from the origin, so they say as much."""
    data = {
        split: replace(part, shuffled=1000 + 10 * part.vectors[..., ::-1])
        for split, part in DATA["POS"].items()
    }
    settings = FAST.model_copy(update=PLAIN | {"shuffled": True, "standardise": "all"})
    row = run("POS", settings, data=data)[0].rows[1]
    assert row.test > 0.8 and row.shuffled == pytest.approx(row.test, abs=0.05)


def test_small_blocks_of_the_code_have_as_many_updates_as_the_settings_say():
    def bits(steps):
        more = {"codelength": ["POS"], "block_steps": steps, "block_looks": 5}
        return run("POS", FAST.model_copy(update=PLAIN | more))[0].rows[1].codelength_bits

    assert bits(10) < 0.8 * bits(1)


def test_what_is_not_asked_for_is_left_empty():
    measured, lines = run("POS", FAST.model_copy(update=PLAIN | {"codelength": ["CCG"]}))
    table = to_table(measured.rows)
    columns = ["control", "selectivity", "codelength_bits", "compression", "shuffled"]
    columns += ["v_information_conditional", "blocks_undertrained"]
    assert table[columns].isna().to_numpy().all()
    assert measured.ends is None
    assert lines[-1].endswith("s") and "left" not in lines[-1]


@pytest.mark.parametrize(
    ("name", "split", "label", "message"),
    [
        (
            "POS",
            "train",
            "x",
            r"task POS: all 600 training labels are the same: raise probing\.limit",
        ),
        ("EF", "train", 1.5, "task EF: all 300 training labels are the same"),
        ("NER", "test", "O", "task NER: span_f1 finds nothing to count in the labels of test"),
        ("GED", "test", "c", "task GED: error_f1 finds nothing"),
        ("EF", "test", 1.5, "task EF: pearson finds nothing"),
    ],
)
def test_labels_of_which_every_probe_would_say_the_same_are_refused(name, split, label, message):
    data = dict(DATA[name])
    same = [
        replace(instance, labels=(label,) * len(instance.labels))
        for instance in data[split].instances
    ]
    data[split] = replace(data[split], instances=same)
    with pytest.raises(InputError, match=message):
        prepare(TASKS[name], data, FAST)


def test_an_encoder_that_says_nothing_gives_scores_at_the_floor():
    """As of a ticket whose states are the same for all words: all numbers are there, and finite."""
    settings = FAST.model_copy(update={"control": False, "codelength": []})
    measured, _ = run("POS", settings, factor=0)
    for row in measured.rows:
        assert row.at_floor and row.v_information == pytest.approx(0, abs=0.02)
        assert row.test == pytest.approx(row.shuffled, abs=0.2)


def test_standardised_inputs_do_not_depend_on_the_scale_of_the_vectors():
    """Six epochs teach nothing about numbers of thousandths; standardised they are as before."""

    def last(standardise, factor):
        settings = PLAIN | {"codelength": ["POS"], "standardise": standardise}
        measured, _ = run("POS", FAST.model_copy(update=settings), factor=factor)
        return measured.rows[1], measured.scaling

    (plain, _), (small, scaling) = last("all", 1), last("all", 0.001)
    assert small.test == pytest.approx(plain.test, abs=0.01) and scaling is not None
    coded, scaling = last("codelength", 0.001)
    assert coded.v_information < plain.v_information / 2 and scaling is None
    assert coded.codelength_bits == pytest.approx(plain.codelength_bits, rel=0.01)
    assert last("none", 0.001)[0].codelength_bits > 1.5 * coded.codelength_bits


def test_a_label_that_only_test_has_is_an_error_and_costs_nothing_else():
    task, data = TASKS["POS"], dict(DATA["POS"])
    first, *rest = data["test"].instances
    strange = replace(first, labels=("!", *first.labels[1:]))
    data["test"] = replace(data["test"], instances=[strange, *rest])
    prepared = prepare(task, data, FAST)
    assert prepared.vocabulary.classes == ("x", "y", "z", "!") and prepared.outputs == 3
    measured = measure(prepared, LTH1, "linear", FAST, device="cpu", progress=lambda line: None)
    plain, _ = run("POS")
    assert measured.predicted.max() < 3
    assert measured.gold[0] == 3 and (measured.pointwise[:, 0] == 0).all()
    np.testing.assert_array_equal(measured.pointwise[:, 1:], plain.pointwise[:, 1:])
    assert [row.codelength_bits for row in measured.rows] == [
        row.codelength_bits for row in plain.rows
    ]


def test_a_probe_that_never_leaves_zero_is_marked():
    """No word is an error but one in a hundred, and the vectors say nothing about it."""
    rare = {}
    for split, size in SIZES.items():
        part = made_up(TASKS["GED"], size, size)
        instances = [
            replace(instance, labels=("i" if n % 25 == 0 else "c", *["c"] * 3))
            for n, instance in enumerate(part.instances)
        ]
        rare[split] = replace(part, instances=instances, vectors=part.vectors * 0)
    prepared = prepare(TASKS["GED"], rare, FAST)
    measured = measure(prepared, LTH1, "linear", FAST, device="cpu", progress=lambda line: None)
    for row in measured.rows:
        assert row.at_floor and row.dev == row.test == 0
        # The loss chose the epoch, and it still fell.
        assert row.best_epoch > 1
    # Two words of three are errors, which noise (layer 0) does not tell better than saying so.
    assert all(row.at_floor == (row.layer == 0) for row in run("GED")[0].rows)


def test_predictions_have_the_gold_labels_and_the_weights_that_made_them(tmp_path):
    measured, _ = run("GED")
    write_arrays(tmp_path / "all.npz", arrays_of("GED", "linear", measured))
    weights = weights_of("GED", "linear", measured)
    dev, test = DATA["GED"]["dev"], DATA["GED"]["test"]
    with np.load(tmp_path / "all.npz", allow_pickle=False) as kept:
        classes, gold = kept["GED/linear/classes"], kept["GED/linear/gold"]
        labels = [label for instance in test.instances for label in instance.labels]
        assert classes[gold].tolist() == labels
        assert kept["GED/linear/instances"].tolist() == [sentence.id for sentence in test.instances]
        assert kept["GED/linear/offsets"].tolist() == list(range(0, 201, 4))
        weight, bias = weights["GED/linear/0.weight"], weights["GED/linear/0.bias"]
        layers = weights["GED/linear/layer"]
        assert layers.tolist() == kept["GED/linear/layer"].tolist()
        on_dev, on_test = (
            np.einsum("pwd,pod->pwo", part.vectors[layers], weight) + bias[:, None]
            for part in (dev, test)
        )
        np.testing.assert_array_equal(on_test.argmax(2), kept["GED/linear/predicted"])
        # Of probes at their floor, too, whose epoch no score has chosen.
        gold = np.array([label == "i" for instance in dev.instances for label in instance.labels])
        assert [row.at_floor for row in measured.rows] == [True, True, False, False]
        for row, said in zip(measured.rows, classes[on_dev.argmax(2)] == "i", strict=True):
            assert row.dev == pytest.approx(2 * (said & gold).sum() / (said.sum() + gold.sum()))


def test_the_same_rows_twice_and_the_same_seeds_for_all_tickets_of_a_seed():
    (first, _), (second, _) = run("GED"), run("GED", ticket=TicketName(1, "random", 7))
    pd.testing.assert_frame_equal(
        to_table(first.rows).drop(columns=["series", "ticket"]),
        to_table(second.rows).drop(columns=["series", "ticket"]),
    )
    other, _ = run("GED", ticket=TicketName(2, "magnitude", 1))
    assert other.rows[0].control != first.rows[0].control
    assert other.rows[0].v_information != first.rows[0].v_information


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


def test_full_memory_names_the_key_to_lower(monkeypatch):
    def full(*arguments, **options):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(torch.Tensor, "index_select", full)
    with pytest.raises(
        InputError, match=r"^memory was full: lower probing\.limit, or probing\.by_task"
    ):
        run("POS")


def test_other_errors_stay_what_they_are(monkeypatch):
    monkeypatch.setattr(torch.Tensor, "index_select", None)
    with pytest.raises(TypeError):
        run("POS")
