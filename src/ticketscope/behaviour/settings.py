"""The behaviour's part of the config: contrast sets, and what is counted in translations."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from ticketscope.rising import rising
from ticketscope.runtime.table_text import named
from ticketscope.settings import Count, Name, Section

Phenomenon = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"), AfterValidator(named)
]


class ContrastTable(Section):
    """A contrast set in the project's own format (docs/extend/contrast-set.md)."""

    format: Literal["tsv"] = Field(description="A table with a header, separated by tabs.")
    file: str = Field(description="The table; columns source, correct, incorrect, phenomenon, ...")


class ContrastLines(Section):
    """Three line-aligned files about one phenomenon, as DistilLingEval has them."""

    format: Literal["lines"] = Field(description="Three files; equal lines are an item.")
    source: str = Field(description="Source sentences, plain or .gz.")
    correct: str = Field(description="Correct translations, with as many lines.")
    incorrect: str = Field(description="Incorrect translations, with as many lines.")
    phenomenon: Phenomenon = Field(description="What all the errors are about.")
    tasks: list[Name] = Field([], description="Probing tasks that test the same knowledge, by id.")


class LingEval97(Section):
    """LingEval97 (Sennrich 2017)."""

    format: Literal["lingeval97"] = Field(description="LingEval97's JSON.")
    file: str = Field(description="lingeval97.json")


class MuCoW(Section):
    """MuCoW, the version of WMT 2019 (Raganato et al. 2019)."""

    format: Literal["mucow"] = Field(description="MuCoW's JSON, of either of its test suites.")
    file: str = Field(description="<source>-<target>.mucow.tts.json or ….mucow.scoring.json")


class MtGenEval(Section):
    """The counterfactual sentences of MT-GenEval (Currey et al. 2022)."""

    format: Literal["mt-geneval"] = Field(description="MT-GenEval's data/sentences: four files.")
    masculine_src: str = Field(description="Sources about men: geneval-sentences-masculine-….en")
    masculine_tgt: str = Field(description="Their references, with as many lines.")
    feminine_src: str = Field(description="The same sources about women: …-feminine-….en")
    feminine_tgt: str = Field(description="Their references, with as many lines.")


class MtGenEvalContext(Section):
    """The sentences of MT-GenEval whose context tells the gender (Currey et al. 2022)."""

    format: Literal["mt-geneval-context"] = Field(
        description="MT-GenEval's data/context: three files."
    )
    src: str = Field(description="Sources with their context: geneval-context-…-2to1-….en")
    original: str = Field(description="References: geneval-context-…-original-…, as many lines.")
    flipped: str = Field(description="The same in the other gender: …-flipped-…, as many lines.")


class Mlt(Section):
    """Ambiguous words of MLT, the multimodal lexical translation dataset (Lala and Specia 2018)."""

    format: Literal["mlt"] = Field(description="MLT's lines, and the raw text they are about.")
    file: list[str] = Field(
        min_length=1, description="Files of `word | translation | sentence | reference | image`."
    )
    src: list[str] = Field(description="Files of the raw source sentences that MLT's are made of.")
    tgt: list[str] = Field(description="Their raw references, file by file and line by line.")

    @model_validator(mode="after")
    def _as_many_files(self) -> Self:
        if len(self.src) != len(self.tgt):
            raise ValueError(f"src has {len(self.src)} files, tgt has {len(self.tgt)}")
        return self


class ParallelRules(Section):
    """Contrasts that rules make from an English-German text (docs/extend/contrast-set.md)."""

    format: Literal["rules"] = Field(description="Rules for number, colour, person, preposition.")
    src: str = Field(description="English sentences, plain or .gz.")
    tgt: str = Field(description="German translations, with as many lines.")


ContrastFiles = (
    ContrastTable
    | ContrastLines
    | LingEval97
    | MuCoW
    | MtGenEval
    | MtGenEvalContext
    | Mlt
    | ParallelRules
)
# What `format` may be.
_FORMATS = [get_args(kind.model_fields["format"].annotation)[0] for kind in get_args(ContrastFiles)]


def _branch(value: Any) -> str | None:
    """Which model reads a value. A blank in its tag keeps it out of the paths of messages."""
    if isinstance(value, str):
        return "a name"
    name = value.get("format") if isinstance(value, Mapping) else getattr(value, "format", None)
    return f"format {name}" if name in _FORMATS else None


ContrastSet = Annotated[
    Annotated[str, Tag("a name")]
    | Annotated[ContrastTable, Tag("format tsv")]
    | Annotated[ContrastLines, Tag("format lines")]
    | Annotated[LingEval97, Tag("format lingeval97")]
    | Annotated[MuCoW, Tag("format mucow")]
    | Annotated[MtGenEval, Tag("format mt-geneval")]
    | Annotated[MtGenEvalContext, Tag("format mt-geneval-context")]
    | Annotated[Mlt, Tag("format mlt")]
    | Annotated[ParallelRules, Tag("format rules")],
    Discriminator(
        _branch,
        custom_error_type="contrast_set",
        custom_error_message="should be the name of a public set, or files with `format:`, one of "
        + ", ".join(_FORMATS),
    ),
]

# `toy`, the name of a public set (ticketscope.behaviour.registry), or files.
ContrastSets = dict[Annotated[Name, AfterValidator(named)], ContrastSet]


class Erase(Section):
    """What of a task is erased from the encoder's output (docs/steps/erasure.md)."""

    tasks: list[Name] = Field(
        ["POS", "Chunk", "PS-Role", "ST"],
        description="Probed tasks that are erased one by one; their labels are of single words. "
        "Those that are not probed are skipped.",
    )
    tickets: Literal["last"] | list[Count] = Field(
        "last",
        description="Tickets, besides LTH0, from which tasks are erased: the last of each series, "
        "or a list of k. Tickets that are not probed are skipped.",
    )
    items: Count = Field(
        100,
        description="Items of each phenomenon whose contrasts are scored, evenly spread over all.",
    )
    draws: Count = Field(
        3,
        description="Random subspaces that are erased beside each task. The divergence of "
        "predictions is their mean; contrasts are scored and sentences translated with the first.",
    )
    sentences: Annotated[int, Field(ge=0)] = Field(
        200,
        description="Sentences of the decoding split, evenly spread over it, that are translated "
        "greedily with and without each task, for BLEU; 0: none.",
    )


class Paths(Section):
    """Segments between tickets, along which loss and BLEU are measured (docs/steps/paths.md)."""

    kinds: list[Literal["previous", "control", "seeds", "orders"]] = Field(
        ["previous", "control", "seeds", "orders"],
        description="What a ticket is joined with: the ticket before it in its series, the control "
        "of the same k, the same ticket of the seed before, and the same ticket of a series that "
        "differs only in its order of data. Empty: nothing is measured.",
    )
    tickets: Count | list[Count] = Field(
        3,
        description="How many tickets of a series, evenly spaced from the first to the last, or a "
        "list of their k. LTH0 is joined with that of the seed before.",
    )
    points: Annotated[int, Field(ge=2)] = Field(
        11, description="Points of a segment, ends included."
    )
    translated: Annotated[int, Field(ge=0)] = Field(
        3,
        description="Points of a segment that are also translated, ends included; 0: none. They "
        "must be among the `points`.",
    )
    sentences: Count = Field(
        100, description="Sentences of the decoding split, evenly spread over it."
    )

    @model_validator(mode="after")
    def _steps_agree(self) -> Self:
        if self.translated and (self.translated == 1 or (self.points - 1) % (self.translated - 1)):
            raise ValueError(
                f"translated: {self.translated} points at equal distances, both ends among them, "
                f"are not among {self.points} such points; 2 and {self.points} are"
            )
        return self


class Sensitivity(Section):
    """Modules that are silenced one by one (docs/steps/sensitivity.md)."""

    tickets: Literal["last"] | list[Count] = Field(
        "last", description="Tickets beside LTH0, by k, or the last of each series."
    )
    sentences: Annotated[int, Field(ge=0)] = Field(
        100,
        description="Sentences of the decoding split, evenly spread over it; 0: nothing is "
        "silenced.",
    )
    translated: Literal["none", "sublayers", "all"] = Field(
        "sublayers", description="Modules for which BLEU is measured as well; all: also for heads."
    )


class Behaviour(Section):
    """What a ticket's translations show beyond BLEU (docs/steps/behaviour.md)."""

    items: Count = Field(300, description="Items of each phenomenon of the grammar's contrasts.")
    max_tokens: Count = Field(
        1000,
        description="Batch size in subwords, padding included. With a larger one, predictions over "
        "all types no longer fit a CPU's cache; a GPU is faster with 4000.",
    )
    resamples: Annotated[int, Field(ge=100)] = Field(
        1000, description="Bootstrap resamples of contrasts and sentences."
    )
    chrf: Annotated[float, Field(gt=0, lt=100)] = Field(
        70.0, description="A sentence whose chrF reaches this counts as well translated."
    )
    word_edges: Annotated[list[Count], AfterValidator(rising)] = Field(
        [1, 10, 100, 1000],
        min_length=1,
        description="Numbers of occurrences in train at which the next bucket of word F1 begins.",
    )
    length_edges: Annotated[list[Count], AfterValidator(rising)] = Field(
        [8, 10, 12],
        min_length=1,
        description="Numbers of words in the reference at which the next bucket of BLEU by length "
        "begins.",
    )
    erase: Erase = Field(default_factory=Erase)
    paths: Paths = Field(default_factory=Paths)
    sensitivity: Sensitivity = Field(default_factory=Sensitivity)
