"""What other test sentences would change in effects whose tables do not tell, beside the seeds.

    python benchmarks/sentence_errors.py results/toy

writes benchmarks/results/sentence_errors_toy.json. The states of LTH0 and of one ticket a series
are computed again for all seeds of a finished experiment. Groups of sentences are left out in turn,
the same of all seeds and tickets, and the claims' own code makes each effect anew: a delete-a-group
jackknife of the mean effect. `of_sentences` is its error; `of_seeds` is what these claims'
intervals have; `wider` is how much wider they would be with both. Trends take all tickets and are
left out. Components are interpolated between ranks, since a jackknife of whole numbers measures
their steps.

Beside them stand the claims about categories of tokens, whose errors the tables tell, but as if
categories were independent: `told` is what the claims take.
"""

import json
import math
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from run import write
from ticketscope.claims.effects import SeedEffects
from ticketscope.claims.judge import measure as measure_claim
from ticketscope.claims.model import claims
from ticketscope.claims.similarity import VARIANCE
from ticketscope.claims.tables import Tables
from ticketscope.corpus.parallel import read_lines
from ticketscope.errors import InputError
from ticketscope.plan.names import DENSE, TicketName
from ticketscope.plan.paper_tickets import stand_in
from ticketscope.representations.extraction import extract
from ticketscope.representations.layout import starts
from ticketscope.representations.store import Store
from ticketscope.similarity.covariance import cross_covariances
from ticketscope.similarity.layers import layer_sim_of
from ticketscope.similarity.ticket import examine

GROUPS = 10
SERIES = ("magnitude", "control")
# Claims about states whose rows say that the tables do not tell what other sentences would change.
UNTOLD = (
    "same-neuron", "neurons-not-bimodal", "decoder-layers-less-alike", "early-nearer-final",
    "early-nearer-dense-final", "fewer-components",
)  # fmt: skip


def quiet(line: str) -> None:
    """Show no progress."""


def measure(results: Path) -> dict[str, object]:
    """Errors of each claim's effect, by claim and reference."""
    sparsity = pd.read_csv(results / "tables/sparsity.csv")
    pruned = sparsity[(sparsity["series"] == "magnitude") & (sparsity["k"] > 0)]
    k = stand_in(8, pruned.groupby("k")["sparsity_excl"].mean().to_dict())
    seeds = sorted(map(int, sparsity["seed"].unique()))
    names = [TicketName(seed, DENSE, 0) for seed in seeds]
    names += [TicketName(seed, series, k) for seed in seeds for series in SERIES]
    with tempfile.TemporaryDirectory() as folder:
        stores = {name: _states(results, name, Path(folder, name.key)) for name in names}
        sentences = np.arange(stores[names[0]].sentences)
        whole = _effects(stores, sparsity)
        parts = [np.setdiff1d(sentences, group) for group in np.array_split(sentences, GROUPS)]
        left_out = [
            _effects({name: _only(store, kept) for name, store in stores.items()}, sparsity)
            for kept in parts
        ]
        categories = _category_errors(results, stores, sentences, parts, sparsity)
    numbers: dict[str, object] = {}
    for key, values in whole.items():
        of_sentences = _jackknife([each[key] for each in left_out])
        of_seeds = float(values.std(ddof=1)) / math.sqrt(len(values))
        both = math.hypot(of_seeds, of_sentences)
        numbers[key] = {
            "effect": float(f"{values.mean():.3g}"),
            "of_seeds": float(f"{of_seeds:.2g}"),
            "of_sentences": float(f"{of_sentences:.2g}"),
            "wider": round(both / of_seeds - 1, 3) if of_seeds else None,
        }
    return {
        "experiment": results.name, "seeds": len(seeds), "ticket": f"LTH{k}", "groups": GROUPS,
        "sentences": len(sentences), "effects": numbers, "categories": categories,
    }  # fmt: skip


def _jackknife(left_out: list[NDArray[np.float64]]) -> float:
    """Standard error of a mean over seeds, of the effects without each group."""
    return math.sqrt((GROUPS - 1) * np.var([values.mean() for values in left_out]))


def _category_errors(
    results: Path,
    stores: Mapping[TicketName, Store],
    sentences: NDArray[np.int64],
    parts: list[NDArray[np.int64]],
    sparsity: pd.DataFrame,
) -> dict[str, object]:
    """What claims take for the sentences' error beside the jackknife's, by claim and reference."""
    published = pd.read_csv(results / "tables/categories.csv").dropna(subset=["debiased"])
    published = published[
        published["k"].isin({name.k for name in stores}) & published["series"].isin(SERIES)
    ]
    compared = set(zip(published["kind"], published["category"], strict=True))
    with np.load(results / "similarity/categories.npz", allow_pickle=False) as arrays:
        labels = {kind: arrays[kind] for kind in arrays.files}

    def effects(table: pd.DataFrame) -> dict[str, SeedEffects]:
        read = Tables({"sparsity": sparsity, "categories": table})
        return {
            f"{claim.id}, {reference}": comparisons[0]
            for claim in claims()
            if claim.of["quantity"] == "category"
            for reference, comparisons in measure_claim(claim, read)[0].effects.items()
        }

    def of(chosen: NDArray[np.int64]) -> dict[str, SeedEffects]:
        rows: list[dict[str, Any]] = []
        for name, store in stores.items():
            if name.series != DENSE:
                offsets = store.encoder_offsets
                tokens = np.concatenate([np.arange(*offsets[s : s + 2]) for s in chosen])
                layers = [store.encoder[-1], stores[name.dense].encoder[-1]]
                for kind, category in sorted(compared):
                    of_category = tokens[labels[kind][tokens] == category]
                    sums = cross_covariances(layers, [(0, 1)], rows=of_category, device="cpu")
                    value = layer_sim_of(sums, 0, 1, debiased=True)
                    about = name.columns | {"kind": kind, "category": category}
                    rows.append(about | dict.fromkeys(("debiased", "low", "high"), value))
        return effects(pd.DataFrame(rows))

    published_effects, whole, left_out = (
        effects(published),
        of(sentences),
        [of(kept) for kept in parts],
    )
    numbers: dict[str, object] = {}
    for key, effect in published_effects.items():
        if not np.allclose(whole[key].values, effect.values, atol=1e-4):
            raise InputError(f"{key}: the states give another effect than the tables")
        assert effect.draws is not None  # of categories, each row has an interval
        numbers[key] = {
            "told": float(f"{effect.draws.mean(axis=-1).std(ddof=1):.2g}"),
            "of_sentences": float(f"{_jackknife([each[key].values for each in left_out]):.2g}"),
        }
    return numbers


def _states(results: Path, name: TicketName, output: Path) -> Store:
    """States of a ticket on the text that the experiment compares tickets on."""
    config = json.loads((results / "provenance.json").read_text(encoding="utf-8"))["config"]
    settings = config["representations"]
    texts = [
        read_lines(results / f"corpus/bpe/{settings['split']}.{config['languages'][side]}")
        for side in ("source", "target")
    ]
    checkpoint = results / f"tickets/{name.key}/checkpoint.pt"
    output.parent.mkdir(parents=True, exist_ok=True)
    extract(
        checkpoint, results / "corpus/bin", *texts, output,
        precision=settings["precision"], attention=False, progress=quiet,
    )  # fmt: skip
    return Store.open(output)


def _only(store: Store, sentences: NDArray[np.int64]) -> Store:
    """A store of some of the sentences."""
    changed: dict[str, Any] = {}
    for side in ("encoder", "decoder"):
        offsets = getattr(store, f"{side}_offsets")
        rows = np.concatenate([np.arange(*offsets[s : s + 2]) for s in sentences])
        changed[side] = getattr(store, side)[:, rows]
        changed[f"{side}_offsets"] = starts(np.diff(offsets)[sentences])
    return replace(store, **changed)


def _effects(
    stores: Mapping[TicketName, Store], sparsity: pd.DataFrame
) -> dict[str, NDArray[np.float64]]:
    """Effects by seed of the claims, by `claim, reference`; of several rivals, one key for each."""
    similarity, spectra, maxima = [], [], []
    for name, store in stores.items():
        others = {} if name.series == DENSE else {name.dense: stores[name.dense]}
        compared = examine(
            name, store, others, groups=2, block=8192, threshold=0.95, device="cpu", progress=quiet
        )
        similarity.append(compared.table())
        spectra += _components(compared.spectra)
        for key, values in compared.matrices.items():
            module, other, what, *layer = key.split("/")
            if (other, what) == ("LTH0", "maxima"):
                about = name.columns | {"module": module, "layer": int(layer[0])}
                maxima += [about | {"neuron": n, "value": v} for n, v in enumerate(values)]
    read = Tables(
        {
            "sparsity": sparsity,
            "similarity": pd.concat(similarity, ignore_index=True),
            "spectra": pd.DataFrame(spectra),
            "neuron_maxima": pd.DataFrame(maxima),
        }
    )
    effects = {}
    for claim in claims():
        if claim.id in UNTOLD:
            for reference, comparisons in measure_claim(claim, read)[0].effects.items():
                for number, each in enumerate(comparisons):
                    place = f" ({number + 1})" if len(comparisons) > 1 else ""
                    effects[f"{claim.id}, {reference}{place}"] = each.values
    return effects


def _components(spectra: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each final layer: where the share of the variance passes what claims count to."""
    table = pd.DataFrame(spectra)
    table = table[~table["centered"]]
    keys = ["seed", "series", "ticket", "k", "module", "centered"]
    return [
        dict(zip(keys, key, strict=True))
        | {"rank": np.interp(VARIANCE, [0, *rows["share"]], [0, *rows["rank"]]), "share": VARIANCE}
        for key, rows in table.groupby(keys)
    ]


def main(arguments: list[str]) -> int:
    """Measure one experiment; 1 if that is impossible."""
    if len(arguments) != 1:
        print("usage: python benchmarks/sentence_errors.py RESULTS", file=sys.stderr)
        return 2
    results = Path(arguments[0]).resolve()
    output = Path(__file__).parent / f"results/sentence_errors_{results.name}.json"
    try:
        write(output, __doc__, measure(results))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
