"""The tables of behaviour beyond BLEU: contrasts, words, lengths, free translations."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from ticketscope.behaviour.answers import FEATURES
from ticketscope.claims.exemplars import LEAST_SEEDS
from ticketscope.report.page.parts import Table
from ticketscope.report.tables.behaviour import bucket_name
from ticketscope.report.tables.contrasts import UNKNOWN, about_unknown, known_to_lth0
from ticketscope.report.tables.shared import DENSE, mean_and_sd, series_of

# Those about what the tickets write are also there of further test texts.
FURTHER = {name: f"further_{name}" for name in ("words", "lengths", "decoding")}
TABLES = ("contrasts", *FURTHER, "pies", *FURTHER.values())
_SUBSETS = {
    "all": "all",
    "minority": "minority",
    "majority": "majority",
    "own": "LTH0's own",
}
_OF_SUBSETS = (
    "Share of pairs whose correct translation has the larger probability; chance is 0.5. Minority: "
    "the correct form is the rarer of those that the source allows. LTH0's own: LTH0 itself "
    "writes the correct translation."
)
_DECODING = {
    "identical": ("identical", "Share of sentences that LTH0 of the seed translates alike."),
    "departure": (
        "until departure",
        "Share of LTH0's sentence, in subwords, before the first difference.",
    ),
    "length_ratio": (
        "length ratio",
        "Words of the translations divided by words of the references.",
    ),
    "copied": ("copied", "Share of words that stand in the source and not in the reference."),
    "repeated": ("repeated", "Share of sequences of three words that occur earlier in the line."),
}

_OF_PIES = (
    "Pruning identified exemplars: the most frequent answer over seeds differs from LTH0's. The "
    "answer is a linear probe's label, or whether a translation's chrF is high."
)
_PIES = {
    "halves": "Share of items on which the pruned tickets of one half of the seeds and the LTH0s "
    "of the other half differ.",
    "halves, dense": "The same of the LTH0s of both halves.",
}


def tables(read: Mapping[str, pd.DataFrame], link: Callable[[str], str]) -> Iterator[Table]:
    """The tables that the experiment has.

    Args:
        read: Of `TABLES`, by name.
        link: The address of a table by its path.
    """
    makers = {
        "contrasts": ("Contrasts, LTH0 and the last tickets", _contrasts, _OF_SUBSETS, {}),
        "words": (
            "F1 of words by their frequency in training, LTH0 and the last tickets",
            _words,
            "F1 as compare-mt has it, over all words of a frequency.",
            {},
        ),
        "lengths": (
            "BLEU by the length of the sentence, LTH0 and the last tickets",
            _lengths,
            "Sentences by the words of their reference.",
            {},
        ),
        "decoding": (
            "Translations beside LTH0's",
            _decoding,
            "Translations as the ticket writes them by itself.",
            dict(_DECODING.values()),
        ),
    }
    for name, (title, make, note, explanations) in makers.items():
        if name in read:
            table = read[name]
            several = table["seed"].nunique() > 1
            over = " Means ± standard deviation (n - 1) over seeds." if several else ""
            if name == "contrasts" and not known_to_lth0(table).all():
                over += about_unknown(table["seed"].nunique())
            file = link(f"tables/{name}.csv")
            yield Table(title, make(table), note + over, explanations, file, folded=True)
            further = FURTHER.get(name, "")
            if further in read:
                shown = make(read[further].rename(columns={"split": "text"}))
                title, file = f"Further test texts: {title}", link(f"tables/{further}.csv")
                yield Table(title, shown, note + over, explanations, file, folded=True)
    if "pies" in read:
        few = f" PIEs need {LEAST_SEEDS} seeds; this experiment has fewer." * read["pies"].empty
        file = link("tables/pies.csv")
        yield Table(
            "Items that the last tickets of most seeds answer otherwise than LTH0s (PIEs)",
            _pies(read["pies"]), _OF_PIES + few, _PIES, file, folded=True,
        )  # fmt: skip


def _contrasts(table: pd.DataFrame) -> pd.DataFrame:
    """A row a phenomenon and subset; phenomena that LTH0 does not know are marked."""
    known = known_to_lth0(table)
    marks = [
        "" if known[key] else UNKNOWN for key in zip(table["set"], table["phenomenon"], strict=True)
    ]
    table = table.assign(phenomenon=table["phenomenon"] + marks)
    names = ["set", "phenomenon"] if table["set"].nunique() > 1 else ["phenomenon"]
    shown = _beside(table, [*names, "subset"], "items", "accuracy", "pairs")
    return shown.replace({"subset": _SUBSETS})


def _words(table: pd.DataFrame) -> pd.DataFrame:
    """A row a bucket, of each text if there are several."""
    named = table.assign(
        **{"occurrences in training": [*map(bucket_name, table["first"], table["last"])]}
    )
    keys = [*_text(table), "occurrences in training"]
    return _beside(named, keys, "words", "f1", "words of the references")


def _lengths(table: pd.DataFrame) -> pd.DataFrame:
    """A row a bucket, of each text if there are several."""
    named = table.assign(words=[*map(bucket_name, table["first"], table["last"])])
    return _beside(named, [*_text(table), "words"], "sentences", "bleu", "sentences", ".1f")


def _text(table: pd.DataFrame) -> list[str]:
    """The column that names the text, in tables of further test texts."""
    return ["text"] if "text" in table else []


def _beside(
    table: pd.DataFrame,
    keys: Sequence[str],
    size: str,
    value: str,
    sized: str,
    digits: str = ".3f",
) -> pd.DataFrame:
    """A value of LTH0 and of the last ticket of each series, side by side: a row a key."""
    last = table.groupby("series")["k"].max()
    ends = {f"{name} LTH{last[name]}": (name, last[name]) for name in series_of(table)}
    rows = []
    for key, part in table.groupby(list(keys), sort=False):
        row: dict[str, object] = dict(zip(keys, key, strict=True))
        sizes = part[size]
        row[sized] = str(sizes.max())
        if sizes.min() < sizes.max():
            row[sized] = f"{sizes.min()} to {sizes.max()}"
        for title, (name, k) in {"LTH0": (DENSE, 0), **ends}.items():
            of_ticket = part[(part["series"] == name) & (part["k"] == k)]
            row[title] = mean_and_sd(of_ticket[value], digits)
        rows.append(row)
    return pd.DataFrame(rows)


def _pies(table: pd.DataFrame) -> pd.DataFrame:
    """A row a task, or the sentences, and series; PIEs / others of what they are like."""
    last = table["k"] == table.groupby("series")["k"].transform("max")
    shown = table[last & (table["kind"] != "mlp")]
    frame = pd.DataFrame(
        {
            "of": shown["name"].replace({"chrF": "sentences"}),
            "series": shown["series"],
            "ticket": shown["ticket"],
            "items": shown["items"],
            "PIEs": shown["pies"],
            "share": shown["share"],
            "halves": shown["halves"],
            "halves, dense": shown["halves_dense"],
        }
    )
    for feature in FEATURES:
        ends = zip(shown[f"{feature}_pies"], shown[f"{feature}_others"], strict=True)
        frame[feature] = [f"{pie:.2g} / {other:.2g}" if pie == pie else "" for pie, other in ends]
    return frame


def _decoding(table: pd.DataFrame) -> pd.DataFrame:
    """A row a ticket, of each text if there are several."""
    keys = [*_text(table), "series", "ticket"]
    rows = [
        dict(zip(keys, key, strict=True))
        | {title: mean_and_sd(part[name], ".3f") for name, (title, _) in _DECODING.items()}
        for key, part in table.groupby(keys, sort=False)
    ]
    return pd.DataFrame(rows)
