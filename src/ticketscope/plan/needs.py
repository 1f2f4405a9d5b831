"""What a job of each rule needs, from the experiment's scale.

Expected values; a job asks the cluster for more (`resources`). Where the constants come from, and
what none of them was measured on, is told in docs/run/cluster.md.
"""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from ticketscope.plan.names import DENSE, TicketName
from ticketscope.plan.scale import Scale

MEASURED_MARGIN = 1.2  # of measured memory: Snakemake looks now and then and may miss the peak

# Floating-point operations a second of one GPU while training: half of an A100's 19.5e12 in
# float32, a fifth of its 156e12 in TF32 and of its 312e12 in 16 bits. Assumed, not measured.
GPU_SPEED = {"fp32": 10e12, "tf32": 30e12, "bf16": 60e12, "fp16": 60e12}
BATCH_SECONDS = 0.1  # least time for a batch of training, assumed; on CPU the default's take 0.04
PROBE_BATCH_SECONDS = 0.005  # least time for a batch of probes (benchmarks/results/probing.json)
# Multiply-accumulates of one core, dense and in compressed rows (benchmarks/results/sparse.json).
DENSE_SPEED, SPARSE_SPEED = 20e9, 2e9
CORE_SPEED = 70e9  # float64 products of one core (benchmarks/results/similarity.json)

# Memory in MB, of two snakemakes and the job's own processes before they load anything.
START = 900
FAIRSEQ = 1400


class Need(NamedTuple):
    """What one job takes.

    Attributes:
        minutes: Wall-clock time.
        memory: At its peak, MB of the host.
        disk: Files that stay, MB.
        scratch: Files that are gone at the end of the job, or when all that read them is done, MB.
    """

    minutes: float
    memory: float
    disk: float = 0
    scratch: float = 0


def need(scale: Scale, rule: str, wildcards: Mapping[str, str]) -> Need:
    """What a job needs; a rule that nothing is known of is small."""
    estimate = RULES.get(rule)
    return estimate(scale, wildcards) if estimate else Need(1, START)


def _training_hours(scale: Scale, epochs: int) -> float:
    """By the speed of the trainings that are finished, before the first by an estimate.

    Forward and backward cost 6 operations a weight and target subword; several devices are taken
    to share the batches without loss.
    """
    if scale.measured:
        return epochs * scale.train_subwords / scale.measured.tokens_per_second / 3600
    training = scale.config.training
    batches = math.ceil(scale.train_subwords / (0.9 * training.max_tokens))
    operations = 6 * scale.parameters * training.max_tokens
    seconds = max(BATCH_SECONDS, operations / GPU_SPEED[training.precision])
    return epochs * batches * seconds / 3600 / training.devices


def _train(scale: Scale, epochs: int, kept: int) -> Need:
    size = scale.checkpoint
    # Each process reads the checkpoint, takes it apart and copies it to its device.
    memory = scale.config.training.devices * (FAIRSEQ + 4 * size)
    if scale.measured and scale.measured.memory:
        memory = START + MEASURED_MARGIN * scale.measured.memory
    minutes = 1 + 60 * _training_hours(scale, epochs)
    # Scratch: fairseq's last, the one of the last save and the one being written, and its start.
    return Need(minutes, memory, disk=(1 + kept) * size, scratch=(4 + kept) * size)


def _train_dense(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    return _train(scale, scale.config.training.max_epoch, len(scale.config.rewind_epochs))


def _retrain(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    name = TicketName(int(wildcards["seed"]), wildcards["series"], int(wildcards["k"]))
    return _train(scale, scale.plan.training.epochs(name), 0)


def _saliency(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    """Forward and backward over the calibration sentences: an epoch's share of a training."""
    calibration = scale.config.pruning.calibration
    share = calibration.sentences / max(1, scale.train_pairs)
    return Need(
        1 + 60 * _training_hours(scale, 1) * share,
        FAIRSEQ + 12 * scale.weights + _predictions(scale, calibration.max_tokens),
        scratch=scale.weights,
    )


def _prune(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    # benchmarks/results/paper_cut.json: 2.5 GB in 4 s and 1.9 GiB. The mask is a byte a weight.
    size = scale.checkpoint
    return Need(1 + size / 20_000, START + 0.9 * size, disk=scale.weights / 4)


def _sparsity(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    return Need(1, START + 2 * scale.checkpoint)


def _mask_overlap(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    # Two masks of a byte a weight, read (0.2 s each for the paper's model) and compared (0.2 s),
    # and a table of a thousand rows a pair.
    pairs, size = len(scale.plan.masks.pairs), scale.weights / 4
    return Need(1 + pairs * size / 6000, START + 3 * size + pairs)


def _dead_units(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    # The paper's model: 96 matrices, of which one takes 0.2 to 0.4 s.
    seconds = len(scale.plan.tickets) * scale.parameters * scale.encoder.dim / 7e9
    return Need(1 + seconds / 60, START + scale.checkpoint)


def _untrained(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    return Need(1, START + 4 * scale.weights, disk=scale.weights)


def _translate(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    lines = scale.lines(wildcards.get("split", scale.config.decoding.split))
    # A thousand lines of beam 4 take a second on CPU in small; wide models decode slower.
    seconds = 30 + lines / 1000 * (3 + scale.parameters / 2e6)
    # fairseq-generate reads the whole checkpoint, weights and both moments, beside its model.
    return Need(seconds / 60, FAIRSEQ + 4.25 * scale.weights)


def _comet(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    """Source, reference and translation of each sentence and ticket, read by the given model."""
    comet = scale.config.scoring.comet
    assert comet is not None, "the rule is not asked for"
    size = Path(comet.model).stat().st_size / 1e6  # its weights are float32
    subwords = 3 * len(scale.plan.tickets) * scale.subwords(scale.config.decoding.split)
    seconds = 60 + 2 * size / 4 * 1e6 * subwords / GPU_SPEED["fp32"]
    # The file's weights, and the model that takes them over.
    return Need(seconds / 60, START + FAIRSEQ + 2 * size)


def _read(scale: Scale, positions: int, layers: int) -> Need:
    """States of so many layers and positions."""
    bytes_each = 2 if scale.config.representations.precision == "float16" else 4
    size = positions * layers * scale.encoder.dim * bytes_each / 1e6
    seconds = 30 + positions * 2 * scale.parameters / 1e12 + size / 100
    memory = FAIRSEQ + 3 * scale.weights
    kept = scale.config.representations.keep
    return Need(seconds / 60, memory, disk=size if kept else 0, scratch=0 if kept else size)


def _represent(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    layers = scale.encoder.layers + scale.decoder.layers + 2
    return _read(scale, scale.subwords(scale.config.representations.split), layers)


def _represent_text(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    lines, length = scale.own_text(wildcards["text"])
    return _read(scale, int(lines * length), scale.encoder.layers + 1)


def _text_subwords(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    """All words of a text, and the subwords that they are made of, are in memory."""
    lines, _ = scale.own_text(wildcards["text"])
    return Need(1 + lines / 100_000, START + lines / 400)


def _represent_probing(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    # Vectors of subwords, and of words. Tasks on the same text count twice, but are read once.
    probing = scale.plan.probing
    words = sum(scale.tasks[task].words for task in probing.texts[wildcards["text"]])
    copies = 1 + scale.config.probing.shuffled
    return _read(scale, 2 * words * copies, scale.encoder.layers + 1)


def _compare_ticket(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    config = scale.config
    name = TicketName(int(wildcards["seed"]), wildcards["series"], int(wildcards["k"]))
    others = len(scale.plan.comparisons.partners(name))
    sides = (scale.encoder, scale.decoder)
    layers = sum((side.layers + 1) ** 2 for side in sides)
    same = sum(3 * (side.layers + 1) for side in sides)
    products = 2 * layers * scale.encoder.dim**2 * 2
    seconds = 20 + others * products * scale.subwords(config.representations.split) / CORE_SPEED
    sums = (2 * layers + config.similarity.groups * same) * scale.encoder.dim**2 * 8 / 1e6
    return Need(seconds / 60, START + 200 + 1.3 * sums)


def _categories(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    positions = scale.subwords(scale.config.representations.split)
    size = positions * scale.encoder.dim * 8 / 1e6
    return Need(1 + size / 300, START + 200 + 4 * size)


def _probe(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    config, tasks = scale.config.probing, scale.tasks
    part = wildcards["part"]
    name, _, kind = part.rpartition(".")
    jobs = [(name, kind)] if name else [(task, kind) for task in tasks for kind in config.probes]
    seconds, layers = 20.0, scale.encoder.layers + 1
    for task, kind in jobs:
        size = tasks[task]
        width = config.hidden if kind == "mlp" else size.classes
        # Labels, control labels, permuted sentences, features of twice the width; the blocks of the
        # codelength took two to three times as long as all these.
        runs = 1 + config.control + config.shuffled + 2 * config.conditional
        runs *= 1 + 2 * config.has_code(task, dense=wildcards.get("series") == DENSE)
        batches = runs * config.max_epoch * math.ceil(size.train / size.batch)
        # Layers and replicates are trained together.
        items = layers * size.replicates * size.batch * size.labels / size.train
        operations = 6 * items * size.pieces * scale.encoder.dim * width
        seconds += batches * max(PROBE_BATCH_SECONDS, operations / GPU_SPEED["fp32"])
    vectors = max(tasks[task].words for task, _ in jobs) * layers * scale.encoder.dim * 4 / 1e6
    # Stored and, on a GPU, of all layers at once: read, centred and scaled.
    copies = 2 if config.standardise == "none" else 4
    return Need(seconds / 60, START + 300 + copies * vectors, disk=1)


def _subwords(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    # 11,000 pairs take 2.5 s to learn and apply.
    return Need(1 + scale.train_pairs / 150_000, START + scale.train_pairs / 2_000)


def _corpus(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    """Reading all of the text once; binary data are 2 to 4 bytes a subword and side."""
    size = 2 * scale.train_subwords * 4 / 1e6
    return Need(1 + scale.train_pairs / 300_000, START + scale.train_pairs / 2_000, disk=size)


def _score_contrasts(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    return _force_decoding(scale, 2 * scale.contrasts)


def _probabilities(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    """Of the test text by two models."""
    return _force_decoding(scale, scale.lines(scale.config.decoding.split))


def _force_decoding(scale: Scale, lines: int) -> Need:
    seconds = 30 + lines / 1000 * (0.5 + scale.parameters / 4e6)
    # Two models, and a batch of predictions.
    predictions = _predictions(scale, scale.config.behaviour.max_tokens)
    return Need(seconds / 60, FAIRSEQ + 6 * scale.weights + predictions)


def _predictions(scale: Scale, max_tokens: int) -> float:
    """A batch of predictions over all types, of which there are a few copies: MB."""
    return 16 * max_tokens * scale.vocabulary / 1e6


def _erase(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    """Force decoding for each task and its random subspaces, and one probing text's vectors."""
    config, plan = scale.config, scale.plan
    conditions = 1 + (1 + config.behaviour.erase.draws) * len(plan.erasure.tasks)
    lines = scale.lines(config.decoding.split) + 20 * config.behaviour.erase.items
    seconds = 30 + conditions * lines / 1000 * (0.5 + scale.parameters / 4e6)
    sentences = (1 + 2 * len(plan.erasure.tasks)) * config.behaviour.erase.sentences
    seconds += sentences / 1000 * (2 + scale.parameters / 1e6)
    words = max(scale.tasks[task].words for task in plan.erasure.tasks)
    # A task's are a copy of the text's; made-up labels are numbers of words, too.
    vectors = 3 * words * scale.encoder.dim * 4 / 1e6
    predictions = _predictions(scale, config.behaviour.max_tokens)
    return Need(seconds / 60, FAIRSEQ + 3 * scale.weights + predictions + vectors)


def _segments(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    """Loss at each point of a seed's segments, and some translations."""
    settings, jobs = scale.config.behaviour.paths, scale.plan.segments
    seed = int(wildcards["seed"])
    pairs, tickets = len(jobs.pairs(seed)), len(jobs.tickets(seed))
    losses = pairs * (settings.points - 2) + tickets
    translated = pairs * max(settings.translated - 2, 0) + tickets * bool(settings.translated)
    return _spot_checks(scale, settings.sentences, losses, translated)


def _sensitivity(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    """Loss without each module of a seed's tickets, and some translations."""
    settings = scale.config.behaviour.sensitivity
    tickets = len(scale.plan.sensitivity.tickets(int(wildcards["seed"])))
    encoder, decoder = scale.encoder, scale.decoder
    sublayers = 2 * encoder.layers + 3 * decoder.layers
    modules = sublayers + encoder.layers * encoder.heads + 2 * decoder.layers * decoder.heads
    translated = {"none": 0, "sublayers": 1 + sublayers, "all": 1 + modules}[settings.translated]
    return _spot_checks(scale, settings.sentences, tickets * (1 + modules), tickets * translated)


def _spot_checks(scale: Scale, sentences: int, losses: int, translations: int) -> Need:
    """So many losses and greedy translations; two checkpoints and the model are in memory."""
    # The default experiment's 100 sentences: 0.08 s and 0.25 s.
    each = sentences / 1000
    seconds = 30 + losses * each * (0.5 + scale.parameters / 1e6)
    seconds += translations * each * (2 + scale.parameters / 1e6)
    predictions = _predictions(scale, scale.config.behaviour.max_tokens)
    return Need(seconds / 60, FAIRSEQ + 6 * scale.weights + predictions)


def _ticket_costs(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    """Reading all tickets of a seed and compressing them, 15 MB of weights a second."""
    tickets = len(scale.plan.cost.of_seed(int(wildcards["seed"])))
    return Need(1 + tickets * scale.weights / 15 / 60, START + 2 * scale.checkpoint)


def _measure_speed(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    """Forward passes of the tickets that are timed, dense and sparse (docs/steps/cost.md)."""
    cost = scale.config.cost
    tickets = len(scale.plan.cost.timed_of_seed(int(wildcards["seed"])))
    passes = tickets * (cost.repeats + 1) * cost.sentences * cost.length
    seconds = 30 + 3 * tickets + passes * scale.parameters * (1 / DENSE_SPEED + 1 / SPARSE_SPEED)
    # The model, and its copy with indices of 8 bytes beside the values.
    return Need(seconds / 60, FAIRSEQ + 6 * scale.weights)


def _tables(scale: Scale, wildcards: Mapping[str, str]) -> Need:
    """Tables over all tickets and their resamples."""
    tickets = len(scale.plan.tickets)
    return Need(2 + tickets / 10, START + 20 * tickets)


RULES: dict[str, Callable[[Scale, Mapping[str, str]], Need]] = {
    "train_dense": _train_dense,
    "retrain": _retrain,
    "saliency": _saliency,
    **dict.fromkeys(["prune", "take_mask", "dense_mask"], _prune),
    **dict.fromkeys(["sparsity", "external_ticket"], _sparsity),
    "mask_overlap": _mask_overlap,
    "dead_units": _dead_units,
    "untrained": _untrained,
    **dict.fromkeys(["translate", "translate_further"], _translate),
    "comet": _comet,
    "score_contrasts": _score_contrasts,
    "probabilities": _probabilities,
    "erase": _erase,
    "segments": _segments,
    "sensitivity": _sensitivity,
    "ticket_costs": _ticket_costs,
    "measure_speed": _measure_speed,
    "represent": _represent,
    "text_subwords": _text_subwords,
    "represent_text": _represent_text,
    "represent_probing": _represent_probing,
    "compare_ticket": _compare_ticket,
    "categories": _categories,
    "probe": _probe,
    **dict.fromkeys(["raw_text", "binarize"], _corpus),
    **dict.fromkeys(["subwords", "corpus_statistics", "categories_of_text"], _subwords),
    **dict.fromkeys(
        [
            "contrasts", "translated_words", "further_words", "flips", "pies", "probing_text",
            "collect_probes", "compare_probes", "score", "score_further", "plot_probing",
            "plot_similarity", "claims",
        ],
        _tables,
    ),
}  # fmt: skip
