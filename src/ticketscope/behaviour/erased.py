"""What a ticket does without a task: predictions, translations and contrasts after erasure.

A probe tells what can be read off the states, not what the decoder reads (Belinkov 2022; Elazar et
al. 2021, Amnesic probing). Here a task's label is taken out of the encoder's output, and the same
decoder translates on: what it does otherwise, beyond the loss of a random subspace of equal rank,
it does because of what was taken.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import ticketscope.upstream.quick_fairseq  # noqa: F401  # isort: skip - before fairseq
import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from ticketscope.behaviour.contrast_scores import EncodedSet, score_contrasts
from ticketscope.behaviour.contrasts import flips
from ticketscope.behaviour.erased_tasks import Condition, Erasure
from ticketscope.behaviour.erasure import Eraser
from ticketscope.behaviour.force_decoding import (
    ADVICE,
    Intervention,
    encode_pairs,
    encode_source,
    intervene,
    predict,
)
from ticketscope.behaviour.probabilities import Divergence, compare, means
from ticketscope.behaviour.spot_check import Sentences, SpotCheck
from ticketscope.corpus.contrast import Contrast
from ticketscope.plan.names import TicketName
from ticketscope.representations.batches import Text, batches
from ticketscope.representations.model import LoadedModel
from ticketscope.representations.progress import Pace
from ticketscope.runtime.devices import full_memory
from ticketscope.stats.resampling import interval, resample
from ticketscope.translation.scores import Statistics, bootstrap_bleu, corpus_bleu

COLUMNS = [
    "task", "kind", "seed", "series", "ticket", "k", "dim", "rank", "variance", "probe",
    "probe_erased", "probe_left", "majority", "set", "phenomenon", "paired", "positions", "kl",
    "kl_low", "kl_high", "agreement", "sentences", "bleu", "bleu_erased", "bleu_lost_low",
    "bleu_lost_high", "items", "accuracy", "accuracy_erased", "lost", "gained",
]  # fmt: skip

Name = TypeVar("Name", bound=Hashable)


def measure_erased(
    loaded: LoadedModel,
    ticket: TicketName,
    erased: Mapping[Condition, Erasure],
    text: Sentences,
    sets: Mapping[str, EncodedSet],
    *,
    translated: int,
    max_tokens: int,
    resamples: int,
    progress: Callable[[str], None] = print,
) -> pd.DataFrame:
    """What a ticket predicts, translates and prefers, each task erased in turn.

    Args:
        loaded: The ticket.
        ticket: Its name.
        erased: The maps, such as `erased_tasks.erase_text` returns.
        text: A parallel text that is predicted.
        sets: Contrast sets that are scored.
        translated: How many sentences of the text are translated; may be 0.
        max_tokens: Batch size in subwords, padding included.
        resamples: Bootstrap resamples of the sentences.
        progress: Gets a line every few seconds.

    Returns:
        Rows of `COLUMNS`: see `erasure_table`.

    Raises:
        InputError: as `force_decoding.encode_pairs`.
    """
    source, (target,) = encode_pairs(loaded, text.source, [text.target])
    divergences = diverge_erased(
        loaded,
        source,
        target,
        {condition: erasure.erasers for condition, erasure in erased.items()},
        max_tokens=max_tokens,
        progress=progress,
    )
    interventions: dict[Condition | None, Eraser | None] = {None: None}
    interventions |= {condition: erasure.eraser for condition, erasure in erased.items()}
    statistics = {}
    if translated:
        check = SpotCheck(loaded, text.spread(translated), max_tokens=max_tokens)
        statistics = {
            condition: check.statistics(intervention)
            for condition, intervention in interventions.items()
        }
    right: dict[Condition | None, dict[str, NDArray[np.bool_]]] = {}
    for condition, intervention in interventions.items():
        right[condition] = {}
        for name, encoded in sets.items():
            scores = score_contrasts(
                loaded,
                encoded.subwords,
                max_tokens=max_tokens,
                intervention=intervention,
                progress=progress,
            )
            right[condition][name] = scores["margin"] > 0
    items = {name: encoded.items for name, encoded in sets.items()}
    return erasure_table(ticket, erased, divergences, items, right, statistics, resamples=resamples)


def diverge_erased(
    loaded: LoadedModel,
    source: Text,
    target: Text,
    interventions: Mapping[Name, Sequence[Intervention]],
    *,
    max_tokens: int,
    progress: Callable[[str], None] = print,
) -> dict[Name, Divergence]:
    """How far interventions move a model's predictions, on the prefixes of the references.

    As `probabilities.diverge` of the model with itself, but what no intervention changes is
    computed once for all.

    Args:
        loaded: The ticket.
        source: The sentences.
        target: Their references.
        interventions: By name; of several the mean is returned.
        max_tokens: Batch size in subwords, padding included.
        progress: Gets a line every few seconds.
    """
    sums = {name: np.zeros((3, len(source.ids))) for name in interventions}
    lengths = np.maximum(source.lengths, target.lengths)
    pace = Pace(int(lengths.sum()), "subwords", progress)
    with torch.inference_mode(), full_memory(ADVICE):
        for sentences in batches(lengths, max_tokens):
            encoded = encode_source(loaded, source, sentences)
            p = predict(loaded, target, sentences, encoded)
            for name, several in interventions.items():
                for intervention in several:
                    q = predict(loaded, target, sentences, intervene(encoded, intervention))
                    sums[name][:, sentences] += compare(p, q, target, sentences) / len(several)
            pace.advance(int(lengths[sentences].sum()))
    return {
        name: Divergence(each[0], each[1], each[2], target.lengths) for name, each in sums.items()
    }


def erasure_table(
    ticket: TicketName,
    erased: Mapping[Condition, Erasure],
    divergences: Mapping[Condition, Divergence],
    items: Mapping[str, Sequence[Contrast]],
    right: Mapping[Condition | None, Mapping[str, NDArray[np.bool_]]],
    translated: Mapping[Condition | None, Statistics],
    *,
    resamples: int,
) -> pd.DataFrame:
    """Rows of `COLUMNS`: for each condition one of the text, and one a phenomenon.

    Args:
        ticket: The ticket.
        erased: The maps.
        divergences: KL(ticket || erased ticket), by condition.
        items: Contrasts that were scored, by set.
        right: Whether each is right (items,), by condition and set; None: nothing is erased.
        translated: Of the translated sentences, what BLEU is made of, by condition; or nothing.
        resamples: Bootstrap resamples of the sentences.
    """
    rows: list[dict[str, Any]] = []
    for condition, erasure in erased.items():
        about = condition._asdict() | ticket.columns
        about |= {"dim": len(erasure.eraser.mean), "rank": erasure.eraser.rank}
        about |= {"variance": erasure.eraser.variance, "majority": erasure.majority}
        about |= {"probe": erasure.probe, "probe_erased": erasure.probe_erased}
        about |= {"probe_left": erasure.probe_left}
        text = means(divergences[condition], resamples=resamples)
        if translated:
            text |= _bleu(translated[None], translated[condition], resamples)
        rows.append(about | text)
        for name, contrasts in items.items():
            phenomena = np.array([item.phenomenon for item in contrasts])
            for phenomenon in dict.fromkeys(phenomena.tolist()):
                of = phenomena == phenomenon
                tasks = {task for item, here in zip(contrasts, of, strict=True) if here
                         for task in item.tasks}  # fmt: skip
                was, now = right[None][name][of], right[condition][name][of]
                lost, gained = flips(was, now)
                rows.append(
                    about
                    | {"set": name, "phenomenon": phenomenon, "paired": condition.task in tasks}
                    | {"items": int(of.sum()), "accuracy": was.mean()}
                    | {"accuracy_erased": now.mean(), "lost": lost, "gained": gained}
                )
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    return table.astype(
        dict.fromkeys(("positions", "sentences", "items", "lost", "gained"), "Int64")
    )


def _bleu(before: Statistics, after: Statistics, resamples: int) -> dict[str, Any]:
    """BLEU before and after, and the paired bootstrap's interval of what is lost."""
    counts = resample(len(before), resamples)
    scores = [corpus_bleu(each.sum(axis=0, keepdims=True))[0] for each in (before, after)]
    low, high = interval(bootstrap_bleu(before, counts) - bootstrap_bleu(after, counts))
    return {
        "sentences": len(before),
        "bleu": scores[0],
        "bleu_erased": scores[1],
        "bleu_lost_low": low,
        "bleu_lost_high": high,
    }
