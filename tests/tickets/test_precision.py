"""What each precision computes in, what it saves, and what is bitwise; in halves on CPU, too."""

import copy
import itertools
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from fairseq.optim import FP16Optimizer
from omegaconf import OmegaConf

from tests.conftest import tiny_config, tiny_setup
from tests.lottery import quiet
from tests.probing.made_up import split
from tests.tickets.test_copies_on_save import chain
from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.probing.evaluation import evaluate, predictions
from ticketscope.probing.probes import fresh
from ticketscope.probing.settings import Recipe
from ticketscope.probing.training import lowest_loss
from ticketscope.probing.training import train as train_probes
from ticketscope.representations.extraction import extract
from ticketscope.representations.store import Store
from ticketscope.runtime.processes import fairseq_environment
from ticketscope.similarity.ticket import examine
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import command
from ticketscope.tickets.masks import Mask
from ticketscope.upstream import fairseq_fp16


def fairseq(arguments: list[str]) -> str:
    done = subprocess.run(
        arguments, env=fairseq_environment(None), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def last(folder: Path) -> checkpoints.State:
    return checkpoints.load(folder / "checkpoint_last.pt")


def same(a: object, b: object) -> bool:
    """Whether two states of an optimiser are equal bit by bit."""
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return isinstance(b, list) and all(itertools.starmap(same, zip(a, b, strict=True)))
    return a == b


def test_amp_is_withdrawn_with_a_line_that_says_what_to_use():
    message = r"training\.precision: .*amp is withdrawn, .*: use bf16, or fp16 on a GPU without"
    with pytest.raises(InputError, match=message):
        tiny_config(precision="amp")


@pytest.mark.parametrize("precision", ["fp16", "tf32"])
def test_what_needs_a_gpu_is_refused_without_one(data_bin, tmp_path, precision):
    setup = tiny_setup(data_bin, precision=precision)
    message = rf"training\.precision: {precision} needs a GPU and none is visible: use fp32 or bf16"
    with pytest.raises(InputError, match=message):
        command(setup, tmp_path, max_epoch=1, cpu=True)


def test_bf16_trains_float32_weights_through_a_chain_analysed_and_probed(lth0, data_bin, tmp_path):
    tickets = chain(data_bin, tmp_path, precision="bf16")
    states = [checkpoints.load(ticket / "checkpoint.pt") for ticket in tickets]
    for state in states:
        tensors = checkpoints.parameters(state).values()
        assert {tensor.dtype for tensor in tensors} == {torch.float32}
        # The weights are no rounded ones: 16 of a float32's bits say more than a bfloat16 can.
        assert any(not torch.equal(tensor, tensor.bfloat16().float()) for tensor in tensors)
    assert not same(states[0]["model"], checkpoints.load(lth0 / "checkpoint.pt")["model"])
    masks = [Mask.load(ticket / "mask.safetensors") for ticket in tickets]
    assert [round(mask.sparsity, 2) for mask in masks] == [0, 0.4, 0.64]
    for state, mask in zip(states, masks, strict=True):
        checkpoints.check_published(state, mask, "a ticket in bf16")
    source, target = (
        (data_bin.parent / f"valid.{language}").read_text().splitlines()
        for language in ("en", "de")
    )
    for ticket in tickets:
        checkpoint = ticket / "checkpoint.pt"
        extract(checkpoint, data_bin, source, target, ticket / "store", progress=quiet)
    stores = [Store.open(ticket / "store") for ticket in tickets]
    own, dense = TicketName(1, "magnitude", 2), TicketName(1, "dense", 0)
    result = examine(
        own, stores[2], {dense: stores[0]}, groups=5, block=64, threshold=0.95, device="cpu",
        progress=quiet,
    )  # fmt: skip
    values = result.table()
    layer_sim = values[(values.measure == "LayerSim") & (values.other_ticket == "LTH0")]
    assert len(layer_sim) and layer_sim.value.between(0, 1).all()
    assert values.value.notna().all()
    # A probe of each layer of the last ticket knows which subword a position reads.
    _, subwords = np.unique(stores[2].encoder_subwords, return_inverse=True)
    states, half = stores[2].encoder, len(subwords) // 2
    splits = {
        name: split(states[:, rows], subwords[rows])
        for name, rows in (("train", slice(half)), ("dev", slice(half, None)))
    }
    (fit,) = train_probes(
        fresh(states.shape[2], None, subwords.max() + 1, range(len(states)), [1]),
        splits,
        Recipe(lr=0.05, batch_size=8, max_epoch=20, patience=20, hidden=1, replicates=1),
        criteria=[lowest_loss],
        seeds=[1],
        instances=[np.arange(splits["train"].items.instances)],
    )
    named = splits["dev"].items.targets
    right = evaluate(fit.probes, splits["dev"], predictions) == named
    assert (right.mean(axis=1) > np.bincount(named).max() / len(named)).all()


@pytest.mark.long
def test_a_bf16_training_that_was_interrupted_ends_with_the_same_bytes(data_bin, tmp_path):
    setup = tiny_setup(data_bin, precision="bf16")
    for folder, ends in (("whole", [4]), ("parts", [2, 4])):
        for end in ends:
            fairseq(command(setup, tmp_path / folder, max_epoch=end, cpu=True))
    whole, parts = last(tmp_path / "whole"), last(tmp_path / "parts")
    assert same(whole["model"], parts["model"])
    assert same(whole["last_optimizer_state"], parts["last_optimizer_state"])


def test_fp16_goes_on_from_a_save_with_the_masters_and_the_scale_it_had(data_bin, tmp_path):
    """In one flat tensor masters need a GPU; one by one they train on CPU as well."""
    half = [
        "--fp16",
        "--fp16-no-flatten-grads",
        "--fp16-init-scale",
        "1",
        "--fp16-scale-window",
        "7",
    ]
    setup = tiny_setup(data_bin)
    for folder, ends in (("whole", [4]), ("parts", [2, 4])):
        for end in ends:
            fairseq([*command(setup, tmp_path / folder, max_epoch=end, cpu=True), *half])
    whole, parts = last(tmp_path / "whole"), last(tmp_path / "parts")
    # fairseq widens them when it saves, which adds nothing to what float16 has rounded.
    assert all(torch.equal(t, t.half().float()) for t in checkpoints.parameters(whole).values())
    masters = whole["last_optimizer_state"]["fp32_masters"]
    assert any(not torch.equal(master, master.half().float()) for master in masters)
    assert same(whole["model"], parts["model"])
    assert same(whole["last_optimizer_state"], parts["last_optimizer_state"])


def test_the_flat_masters_of_a_gpu_are_saved_and_restored(monkeypatch):
    """The optimiser alone: the device that fairseq asks for is the parameters', the CPU."""
    monkeypatch.setattr(torch.cuda, "current_device", lambda: None)
    fairseq_fp16.apply()
    cfg = OmegaConf.create(
        {
            "common": {
                "fp16_init_scale": 4, "fp16_scale_window": 3, "fp16_scale_tolerance": 0.0,
                "threshold_loss_scale": None, "min_loss_scale": 1e-4, "model_parallel_size": 1,
            },
            "optimizer": {
                "_name": "adam", "lr": [0.01], "adam_betas": "(0.9, 0.98)", "adam_eps": 1e-8,
                "weight_decay": 0.0, "use_old_adam": False, "tpu": False,
                "fp16_adam_stats": False,
            },
            "optimization": {"update_freq": [1]},
            "distributed_training": {"distributed_world_size": 1},
        }
    )  # fmt: skip
    generator = torch.Generator().manual_seed(1)
    first = [torch.randn(shape, generator=generator).half() for shape in ((3, 4), (4,))]

    def start(values: list[torch.Tensor]) -> tuple[list[torch.nn.Parameter], FP16Optimizer]:
        parameters = [torch.nn.Parameter(value.clone()) for value in values]
        return parameters, FP16Optimizer.build_optimizer(cfg, parameters)

    def learn(parameters: list[torch.nn.Parameter], optimizer: FP16Optimizer) -> None:
        optimizer.zero_grad()
        optimizer.backward(sum(parameter.square().sum() for parameter in parameters))
        optimizer.clip_grad_norm(0.0)
        optimizer.step()

    whole = start(first)
    for _ in range(4):
        learn(*whole)
    saved = whole[1].state_dict()
    resumed, stock = (start([parameter.data for parameter in whole[0]]) for _ in range(2))
    resumed[1].load_state_dict(copy.deepcopy(saved))
    # What fairseq alone saves is not enough.
    of_fairseq = {name: saved[name] for name in saved.keys() - {"fp32_masters", "loss_scaler"}}
    stock[1].load_state_dict(copy.deepcopy(of_fairseq))
    assert whole[1].has_flat_params
    for _ in range(3):
        for run in (whole, resumed, stock):
            learn(*run)
    assert same(whole[1].state_dict(), resumed[1].state_dict())
    assert all(itertools.starmap(torch.equal, zip(whole[0], resumed[0], strict=True)))
    assert not same(whole[1].state_dict(), stock[1].state_dict())


def test_tf32_is_switched_on_in_training_and_changes_nothing_on_a_cpu(data_bin, tmp_path):
    arguments = command(tiny_setup(data_bin), tmp_path / "fp32", max_epoch=1, cpu=True)
    fairseq(arguments)
    arguments[arguments.index("--save-dir") + 1] = str(tmp_path / "tf32")
    arguments[arguments.index("masked_translation")] = "masked_translation_tf32"
    fairseq(arguments)
    assert same(last(tmp_path / "fp32")["model"], last(tmp_path / "tf32")["model"])
