"""Table A1 as data: sparsities, BLEU with intervals, and tests against LTH0."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ticketscope.corpus.tokenization import tokenize_line
from ticketscope.plan.names import DENSE
from ticketscope.stats.resampling import interval, paired_p_value, resample
from ticketscope.translation.scores import bootstrap_bleu, score

COLUMNS = [
    "experiment", "seed", "series", "ticket", "k", "sparsity_incl", "sparsity_excl", "bleu",
    "bleu_low", "bleu_high", "bleu_p_vs_lth0", "bleu_compound_split", "chrf", "signature",
    "epochs_seen",
]  # fmt: skip
RESAMPLES = ["seed", "series", "k", "resample", "bleu"]


def score_seed(
    references: list[str],
    systems: Mapping[tuple[str, int], list[str]],
    *,
    seed: int,
    language: str,
    resamples: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score all tickets of a seed and test them against LTH0.

    The test set is the same for all seeds, and so are its resamples: what a mean over seeds owes to
    the sentences can be read off the second table.

    Args:
        references: Raw target text.
        systems: (series, k) -> detokenised translations; the first is LTH0, ("dense", 0).
        seed: Seed of the tickets.
        language: Target language, for the tokenised score.
        resamples: Bootstrap resamples, of the same sentences for all tickets.

    Returns:
        One row for each ticket; one row for each ticket and resample (`RESAMPLES`).
    """
    tokenized = [_tokens(line, language) for line in references]
    counts = resample(len(references), resamples)
    rows: list[dict[str, Any]] = []
    drawn: list[pd.DataFrame] = []
    dense = None
    for (series, k), hypotheses in systems.items():
        result = score(
            hypotheses,
            references,
            tokenized_hypotheses=[_tokens(line, language) for line in hypotheses],
            tokenized_references=tokenized,
        )
        samples = bootstrap_bleu(result.statistics, counts)
        dense = dense or (result.bleu, samples)
        low, high = interval(samples)
        ticket = {"seed": seed, "series": series, "k": k}
        drawn.append(
            pd.DataFrame(ticket | {"resample": range(resamples), "bleu": samples.round(4)})
        )
        rows.append(
            {
                "seed": seed,
                "series": series,
                "ticket": f"LTH{k}",
                "k": k,
                "bleu": result.bleu,
                "bleu_low": low,
                "bleu_high": high,
                "bleu_p_vs_lth0": paired_p_value(result.bleu, samples, *dense) if k else None,
                "bleu_compound_split": result.bleu_compound_split,
                "chrf": result.chrf,
                "signature": result.signature,
            }
        )
    return pd.DataFrame(rows), pd.concat(drawn)[RESAMPLES]


def collect(
    bleu: pd.DataFrame,
    sparsity: pd.DataFrame,
    *,
    experiment: str,
    epochs_seen: Mapping[str, Sequence[int]],
) -> pd.DataFrame:
    """Join the scores and sparsities of all seeds into Table A1.

    Args:
        bleu: Rows of `score_seed`.
        sparsity: seed, series, ticket, k, sparsity_incl, sparsity_excl.
        experiment: Name of the experiment.
        epochs_seen: Epochs of training behind the tickets of each series, from its first on; the
            column is empty where there are none.
    """
    table = bleu.merge(sparsity, on=["seed", "series", "ticket", "k"], validate="one_to_one")
    table["experiment"] = experiment
    seen = {
        (series, ticket): epochs
        for series, numbers in epochs_seen.items()
        for ticket, epochs in enumerate(numbers, start=int(series != DENSE))
    }
    table["epochs_seen"] = [*map(seen.get, zip(table["series"], table["k"], strict=True))]
    return table[COLUMNS]


def _tokens(line: str, language: str) -> str:
    """The score's own tokens, whatever the models read: compounds whole, to be split by it."""
    return tokenize_line(line, language, "moses-no-dash-splits")
