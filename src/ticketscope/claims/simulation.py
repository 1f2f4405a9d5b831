"""Experiments in which nothing depends on sparsity, as the tables that the pipeline writes.

Each number of a table is a chain: LTH0's value varies over seeds, every ticket is a random step
away from the one before, in all series alike, and a measurement has an error. A part of that error
is the sentences', which all tickets and seeds share.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.claims.model import claims
from ticketscope.plan.paper_tickets import PAPER_SPARSITIES

Floats = NDArray[np.float64]

LAYERS = 4
RESAMPLES = 60
NEURONS = 20
# Standard deviations from the middle of a 95 % interval to its end.
REACH = 1.96
# The paper's LTH1, 2, 3, 5, 7 and 8.
SPARSITIES = tuple(PAPER_SPARSITIES[k] for k in (1, 2, 3, 5, 7, 8))
SERIES = ("magnitude", "random", "control")
STATES, ATTENTION = ("encoder", "decoder"), ("enc_self", "enc_dec", "dec_self")
_TICKETS = [("dense", 0), *((series, k + 1) for series in SERIES for k in range(len(SPARSITIES)))]
# Sparsity of each of them.
_LEVELS = np.array([0 if s == "control" else (0, *SPARSITIES)[k] for s, k in _TICKETS])
_BLOCKS = [
    (side, block, part)
    for side, block in [
        ("encoder", "enc-self"), ("encoder", "fc"),
        ("decoder", "dec-self"), ("decoder", "enc-dec"), ("decoder", "fc"),
    ]
    for part in (("fc1", "fc2") if block == "fc" else "qkvo")
]  # fmt: skip
_CATEGORIES = [
    *(("frequency", label) for label in ("0-5", "5-100", "100-500", "500-2500", "2500+")),
    *(("pos", label) for label in ("CC", "JJS", "NNP", "RP", "POS", ".", "NN", "VB", "DT", "IN")),
    *(("semtag", label) for label in ("PRG", "CON", "NOW", "DIS", "AND", "REL", "PRO", "DEF")),
]


# Names of columns, and for each item what it has there.
Axis = tuple[Sequence[str], Sequence[Sequence[object]]]


def axis(name: str, items: Iterable[object]) -> Axis:
    """One column, and what each item has there."""
    return (name,), [[item] for item in items]


@dataclass(frozen=True)
class Noise:
    """Standard deviations of a quantity.

    Attributes:
        seed: Of LTH0 between seeds.
        step: Of a ticket's step away from the one before; 0: no drift.
        error: Of a measurement, independent between tickets and seeds.
        shared: Of the sentences, for all tickets and seeds of an experiment alike.
    """

    seed: float
    step: float
    error: float
    shared: float


# Steps of BLEU and of probe scores are those of Multi30k's control chain: .3 BLEU, .5 to 1 point.
# Errors are of the order of the tables' intervals. Levels do not depend on the unit, only on how
# large the shared error is beside the others.
NOISE = {
    "bleu": Noise(0.5, 0.3, 0.15, 0.5),
    "sparsity": Noise(0.01, 0.003, 0.0, 0.0),
    "score": Noise(0.01, 0.007, 0.004, 0.006),
    "kept": Noise(0.01, 0.005, 0.001, 0.002),
    "alike": Noise(0.03, 0.005, 0.001, 0.002),
    "components": Noise(8.0, 4.0, 0.5, 1.0),
    "category": Noise(0.01, 0.005, 0.002, 0.004),
    "concentration": Noise(0.02, 0.01, 0.001, 0.002),
    "neurons": Noise(0.01, 0.005, 0.001, 0.002),
    "contrast": Noise(0.1, 0.07, 0.0, 0.0),  # of the margin, in standard deviations over items
    "word f1": Noise(0.01, 0.007, 0.004, 0.006),
    "churn": Noise(0.0, 0.004, 0.004, 0.002),
    "kl": Noise(0.0, 0.01, 0.002, 0.004),
    "erased": Noise(0.05, 0.01, 0.01, 0.01),
}
# Contrasts: as many items of each phenomenon, and the tasks that phenomena are paired with.
ITEMS = 30


class Simulation:
    """Some experiments at once: experiment g has the seeds g * seeds, ..., g * seeds + seeds - 1.

    Args:
        experiments: How many.
        seeds: Seeds of each.
        generator: Source of chance.
        drift: False: no ticket takes a step (the second null).
    """

    def __init__(
        self, experiments: int, seeds: int, generator: np.random.Generator, *, drift: bool
    ) -> None:
        self._experiments, self._seeds = experiments, seeds
        self._total = experiments * seeds
        self._generator, self._drift = generator, drift

    def tables(self) -> dict[str, pd.DataFrame]:
        """By name, as `claims.tables.COLUMNS` has them."""
        return {
            "sparsity": self._sparsity(),
            **self._bleu(),
            "module_sparsity": self._modules(),
            **self._probes(),
            "similarity": self._similarity(),
            "spectra": self._spectra(),
            "categories": self._categories(),
            "attention_concentration": self._concentration(),
            "neuron_maxima": self._neurons(),
        }

    def extension_tables(self) -> dict[str, pd.DataFrame]:
        """What the extension's claims read."""
        probes = self._probes()
        return {
            "sparsity": self._sparsity(),
            **probes,
            "similarity": self._between_seeds(self._similarity()),
            **self._contrasts(),
            "words": self._words(),
            **self._flips(),
            "probabilities": self._between_seeds(self._probabilities()),
            "erasure": self._erasure(),
            **self._shuffled_bleu(),
        }

    def chains(self, noise: Noise, *items: int) -> Floats:
        """Chains of so many items: (seeds, tickets, *items), around 0."""
        total, k = self._total, len(SPARSITIES)
        normal = self._generator.normal
        start = normal(0, noise.seed, size=(total, 1, *items))
        step = noise.step if self._drift else 0.0
        walks = normal(0, step, size=(total, len(SERIES), k, *items)).cumsum(axis=2)
        walks = walks.reshape(total, len(SERIES) * k, *items)
        values = np.concatenate([start, start + walks], axis=1)
        shared = normal(0, noise.shared, size=(self._experiments, 1, *items))
        return np.asarray(
            values
            + np.repeat(shared, self._seeds, axis=0)
            + normal(0, noise.error, size=values.shape)
        )

    def table(self, axes: Sequence[Axis], **values: Floats) -> pd.DataFrame:
        """A row for each seed, ticket and combination of items.

        Args:
            axes: Beside seeds and tickets.
            values: Columns (seeds, tickets, *items).
        """
        all_axes = [axis("seed", range(self._total)), (("series", "k"), _TICKETS), *axes]
        sizes = [len(items) for _, items in all_axes]
        columns: dict[str, object] = {}
        for place, (names, items) in enumerate(all_axes):
            shape = [1] * len(sizes)
            shape[place] = -1
            index = np.broadcast_to(np.arange(sizes[place]).reshape(shape), sizes).ravel()
            for name, entries in zip(names, zip(*items, strict=True), strict=True):
                codes, known = pd.factorize(np.array(entries))
                text = isinstance(entries[0], str)
                columns[name] = (
                    pd.Categorical.from_codes(codes[index], known) if text else known[codes[index]]
                )
        return pd.DataFrame(columns | {name: value.ravel() for name, value in values.items()})

    def _sparsity(self) -> pd.DataFrame:
        shape = (self._total, len(_TICKETS))
        return self.table([], sparsity_excl=np.broadcast_to(_LEVELS, shape))

    def _bleu(self) -> Mapping[str, pd.DataFrame]:
        noise, shape = NOISE["bleu"], (self._total, len(_TICKETS))
        # Resamples move all tickets alike, and each by the error that is its own.
        common = self._generator.normal(0, noise.shared, size=(self._experiments, 1, RESAMPLES))
        errors = self._generator.normal(0, noise.error, size=(*shape, RESAMPLES))
        draws = np.repeat(common, self._seeds, axis=0) + errors
        bleu = 27 + self.chains(noise)
        return {
            "table_a1": self.table([], bleu=bleu),
            "bleu_resamples": self.table(
                [axis("resample", range(RESAMPLES))], bleu=bleu[..., None] + draws
            ),
        }

    def _shuffled_bleu(self) -> Mapping[str, pd.DataFrame]:
        """BLEU of a shuffled series in the place of the control, which no claim of it asks for.

        It has a source of chance of its own, so that what other claims read stays as it is.
        """
        (generator,) = self._generator.spawn(1)
        like = Simulation(self._experiments, self._seeds, generator, drift=self._drift)
        return {
            name: table.assign(
                series=table["series"].cat.rename_categories({"control": "shuffled"})
            )
            for name, table in like._bleu().items()
        }

    def _modules(self) -> pd.DataFrame:
        chains = self.chains(NOISE["sparsity"], LAYERS, len(_BLOCKS))
        share = _LEVELS[:, None, None] * (1 + chains)
        axes = [axis("layer", range(1, LAYERS + 1)), (("side", "block", "part"), _BLOCKS)]
        table = self.table(axes, pruned=1e6 * share)
        return table.assign(kind="weight", total=1e6)

    def _probes(self) -> Mapping[str, pd.DataFrame]:
        tasks = _tasks()
        test = 0.7 + self.chains(NOISE["score"], len(tasks), LAYERS)
        dev = test + self._generator.normal(0, 0.004, size=test.shape)
        names = (("task", "group", "probe"), tasks)
        probes = self.table([names, axis("layer", range(1, LAYERS + 1))], dev=dev, test=test)
        labels = 0.7 * 0.3 / NOISE["score"].shared ** 2
        probes = probes.assign(suite="toy", metric="accuracy", n_test=labels, n_train=1000)
        # Tasks differ in what word forms tell and in the length of their code, pruned or not.
        (generator,) = self._generator.spawn(1)
        shape = (self._experiments, 1, len(tasks), 1)
        for column, low, high in (("majority", 0.2, 0.65), ("codelength_bits", 500, 3000)):
            of_tasks = np.repeat(generator.uniform(low, high, shape), self._seeds, axis=0)
            probes[column] = np.broadcast_to(of_tasks, test.shape).ravel()
        probes["ticket"] = "LTH" + probes["k"].astype(str)
        # The interval of a difference from LTH0 on the same sentences.
        reach = REACH * np.sqrt(2) * np.full(test.shape[:-1], NOISE["score"].error)
        differences = self.table([names], difference=0 * reach, low=-reach, high=reach)
        return {"probes": probes, "probe_differences": differences[differences["k"] > 0]}

    def _similarity(self) -> pd.DataFrame:
        layers = range(1, LAYERS + 1)
        within = [(a, b) for a, b in itertools.combinations(layers, 2)]
        parts = []
        for module in (*STATES, *ATTENTION):
            whole = "LayerSim" if module in STATES else "AttentionSim"
            parts.append(self._pairs(whole, module, within, 0.6, "alike", to_dense=False))
            off = [(a, b) for a, b in itertools.product(layers, layers) if a != b]
            parts.append(self._pairs(whole, module, off, 0.6, "alike", to_dense=True))
            same = [(a, a) for a in layers]
            measures = [whole, *(("NeuronSim", "SameNeuron") if module in STATES else ())]
            parts += [self._pairs(m, module, same, 0.9, "kept", to_dense=True) for m in measures]
        return pd.concat(parts, ignore_index=True)

    def _pairs(
        self,
        measure: str,
        module: str,
        pairs: Sequence[tuple[int, int]],
        mean: float,
        noise: str,
        *,
        to_dense: bool,
    ) -> pd.DataFrame:
        value = mean + self.chains(NOISE[noise], len(pairs))
        table = self.table([(("layer", "other_layer"), pairs)], value=value)
        other = "LTH0" if to_dense else "LTH" + table["k"].astype(str)
        known = noise == "kept" or (measure == "AttentionSim" and not to_dense)
        low = table["value"] - REACH * NOISE[noise].shared if known else np.nan
        table = table.assign(
            measure=measure, module=module, other_ticket=other, other_seed=table["seed"], low=low
        )
        return table[table["k"] > 0] if to_dense else table

    def _spectra(self) -> pd.DataFrame:
        counts = np.rint(280 + self.chains(NOISE["components"], 2, 1))
        rank = np.concatenate([counts - 1, counts], axis=-1)
        axes = [axis("module", STATES), axis("share", (0.79, 0.8))]
        return self.table(axes, rank=rank).assign(centered=False)

    def _categories(self) -> pd.DataFrame:
        value = 0.9 + self.chains(NOISE["category"], len(_CATEGORIES))
        reach = REACH * NOISE["category"].shared
        table = self.table(
            [(("kind", "category"), _CATEGORIES)],
            debiased=value, low=value - reach, high=value + reach,
        )  # fmt: skip
        return table[table["k"] > 0]

    def _concentration(self) -> pd.DataFrame:
        value = 0.4 + self.chains(NOISE["concentration"], len(ATTENTION), LAYERS)
        axes = [axis("module", ATTENTION), axis("layer", range(1, LAYERS + 1))]
        low = value - REACH * NOISE["concentration"].shared
        return self.table(axes, share=value, low=low)

    def _contrasts(self) -> Mapping[str, pd.DataFrame]:
        """Items differ in how hard they are; each model prefers the correct side by its margin."""
        tasks = sorted({task for task, _, probe in _tasks() if probe == "linear"})
        items = [("toy", number) for number in range(ITEMS * len(tasks))]
        phenomena = [task for task in tasks for _ in range(ITEMS)]
        shape = (self._experiments, 1, len(tasks), ITEMS)
        hard = np.repeat(self._generator.normal(size=shape), self._seeds, axis=0)
        models = self.chains(NOISE["contrast"], len(tasks))[..., None]
        errors = self._generator.normal(0, 0.5, size=(*models.shape[:-1], ITEMS))
        margin = (0.8 + hard + models + errors).reshape(*models.shape[:2], -1)
        known = pd.DataFrame(items, columns=["set", "item"])
        known = known.assign(phenomenon=phenomena, tasks=phenomena, minority=known["item"] % 2 == 0)
        return {
            "contrast_items": known,
            "contrast_margins": self.table([(("set", "item"), items)], margin=margin),
        }

    def _words(self) -> pd.DataFrame:
        value = 0.7 + self.chains(NOISE["word f1"], 2)
        reach = REACH * NOISE["word f1"].shared
        axes: list[Axis] = [(("bucket", "first"), [(1, 1), (2, 100)])]
        return self.table(axes, f1=value, f1_low=value - reach, f1_high=value + reach)

    def _flips(self) -> Mapping[str, pd.DataFrame]:
        kinds = [(kind, "name") for kind in ("translation", "contrast", "linear")]
        noise = NOISE["churn"]
        churn = 0.1 + self.chains(noise, len(kinds))
        table = self.table([(("kind", "name"), kinds)], churn=churn)
        # Resamples move all seeds alike, each kind and ticket by itself.
        shape = (self._experiments, len(_TICKETS), len(kinds), RESAMPLES)
        draws = np.repeat(self._generator.normal(0, noise.shared, size=shape), self._seeds, axis=0)
        axes = [(("kind", "name"), kinds), axis("resample", range(RESAMPLES))]
        drawn = self.table(axes, churn=churn[..., None] + draws)
        return {
            "flips": table.assign(other_seed=table["seed"]),
            "flip_resamples": drawn[drawn["k"] > 0],
        }

    def _probabilities(self) -> pd.DataFrame:
        kl = 0.1 + self.chains(NOISE["kl"])
        reach = REACH * NOISE["kl"].shared
        table = self.table([], kl=kl, kl_low=kl - reach, kl_high=kl + reach)
        return table[table["k"] > 0].assign(other_ticket="LTH0", other_seed=lambda t: t["seed"])

    def _erasure(self) -> pd.DataFrame:
        """Each task is used: erasing it moves predictions further than a random subspace does."""
        tasks, used = ("POS", "Chunk", "PS-Role"), {"erased": 0.5, "random": 0.1}
        kl = np.array(list(used.values())) + self.chains(NOISE["erased"], len(tasks), len(used))
        reach = REACH * NOISE["erased"].shared
        axes = [axis("task", tasks), axis("kind", used)]
        table = self.table(axes, kl=kl, kl_low=kl - reach, kl_high=kl + reach)
        return table.assign(dim=64, rank=20)

    def _between_seeds(self, table: pd.DataFrame) -> pd.DataFrame:
        """With a row of two LTH0s for each kind of row: they are 1 apart in any measure."""
        first = table[(table["k"] == 1) & (table["series"] == SERIES[0]) & (table["seed"] == 0)]
        if "other_layer" in first:
            first = first[
                (first["layer"] == first["other_layer"]) & (first["other_ticket"] == "LTH0")
            ]
        far = {"kl": 1.0, "kl_low": 1.0, "kl_high": 1.0, "value": 0.5, "low": 0.5}
        far = {name: value for name, value in far.items() if name in first}
        apart = first.assign(series="dense", k=0, other_seed=1, other_ticket="LTH0", **far)
        return pd.concat([table, apart], ignore_index=True)

    def _neurons(self) -> pd.DataFrame:
        shape = (self._total, len(_TICKETS), 2, 2, NEURONS)
        spread = self._generator.normal(0, 0.1, size=shape)
        value = 0.7 + self.chains(NOISE["neurons"], 2, 2)[..., None] + spread
        axes = [axis("module", STATES), axis("layer", (1, 2)), axis("neuron", range(NEURONS))]
        return self.table(axes, value=value)


def _tasks() -> list[tuple[str, str, str]]:
    """Tasks that claims name, their group and probe."""
    named = {claim.id: claim for claim in claims()}
    tasks = [str(part.of["task"]) for part in named["last-layer-best"].parts.values()]
    mlp = [str(part.of["task"]) for part in named["mlp-higher"].parts.values()]
    semantic = ("ST", "PS-Fxn", "PS-Role", "EF", "SemPred", "SemClass", "Coref")
    groups = {task: "Semantics" if task in semantic else "Syntax" for task in tasks}
    groups["POS"] = "POS"
    return [(task, groups[task], "linear") for task in tasks] + [
        (task, groups[task], "mlp") for task in mlp
    ]
