"""Steps of `gpu_check` that compare with the CPU, or with what must hold on any device."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import masking
from gpu_step import CheckError, Numbers, Step, require, show_end
from ticketscope.errors import InputError
from ticketscope.probing.evaluation import evaluate, predictions
from ticketscope.probing.inputs import Items, Split
from ticketscope.probing.probes import fresh
from ticketscope.probing.settings import Recipe
from ticketscope.probing.training import lowest_loss, train
from ticketscope.similarity.covariance import cross_covariances
from ticketscope.similarity.layers import layer_sim_of, neuron_sim_of
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import Setup
from ticketscope.tickets.dense_mask import dense_mask
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.prune import prune
from ticketscope.tickets.retrain import retrain
from ticketscope.tickets.settings import Series
from ticketscope.tickets.train_dense import train_dense

ROOT = Path(__file__).parents[1]


def quiet(line: str) -> None:
    """Show no progress."""


# --- the smoke experiment on the GPU beside the same on the CPU ---

EPOCHS = 24  # of LTH0; BLEU is then about 2
FIRST = 4  # rows of LTH0's log, of five updates each


def smoke(step: Step) -> Numbers:
    """LTH0 to LTH2 of the smoke experiment by Snakemake, on both at once.

    Without dropout, whose noise differs between devices, both compute the same up to rounding. It
    trains for longer than the smoke experiment, whose BLEU is 0.
    """
    overlay: Numbers = {
        "training": {"dropout": 0, "max_epoch": EPOCHS},
        "pruning": {"series": {"random": None, "control": None}},
    }
    if step.tiny:
        overlay["training"]["max_epoch"] = 2
        overlay |= {"corpus": {"toy": {"train": 200}}, "probing": {"tickets": [1]}}
        overlay["pruning"]["iterations"] = 1
    with ThreadPoolExecutor() as pool:
        runs = {name: pool.submit(_workflow, step, name, overlay) for name in ("gpu", "cpu")}
    gpu, cpu = runs["gpu"].result(), runs["cpu"].result()
    tables = [pd.read_csv(run / "tables/table_a1.csv") for run in (gpu, cpu)]
    rows = {}
    previous: Mask | None = None
    for k, (on_gpu, on_cpu) in enumerate(zip(*(x.itertuples() for x in tables), strict=True)):
        ticket = "dense/LTH0" if k == 0 else f"magnitude/LTH{k}"
        folders = [run / f"tickets/seed1/{ticket}" for run in (gpu, cpu)]
        states = [checkpoints.load(folder / "checkpoint.pt") for folder in folders]
        masks = [Mask.load(folder / "mask.safetensors") for folder in folders]
        names = [list(checkpoints.parameters(state)) for state in states]
        require(names[0] == names[1], f"{ticket}: other parameters than on the CPU")
        require(masks[0].pruned == masks[1].pruned, f"{ticket}: another number of weights is cut")
        require(on_gpu.sparsity_incl == on_cpu.sparsity_incl, f"{ticket}: another sparsity")
        require(previous is None or masks[0].is_nested_in(previous), f"{ticket}: revives weights")
        previous = masks[0]
        overlap = on_gpu.bleu_low <= on_cpu.bleu_high and on_cpu.bleu_low <= on_gpu.bleu_high
        require(
            overlap or abs(on_gpu.bleu - on_cpu.bleu) <= 1,
            f"{ticket}: BLEU {on_gpu.bleu:.2f} on the GPU, {on_cpu.bleu:.2f} on the CPU: more than "
            "1 apart, and the intervals do not overlap",
        )
        rows[ticket] = {
            "parameters": checkpoints.count_parameters(states[0])[0],
            "pruned": masks[0].pruned,
            "cut_by_one_alone": _cut_by_one(*masks),
            "losses_differ_by": _losses_apart(folders, ticket),
            "bleu": [round(on_gpu.bleu, 3), round(on_cpu.bleu, 3)],
        }
    return rows


def _cut_by_one(first: Mask, second: Mask) -> int:
    """Weights that the first mask cuts and the second keeps."""
    return sum(int((second.kept[name] & ~kept).sum()) for name, kept in first.kept.items())


def _losses_apart(folders: Sequence[Path], ticket: str) -> float:
    """The largest difference of a row's loss, in bits; that of LTH0's first rows is rounding."""
    on_gpu, on_cpu = (pd.read_csv(folder / "log.csv")["loss"] for folder in folders)
    require(len(on_gpu) == len(on_cpu), f"{ticket}: {len(on_gpu)} rows, {len(on_cpu)} on the CPU")
    gaps = (on_gpu - on_cpu).abs()
    first, last = gaps[:FIRST].max(), gaps.iloc[-1]
    require(ticket != "dense/LTH0" or first <= 0.005, f"{ticket}: first losses {first:.3f} apart")
    require(last <= 0.05 * on_cpu.iloc[-1], f"{ticket}: last losses {last:.3f} apart")
    return round(float(gaps.max()), 4)


def _workflow(step: Step, name: str, overlay: Numbers) -> Path:
    """Run Snakemake in a copy of the workflow; its folder of results."""
    folder = step.folder / name
    folder.mkdir()
    for part in ("Snakefile", "config.yaml"):
        shutil.copy(ROOT / part, folder)
    for part in ("rules", "envs", "workflow", "config", "profiles", "slurm"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "overlay.yaml").write_text(json.dumps(overlay))
    done = subprocess.run(
        [
            sys.executable, "-m", "snakemake", "results/smoke/tables/table_a1.csv",
            "--cores", str(max(1, len(os.sched_getaffinity(0)) // 2)),
            "--configfile", "config/smoke.yaml", "overlay.yaml",
        ],
        cwd=folder,
        env=os.environ | ({"CUDA_VISIBLE_DEVICES": ""} if name == "cpu" else {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise CheckError(f"snakemake failed on the {name}, as shown: {show_end(done.stdout)}")
    return folder / "results/smoke"


# --- memory that is too small, on purpose ---

# Python runs a module of this name first. The share leaves room for the libraries and no batch; on
# a CPU, an error with torch's words stands for the real one.
FULL = {
    "cuda": """
import torch

if torch.cuda.is_available():
    torch.cuda.set_per_process_memory_fraction(2e-4)
""",
    "cpu": """
import torch

def full(*arguments, **options):
    raise torch.OutOfMemoryError("CUDA out of memory. GPU 0 has a total capacity of 1.00 GiB")

torch.Tensor.backward = full
""",
}


def memory(step: Step) -> Numbers:
    """A training whose device is full ends with a line that says so, and publishes nothing."""
    setup = masking.toy_setup(step.folder, step.pairs)
    (step.folder / "site").mkdir()
    (step.folder / "site/sitecustomize.py").write_text(FULL[step.device])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(step.folder / "site"), before]))
    try:
        _lth0(setup, step.folder)
    except InputError as error:
        require("memory" in str(error) and "max_tokens" in str(error), f"it said: {error}")
        require(not (step.folder / "LTH0/checkpoint.pt").exists(), "an LTH0 was published")
        return {"said": str(error), "emulated": step.on_cpu}
    raise CheckError("a training with no memory came to its end")


# --- precisions ---


def precision(step: Step) -> Numbers:
    """bf16 and fp16 from LTH0 to LTH2, fp32 and tf32 for LTH0: exact masks, losses beside fp32."""
    dense, chains = (["fp32"], ["bf16"]) if step.on_cpu else (["fp32", "tf32"], ["bf16", "fp16"])
    first = masking.toy_setup(step.folder, step.pairs)
    numbers: Numbers = {}
    for name in (*dense, *chains):
        training = first.training.model_copy(
            update={
                "precision": name,
                "max_epoch": 2 if step.tiny else 4,
                "log_interval": 1 if step.tiny else 5,
            }
        )
        setup = Setup(first.model, training, first.languages, first.data, seed=1)
        folder = step.folder / name
        logs = _chain(setup, folder, tickets=2 if name in chains else 0)
        losses = [float(pd.read_csv(log)["loss"].iloc[-1]) for log in logs]
        numbers[name] = {"last_losses": [round(loss, 3) for loss in losses]}
        if name != "fp32":
            reference = numbers["fp32"]["last_losses"][0]
            require(
                abs(losses[0] - reference) < 0.05 * reference,
                f"LTH0's loss is {losses[0]:.3f} in {name} and {reference:.3f} in fp32",
            )
    if step.on_cpu:
        numbers["left_out"] = "tf32 and fp16 need a GPU"
    return numbers


def _chain(setup: Setup, folder: Path, tickets: int) -> list[Path]:
    """Train LTH0 and so many tickets, and check each; the logs."""
    half = setup.training.max_epoch // 2
    logs = [_lth0(setup, folder, {half: folder / "LTH0/rewind.pt"} if tickets else None)]
    last = folder / "LTH0"
    for k in range(1, tickets + 1):
        ticket = folder / f"LTH{k}"
        mask = prune(
            last / "checkpoint.pt",
            last / "mask.safetensors",
            series=Series(criterion="magnitude"),
            fraction=0.5,
            seed=1,
            k=k,
            output=ticket / "mask.safetensors",
        )
        retrain(
            setup,
            series="magnitude",
            k=k,
            kind="learning_rate",
            max_epoch=setup.training.max_epoch,
            last=last / "checkpoint.pt",
            rewound=folder / "LTH0/rewind.pt",
            mask=ticket / "mask.safetensors",
            work=folder / "work",
            kept=folder / f"kept/LTH{k}",
            checkpoint=ticket / "checkpoint.pt",
            log=ticket / "log.csv",
            progress=quiet,
        )
        require(
            abs(mask.sparsity - (1 - 0.5**k)) < 1e-4, f"LTH{k} has the sparsity {mask.sparsity}"
        )
        checkpoints.check_published(
            checkpoints.load(ticket / "checkpoint.pt"), mask, f"LTH{k} of {folder.name}"
        )
        logs.append(ticket / "log.csv")
        last = ticket
    return logs


def _lth0(setup: Setup, folder: Path, rewind_points: Mapping[int, Path] | None = None) -> Path:
    """Train LTH0; its log."""
    ticket = folder / "LTH0"
    train_dense(
        setup,
        work=folder / "work",
        kept=folder / "kept/LTH0",
        checkpoint=ticket / "checkpoint.pt",
        rewind_points=rewind_points or {},
        log=ticket / "log.csv",
        progress=quiet,
    )
    dense_mask(
        ticket / "checkpoint.pt", embeddings=False, biases=True, output=ticket / "mask.safetensors"
    )
    return ticket / "log.csv"


# --- two jobs at once ---

JOB = """
import json, os, sys, time
import torch
from ticketscope.runtime import devices

names, on_cpu = sys.argv[1].split(","), sys.argv[2] == "cpu"
if on_cpu:
    devices._visible = lambda: names
waited = []
print("ready", flush=True)
sys.stdin.readline()
with devices.claim_device(waited.append) as device:
    begin = time.time()
    x = torch.randn(512, 512, device="cpu" if on_cpu else device)
    while time.time() - begin < 1:
        x = (x @ x).tanh()
    value = float(x.sum())
    claimed = os.environ["CUDA_VISIBLE_DEVICES"]
    print(json.dumps([claimed, begin, time.time(), bool(waited), value]), flush=True)
"""


def jobs(step: Step) -> Numbers:
    """Two jobs share one device in turn, and use two at the same time."""
    numbers: Numbers = {}
    first, both = step.gpus[:1], step.gpus[:2]
    a, b = _two_jobs(step, first)
    require(a[0] == b[0] == first[0], "a job took a device that it was not to see")
    require(a[2] <= b[1] or b[2] <= a[1], "two jobs computed on one device at the same time")
    require(a[3] != b[3], "not one of two jobs said that it waits")
    numbers["one_device"] = "in turn, and the second said that it waits"
    if len(both) < 2:
        return numbers | {"two_devices": "left out: this machine has one"}
    a, b = _two_jobs(step, both)
    require({a[0], b[0]} == {*both}, f"two jobs took the devices {a[0]} and {b[0]}")
    require(a[1] < b[2] and b[1] < a[2], "two jobs did not use two devices at the same time")
    numbers["two_devices"] = "at the same time"
    setup = masking.toy_setup(step.folder, step.pairs)
    training = setup.training.model_copy(
        update={"devices": 2, "update_freq": 2, "max_epoch": 2, "log_interval": 1}
    )
    log = _lth0(Setup(setup.model, training, setup.languages, setup.data, seed=1), step.folder)
    numbers["loss_of_a_training_on_two"] = float(pd.read_csv(log)["loss"].iloc[-1])
    return numbers


def _two_jobs(step: Step, names: list[str]) -> list[list[Any]]:
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": ",".join(names)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", JOB, ",".join(names), step.device],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    ready = [process.stdout.readline() for process in running if process.stdout]
    require(ready == ["ready\n"] * 2, "a job did not start")
    # Each gets a line, and both then want a device.
    with ThreadPoolExecutor() as pool:
        printed = list(pool.map(lambda process: process.communicate("go\n")[0], running))
    require(all(printed), "a job failed")
    return [json.loads(text) for text in printed]


# --- analyses beside those on a CPU ---


def similarity_and_probing(step: Step) -> Numbers:
    """The same networks and probes on both: similarities within 1e-4, scores within .02."""
    tokens, dim, layers = (300, 8, 2) if step.tiny else (20_000, 256, 6)
    generator = np.random.default_rng(1)
    shared = generator.standard_normal((tokens, dim), dtype=np.float32)
    networks = [
        shared * (0.2 * layer)
        + generator.standard_normal((tokens, dim), dtype=np.float32)
        + 3 * generator.standard_normal(dim, dtype=np.float32)
        for layer in range(layers)
    ]
    pairs = [(0, other) for other in range(1, layers)]
    sums = {
        place: cross_covariances(networks, pairs, device=place) for place in ("cpu", step.device)
    }
    numbers: Numbers = {}
    for name, measure in (
        ("layer_sim", layer_sim_of),
        ("layer_sim_debiased", lambda s, i, j: layer_sim_of(s, i, j, debiased=True)),
        ("neuron_sim", lambda s, i, j: neuron_sim_of(s, i, j).value),
    ):
        gap = max(
            abs(float(measure(sums["cpu"], i, j)) - float(measure(sums[step.device], i, j)))
            for i, j in pairs
        )
        numbers[f"{name}_differs_by"] = gap
        require(gap <= 1e-4, f"{name} differs by {gap:.1e}")
    scores = {place: _probe(networks, place) for place in ("cpu", step.device)}
    gap = float(np.abs(scores["cpu"] - scores[step.device]).max())
    numbers |= {
        "probes_differ_by": gap,
        "probes": [round(float(score), 3) for score in scores["cpu"]],
    }
    require(gap <= 0.02, f"the accuracy of a probe differs by {gap:.3f}")
    return numbers


def _probe(networks: list[np.ndarray], device: str) -> np.ndarray:
    """Accuracy on dev of an MLP probe on each network, of labels that are a rule of the first."""
    vectors = np.stack(networks)
    rule = np.random.default_rng(2).standard_normal((vectors.shape[2], 5), dtype=np.float32)
    labels = (vectors[0] @ rule).argmax(1)
    half = len(labels) // 2

    def split(rows: slice) -> Split:
        places = np.arange(rows.stop - rows.start)[:, None]
        forms = tuple((str(i),) for i in range(len(places)))
        items = Items(places, labels[rows], np.arange(len(places) + 1), forms)
        return Split(items, vectors[:, rows])

    splits = {"train": split(slice(0, half)), "dev": split(slice(half, 2 * half))}
    (fit,) = train(
        fresh(vectors.shape[2], 32, 5, range(len(networks)), [7], device),
        splits,
        Recipe(lr=0.003, batch_size=64, max_epoch=4, patience=4, hidden=32, replicates=1),
        criteria=[lowest_loss],
        seeds=[7],
        instances=[np.arange(half)],
    )
    predicted = evaluate(fit.probes, splits["dev"], predictions)
    return (predicted == splits["dev"].items.targets).mean(axis=1)
