"""The experiment's settings: one typed model, from which everything said about them is made.

Defaults, the commented config.yaml, the JSON schema and docs/configuration.md all come from
`Config` (`python -m dissect.config_pages` writes them; a test keeps them equal). The defaults are
the embedded experiment, `toy`.
"""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from dissect.errors import InputError


def _number(value: object) -> object:
    """Read '7e-4', which YAML 1.1 takes for text because it has no decimal point."""
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+", value):
        return float(value)
    return value


Number = Annotated[float, BeforeValidator(_number)]
Positive = Annotated[Number, Field(gt=0)]
NonNegative = Annotated[Number, Field(ge=0)]
Fraction = Annotated[Number, Field(gt=0, lt=1)]
Dropout = Annotated[Number, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Flag = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
FlagValue = bool | int | float | str


class Section(BaseModel):
    """A part of the config; unknown keys and silent conversions are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Languages(Section):
    """The language pair, as ISO 639-1 codes."""

    source: str = Field("en", pattern=r"^[a-z]{2,3}$", description="Language translated from.")
    target: str = Field("de", pattern=r"^[a-z]{2,3}$", description="Language translated into.")


class PlainFiles(Section):
    """A parallel text of your own: two UTF-8 files, one sentence a line, line by line a pair."""

    src: str = Field(description="File in the source language (.gz is read too).")
    tgt: str = Field(description="File in the target language, as many lines.")


Source = str | PlainFiles
Sources = Source | list[Source]


class Toy(Section):
    """The embedded grammar (docs/toy-grammar.md). Sizes in sentence pairs."""

    seed: int = Field(1, ge=0, description="Seed of the sentences; the model's seeds are `seeds`.")
    train: Count = Field(8000, description="Training pairs.")
    valid: Count = Field(500, description="Validation pairs.")
    test: Count = Field(1000, description="Test pairs, none of them in train.")
    unseen: Count = Field(500, description="Pairs of words that never met in train.")


class Corpus(Section):
    """Where the text comes from: `toy`, a name of the registry, your own files, or a list."""

    train: Sources = Field("toy", description="Training text. A list is joined in its order.")
    valid: Sources = Field("toy", description="Validation text; representations are taken on it.")
    test: Sources = Field("toy", description="Test text; BLEU is measured on it (section 3.1).")
    limit: Count | None = Field(None, description="Use only the first pairs of train; unset: all.")
    toy: Toy = Field(default_factory=Toy, description="Size of the embedded text.")


class Subwords(Section):
    """Byte-pair encoding, learned jointly on both sides of train (appendix A.1)."""

    size: Count = Field(1000, description="Merge operations. The paper's text: 32000.")
    dictionary: Count | None = Field(
        None, description="Largest joined dictionary, in types; unset: all. The paper's: 32768."
    )


class Model(Section):
    """The Transformer, as fairseq names it (section 3.1)."""

    arch: str = Field(
        "transformer",
        pattern=r"^[a-z][a-z0-9_]*$",
        description="A Transformer of fairseq. The paper: transformer_vaswani_wmt_en_de_big.",
    )
    overrides: dict[Flag, FlagValue] = Field(
        default_factory=lambda: {
            "encoder-embed-dim": 64,
            "encoder-ffn-embed-dim": 128,
            "encoder-layers": 2,
            "encoder-attention-heads": 4,
            "decoder-embed-dim": 64,
            "decoder-ffn-embed-dim": 128,
            "decoder-layers": 2,
            "decoder-attention-heads": 4,
            "share-all-embeddings": True,
        },
        description="Options of fairseq-train that change the architecture, without the dashes.",
    )


class Training(Section):
    """How LTH0 is trained and every ticket retrained (section 3.1)."""

    max_epoch: Annotated[int, Field(ge=2)] = Field(
        12, description="Epochs of LTH0. The paper: 60. A ticket repeats those after the rewind."
    )
    max_tokens: Count = Field(2048, description="Batch size in target subwords per device.")
    update_freq: Count = Field(1, description="Batches gathered into one update.")
    optimizer: Literal["adam"] = Field("adam", description="The paper's optimiser.")
    adam_betas: list[Dropout] = Field(
        [0.9, 0.98], min_length=2, max_length=2, description="Decay of Adam's two moments."
    )
    adam_eps: Positive = Field(1e-8, description="Adam's epsilon.")
    weight_decay: NonNegative = Field(0.0, description="L2 penalty.")
    lr: Positive = Field(5e-3, description="Peak learning rate. The paper: 7e-4.")
    lr_scheduler: Literal["inverse_sqrt", "fixed", "cosine", "polynomial_decay"] = Field(
        "inverse_sqrt", description="fairseq's schedule; its further options go into `extra`."
    )
    warmup_updates: Annotated[int, Field(ge=0)] = Field(
        200, description="Updates until the peak. The paper: 4000."
    )
    warmup_init_lr: NonNegative | None = Field(
        1e-7, description="Learning rate of the first update; unset for other schedules."
    )
    dropout: Dropout = Field(0.1, description="The paper: 0.3.")
    label_smoothing: Dropout = Field(0.1, description="Mass given to all the other subwords.")
    clip_norm: NonNegative = Field(0.0, description="Largest gradient norm; 0: no clipping.")
    precision: Literal["fp32", "fp16", "amp"] = Field(
        "fp32", description="Arithmetic, the same along a chain of tickets; fp16, amp need a GPU."
    )
    save_interval_updates: Annotated[int, Field(ge=0)] = Field(
        0,
        description="Save every so many updates as well as at each epoch's end; 0: only there. "
        "A kill loses at most one interval.",
    )
    log_interval: Count = Field(20, description="Updates between two rows of a ticket's log.")
    average_checkpoints: Count = Field(
        1, description="Decode with the mean of the last epochs' checkpoints; 1: off, as the paper."
    )
    extra: dict[Flag, FlagValue] = Field(
        default_factory=dict, description="Any other option of fairseq-train, without the dashes."
    )


class Series(Section):
    """One chain of tickets that starts from LTH0."""

    criterion: Literal["magnitude", "random", "none"] = Field(
        description="What ranks the weights: magnitude, a random number each, or nothing is pruned."
    )
    scope: Literal["global", "layer"] = Field(
        "global", description="One ranking over all prunable weights, or one per parameter tensor."
    )


def _default_series() -> dict[str, Series]:
    return {
        "magnitude": Series(criterion="magnitude"),
        "random": Series(criterion="random"),
        "control": Series(criterion="none"),
    }


class Pruning(Section):
    """Iterative pruning (section 3.2)."""

    iterations: Annotated[int, Field(ge=0)] = Field(9, description="Tickets after LTH0 per series.")
    fraction: Fraction | list[Fraction] = Field(
        0.2, description="Share of the weights left that an iteration cuts, or one per iteration."
    )
    embeddings: bool = Field(False, description="Prune embeddings too. The paper: no.")
    biases: bool = Field(True, description="Prune biases of the projections too. The paper: yes.")
    series: dict[Name, Series] = Field(
        default_factory=_default_series,
        description="Chains by name. The paper has magnitude and random; control is its missing "
        "baseline: the same rewinds, nothing pruned.",
    )


class Rewinding(Section):
    """What goes back after each cut (section 3.2; Renda et al. 2020)."""

    kind: Literal["learning_rate", "weights", "none"] = Field(
        "learning_rate",
        description="Rewind the schedule (the paper), schedule and weights, or none: fine-tuning.",
    )
    point: Fraction | list[Fraction] = Field(
        0.5, description="Where to, as a share of max_epoch, or one per iteration. The paper: 0.5."
    )


class Decoding(Section):
    """Translation of the test text (section 3.1)."""

    split: Literal["test", "valid", "unseen"] = Field(
        "test", description="Text to translate; unseen exists for the toy only."
    )
    beam: Count = Field(4, description="Beam size, in hypotheses.")
    lenpen: Number = Field(0.6, description="Length penalty: exponent of the length.")
    max_tokens: Count = Field(8000, description="Batch size in source subwords.")


class Scoring(Section):
    """BLEU, chrF and their intervals."""

    resamples: Annotated[int, Field(ge=100)] = Field(
        1000, description="Bootstrap resamples of the test sentences."
    )


class Config(Section):
    """An experiment."""

    experiment: Name = Field("toy", description="Name; results go to results/<experiment>/.")
    seeds: list[Annotated[int, Field(ge=0)]] = Field(
        [1], min_length=1, description="Seeds of initialisation and data order; one LTH0 each."
    )
    languages: Languages = Field(default_factory=Languages)
    mirror: str | None = Field(
        None, description="Folder looked at before downloading; DISSECT_MIRROR does the same."
    )
    corpus: Corpus = Field(default_factory=Corpus)
    subwords: Subwords = Field(default_factory=Subwords)
    model: Model = Field(default_factory=Model)
    training: Training = Field(default_factory=Training)
    pruning: Pruning = Field(default_factory=Pruning)
    rewinding: Rewinding = Field(default_factory=Rewinding)
    decoding: Decoding = Field(default_factory=Decoding)
    scoring: Scoring = Field(default_factory=Scoring)

    @model_validator(mode="after")
    def _keys_agree(self) -> Self:
        k = self.pruning.iterations
        for key, value in (
            ("pruning.fraction", self.pruning.fraction),
            ("rewinding.point", self.rewinding.point),
        ):
            if isinstance(value, list) and len(value) != k:
                raise ValueError(
                    f"{key} lists {len(value)} values, pruning.iterations is {k}: give one for "
                    "each iteration, or a single number"
                )
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError(f"seeds must differ from each other, given {self.seeds}")
        if "dense" in self.pruning.series:
            raise ValueError("pruning.series: the name dense is LTH0's, choose another")
        if self.training.average_checkpoints > self.training.max_epoch - max(
            self.rewind_epochs, default=0
        ):
            raise ValueError(
                "training.average_checkpoints is more than the epochs that a ticket is retrained"
            )
        return self

    def fraction(self, k: int) -> float:
        """Share of the weights left that iteration k (1, 2, ...) cuts."""
        fraction = self.pruning.fraction
        return fraction[k - 1] if isinstance(fraction, list) else fraction

    def rewind_epoch(self, k: int) -> int:
        """The epoch of LTH0 after which ticket k restarts: at least 1, a whole number."""
        point = self.rewinding.point
        share = point[k - 1] if isinstance(point, list) else point
        return min(max(1, int(share * self.training.max_epoch + 0.5)), self.training.max_epoch - 1)

    @property
    def rewind_epochs(self) -> list[int]:
        """All epochs that some ticket rewinds to, ascending."""
        return sorted({self.rewind_epoch(k) for k in range(1, self.pruning.iterations + 1)})

    def epochs_seen(self, k: int) -> int:
        """Epochs of training behind ticket k, the dense ones included.

        The same for all series, which is what makes `control` a control. With rewound weights an
        epoch that was undone is counted too: it was paid for, and it chose the mask.
        """
        m = self.training.max_epoch
        return m + sum(m - self.rewind_epoch(i) for i in range(1, k + 1))


def merge(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """`base` changed by `overlay`: mappings merge key by key, anything else is replaced.

    Lists are replaced whole. This is what snakemake does with --configfile over config.yaml.
    """
    merged = dict(base)
    for key, value in overlay.items():
        old = merged.get(key)
        merged[key] = (
            merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
        )
    return merged


def load(*paths: str | Path) -> Config:
    """Read YAML files, each an overlay on those before, into a validated config."""
    merged: dict[str, Any] = {}
    for path in map(Path, paths):
        try:
            given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise InputError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
        if not isinstance(given, Mapping):
            raise InputError(f"{path}: expected keys and values, found {type(given).__name__}")
        merged = merge(merged, given)
    return validate(merged)


def validate(given: Mapping[str, Any]) -> Config:
    """Check a merged mapping; a key that is null counts as not given.

    Raises:
        InputError: one line: the first wrong key, what was given, what is allowed.
    """
    try:
        return Config.model_validate(_without_null(given))
    except ValidationError as error:
        raise InputError(f"config error: {_explain(error)}") from None


def _without_null(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    return value


def _explain(error: ValidationError) -> str:
    problems = error.errors()
    # An unknown key says most: what follows from a misspelt key is noise.
    problems.sort(key=lambda problem: problem["type"] != "extra_forbidden")
    first = problems[0]
    # Pydantic names the branch of a union in the path; only the user's own keys are shown.
    where = ".".join(str(part) for part in first["loc"] if _is_key(part))
    if first["type"] == "extra_forbidden":
        *parents, unknown = [str(part) for part in first["loc"] if _is_key(part)]
        near = difflib.get_close_matches(unknown, _keys(parents), n=1)
        elsewhere = difflib.get_close_matches(unknown, [k.split(".")[-1] for k in all_keys()], n=1)
        if near:
            hint = f"; did you mean {'.'.join([*parents, near[0]])}?"
        elif elsewhere:
            hint = (
                "; did you mean "
                + " or ".join(key for key in all_keys() if key.split(".")[-1] == elsewhere[0])
                + "?"
            )
        else:
            hint = f"; allowed here: {', '.join(_keys(parents))}"
        return f"unknown key {where}{hint}"
    message = first["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
    if not where:
        return message
    rest = f" (and {len(problems) - 1} more)" if len({p["loc"][:2] for p in problems}) > 1 else ""
    return f"{where}: given {first['input']!r}, {message}{rest}"


# Names by which pydantic tells the branches of a union apart in an error's path.
_BRANCHES = {"str", "int", "float", "bool", "constrained-float"}


def _is_key(part: int | str) -> bool:
    if isinstance(part, int):
        return True
    return part not in _BRANCHES and bool(re.fullmatch(r"[a-z0-9][a-zA-Z0-9_-]*", part))


def _keys(parents: list[str]) -> list[str]:
    section: Any = Config
    for name in parents:
        field = section.model_fields.get(name) if isinstance(section, type) else None
        if field is None:  # below a mapping such as pruning.series
            return list(Series.model_fields)
        section = field.annotation
    return list(section.model_fields) if hasattr(section, "model_fields") else []


def all_keys(section: type[BaseModel] = Config, prefix: str = "") -> list[str]:
    """Every key of the config in its order, dotted."""
    keys = []
    for name, field in section.model_fields.items():
        keys.append(prefix + name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys += all_keys(field.annotation, f"{prefix}{name}.")
    return keys
