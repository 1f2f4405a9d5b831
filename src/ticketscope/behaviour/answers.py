"""What each ticket answers to each item of a test, kept for populations of seeds.

An answer is a class: the label that a probe predicts, or whether a sentence is well translated (1)
or not (0). Tables of means forget which items they are made of; which of them the tickets of many
seeds answer otherwise than LTH0s (`claims.exemplars`) can only be told from the answers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.plan.names import DENSE, TicketName
from ticketscope.probing.instances import Instance
from ticketscope.probing.layers import best_layers
from ticketscope.probing.settings import UNTRAINED

TRANSLATION = ("translation", "chrF")  # kind and name of the sentences
FEATURES = ("length", "rare", "ambiguous", "clauses")
UNIT_COLUMNS = ["kind", "name", "unit", "items", *FEATURES]
# A word with fewer occurrences in the training text is rare.
RARE = 10
# Each clause has one (UD).
_SUBJECTS = ("nsubj", "nsubjpass")

# By kind (translation, linear, mlp) and name, the answers of each ticket (items,).
Answers = Mapping[tuple[str, str], Mapping[TicketName, NDArray[Any]]]


@dataclass(frozen=True)
class Labelled:
    """What the probes of all tickets predict of a task's test items.

    Attributes:
        predicted: Class of each item, by ticket (items,).
        gold: Its class in the task (items,).
        instances: Ids of the test instances.
        sizes: Items of each (instances,).
    """

    predicted: dict[TicketName, NDArray[Any]]
    gold: NDArray[Any]
    instances: list[str]
    sizes: NDArray[np.int64]


def predictions(
    probes: pd.DataFrame, files: Mapping[tuple[TicketName, str], Path]
) -> dict[tuple[str, str], Labelled]:
    """What is predicted of the test items, by family of probes and task.

    All tickets of a seed are read off the layer that is best on dev in its LTH0, and of replicates
    the first. Tasks whose labels are numbers have no classes and are left out.

    Args:
        probes: tables/probes.csv.
        files: Predictions (npz) by ticket and part of its probing.
    """
    labelled = probes[(probes["metric"] != "pearson") & (probes["series"] != UNTRAINED)]
    dense = best_layers(labelled[labelled["series"] == DENSE])
    tasks: dict[tuple[str, str], Labelled] = {}
    for (ticket, _), path in files.items():
        if ticket.series == UNTRAINED:
            continue
        rows = dense[dense["seed"] == ticket.seed]
        with np.load(path, allow_pickle=False) as saved:
            for _, row in rows.iterrows():
                key = f"{row['task']}/{row['probe']}"
                if f"{key}/gold" not in saved.files:
                    continue  # a task of another part
                chosen = saved[f"{key}/layer"] == row["clean_layer"]
                name = row["probe"], row["task"]
                if name not in tasks:
                    gold, ids, offsets = (
                        saved[f"{key}/{part}"] for part in ("gold", "instances", "offsets")
                    )
                    tasks[name] = Labelled({}, gold, ids.tolist(), np.diff(offsets))
                tasks[name].predicted[ticket] = saved[f"{key}/predicted"][chosen][0]
    return tasks


def answered(translated: Answers, labelled: Mapping[tuple[str, str], Labelled]) -> Answers:
    """What each ticket answers to the sentences, and its probes to the test items of tasks.

    Args:
        translated: Which sentences are well translated: what `flips.right_translations` returned.
        labelled: What `predictions` returned.
    """
    sentences = {
        key: {ticket: right.astype(np.uint8) for ticket, right in of_tickets.items()}
        for key, of_tickets in translated.items()
    }
    return sentences | {key: task.predicted for key, task in labelled.items()}


def arrays(answers: Answers) -> dict[str, NDArray[Any]]:
    """Arrays of tables/answers.npz: `seed1/magnitude/LTH3/linear/POS` -> (items,).

    Seed by seed, so that joined seeds make the same file.
    """
    named = [
        (ticket, f"{kind}/{name}", classes)
        for (kind, name), of_tickets in answers.items()
        for ticket, classes in of_tickets.items()
    ]
    named.sort(key=lambda entry: entry[0].seed)
    return {f"{ticket.key}/{name}": classes for ticket, name, classes in named}


def sentence_units(
    lines: Sequence[str],
    words: Sequence[Sequence[str]],
    seen: Mapping[str, int],
    derivations: Iterable[Mapping[str, Any]],
) -> pd.DataFrame:
    """Rows of `UNIT_COLUMNS` of a test text, one item a sentence.

    Args:
        lines: Its raw source sentences.
        words: Their words.
        seen: Occurrences of words in the training text.
        derivations: Of the grammar's lines, as its corpus has them; other lines have none.
    """
    kind, name = TRANSLATION
    rows = _units(kind, name, words, [1] * len(words), seen)
    gold = {derivation["english"]: derivation for derivation in derivations}
    return rows.assign(
        ambiguous=[len(gold[line]["ambiguous"]) if line in gold else np.nan for line in lines],
        clauses=[
            sum(relation in _SUBJECTS for relation in gold[line]["relations"])
            if line in gold
            else np.nan
            for line in lines
        ],
    )


def instance_units(
    labelled: Mapping[tuple[str, str], Labelled],
    instances: Mapping[str, Iterable[Instance]],
    seen: Mapping[str, int],
) -> pd.DataFrame:
    """Rows of `UNIT_COLUMNS` of the test instances of tasks, without gold features.

    Args:
        labelled: What `predictions` returned.
        instances: Test instances by task.
        seen: Occurrences of words in the training text.
    """
    words = {
        task: {instance.id: instance.tokens for instance in of_task}
        for task, of_task in instances.items()
    }
    parts = [
        _units(
            kind, task, [words[task][instance] for instance in tested.instances], tested.sizes, seen
        )
        for (kind, task), tested in labelled.items()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=UNIT_COLUMNS)


def _units(
    kind: str,
    name: str,
    texts: Sequence[Sequence[str]],
    sizes: Sequence[int] | NDArray[np.int64],
    seen: Mapping[str, int],
) -> pd.DataFrame:
    rare = [sum(seen.get(word, 0) < RARE for word in words) / max(len(words), 1) for words in texts]
    rows = {
        "kind": kind, "name": name, "unit": range(len(texts)), "items": sizes,
        "length": [*map(len, texts)], "rare": rare if seen else np.nan,
    }  # fmt: skip
    return pd.DataFrame(rows).reindex(columns=UNIT_COLUMNS)
