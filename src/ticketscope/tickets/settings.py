"""The tickets' part of the config: model, training, pruning, rewinding."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ticketscope.settings import (
    Count,
    Dropout,
    Flag,
    FlagValue,
    Fraction,
    Name,
    NonNegative,
    Number,
    Positive,
    Section,
)
from ticketscope.tickets import criteria
from ticketscope.tickets.fairseq_options import LEAST_TOKENS, check_architecture, check_options


def _default_overrides() -> dict[str, FlagValue]:
    return {
        "encoder-embed-dim": 64,
        "encoder-ffn-embed-dim": 128,
        "encoder-layers": 2,
        "encoder-attention-heads": 4,
        "decoder-embed-dim": 64,
        "decoder-ffn-embed-dim": 128,
        "decoder-layers": 2,
        "decoder-attention-heads": 4,
        "share-all-embeddings": True,
    }


class Model(Section):
    """The Transformer, as fairseq names it (section 3.1)."""

    arch: str = Field(
        "transformer",
        pattern=r"^[a-z][a-z0-9_]*$",
        description="Architecture of fairseq. The paper: transformer_vaswani_wmt_en_de_big.",
    )
    overrides: dict[Flag, FlagValue] = Field(
        default_factory=_default_overrides,
        description="Options of fairseq-train for the architecture, without leading dashes.",
    )

    @field_validator("arch")
    @classmethod
    def _exists(cls, arch: str) -> str:
        check_architecture(arch)
        return arch

    @field_validator("overrides")
    @classmethod
    def _are_options(cls, overrides: dict[str, FlagValue]) -> dict[str, FlagValue]:
        check_options(overrides)
        return overrides


class Training(Section):
    """How LTH0 is trained and every ticket retrained (section 3.1)."""

    max_epoch: Annotated[int, Field(ge=2)] = Field(
        20, description="Epochs of LTH0; a ticket repeats those after the rewind. The paper: 60."
    )
    max_tokens: Annotated[int, Field(ge=LEAST_TOKENS)] = Field(
        512,
        description="Batch size in subwords of the longer side, source or target: what one device "
        "computes at a time.",
    )
    update_freq: Count = Field(
        1, description="Batches that make one update, over all devices together."
    )
    devices: Count = Field(
        1,
        description="Number of GPUs, or of processes if there are none, that share one training. "
        "It must divide update_freq, so that an update has the same batches with any number of "
        "devices (docs/run/gpus.md).",
    )
    optimizer: Literal["adam"] = Field("adam", description="Optimiser, as in the paper.")
    adam_betas: list[Dropout] = Field(
        [0.9, 0.98], min_length=2, max_length=2, description="Decay rates of Adam's two moments."
    )
    adam_eps: Positive = Field(1e-8, description="Adam's epsilon.")
    weight_decay: NonNegative = Field(
        0.0,
        description="Share of each weight that an update takes off, times the learning rate "
        "(decoupled, as in AdamW).",
    )
    lr: Positive = Field(5e-3, description="Peak learning rate. The paper: 7e-4.")
    lr_scheduler: Literal["inverse_sqrt", "fixed", "cosine", "polynomial_decay"] = Field(
        "inverse_sqrt", description="Schedule of fairseq; its other options go into `extra`."
    )
    warmup_updates: Annotated[int, Field(ge=0)] = Field(
        200, description="Updates until the peak learning rate. The paper: 4000."
    )
    warmup_init_lr: NonNegative | None = Field(
        1e-7, description="Learning rate of the first update; unset it for other schedules."
    )
    dropout: Dropout = Field(0.1, description="Dropout probability. The paper: 0.3.")
    label_smoothing: Dropout = Field(
        0.1, description="Probability mass of the subwords that are not the label."
    )
    clip_norm: NonNegative = Field(0.0, description="Largest norm of the gradient; 0: no clipping.")
    precision: Literal["fp32", "tf32", "bf16", "fp16"] = Field(
        "fp32",
        description="Arithmetic of training, the same for a chain of tickets. tf32 and fp16 need a "
        "GPU. Weights of tickets are float32; fp16 rounds them to float16 (docs/run/gpus.md).",
    )
    save_interval_updates: Annotated[int, Field(ge=0)] = Field(
        0,
        description="Number of updates between saves, in addition to the save at the end of each "
        "epoch; 0: no further saves.",
    )
    log_interval: Count = Field(20, description="Updates between two rows of log.csv.")
    average_checkpoints: Count = Field(
        1,
        description="Number of last epochs whose checkpoints are averaged for decoding. "
        "The paper: 1.",
    )
    extra: dict[Flag, FlagValue] = Field(
        default_factory=dict, description="Other options of fairseq-train, without leading dashes."
    )

    @field_validator("extra")
    @classmethod
    def _others(cls, extra: dict[str, FlagValue]) -> dict[str, FlagValue]:
        check_options(extra)
        return extra

    @field_validator("precision", mode="before")
    @classmethod
    def _withdraw_amp(cls, precision: object) -> object:
        if precision == "amp":
            raise ValueError(
                "amp is withdrawn, because fairseq divides its gradients by the loss scale twice: "
                "use bf16, or fp16 on a GPU without bfloat16"
            )
        return precision

    @field_validator("devices")
    @classmethod
    def _share_evenly(cls, devices: int, others: ValidationInfo) -> int:
        gathered = others.data.get("update_freq")
        if gathered is not None and gathered % devices:
            raise ValueError(
                f"must divide training.update_freq, {gathered}: each device computes as many of "
                "an update's batches. A larger update_freq with smaller max_tokens divides the "
                "same batch into more parts"
            )
        return devices


Share = Annotated[Number, Field(ge=0, lt=1)]
Kind = Literal["learning_rate", "weights", "redrawn", "none"]

FIRST_OF_EACH = 1001
"""Order seed of LTH1 in a series with `order_seed: each`; the next ticket has the next."""

SHUFFLED = "shuffled"
"""The criterion of a series that permutes another one's mask."""


class Series(Section):
    """A chain of tickets that starts from LTH0."""

    criterion: Literal[*criteria.names(), SHUFFLED, "none"] | None = Field(  # type: ignore[valid-type]
        None,
        description="What ranks the weights (docs/extend/choose-criterion.md). none: nothing is "
        "pruned. shuffled: the mask of `of`, its entries permuted inside each tensor.",
    )
    of: Name | None = Field(
        None,
        description="Another series, whose mask of the same iteration this one takes in place of "
        "a cut of its own: a control for that series (docs/steps/controls.md).",
    )
    scope: str = Field(
        "global",
        pattern=r"^(global|layer|row|erk|head|[1-9]\d*:[1-9]\d*)$",
        description="Which weights are ranked together: `global` all, `layer` those of a tensor, "
        "`row` those of an output; `erk` those of a tensor, whose share follows its shape; `head` "
        "whole attention heads; `n:m`, such as `2:4`: n of each m neighbouring inputs stay.",
    )
    fraction: Fraction | list[Fraction] | None = Field(
        None, description="As pruning.fraction, for this series alone."
    )
    iterations: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description="As pruning.iterations, for this series alone."
    )
    kind: Kind | None = Field(None, description="As rewinding.kind, for this series alone.")
    point: Share | list[Share] | None = Field(
        None, description="As rewinding.point, for this series alone."
    )
    order_seed: Annotated[int, Field(ge=1, le=1_000_000)] | Literal["each"] | None = Field(
        None,
        description="Retrain with another order of the data and other dropout: fairseq's seed is "
        "1000 times this plus the experiment's. A second control with another order shows how "
        "often claims about sparsity are decided where there is none "
        "(docs/results/calibration.md). each: another order in each ticket, where else the tickets "
        "of a series all repeat the same batches and dropout (docs/steps/controls.md).",
    )

    @model_validator(mode="after")
    def _has_a_mask(self) -> Self:
        if self.of is None and self.criterion in (None, SHUFFLED):
            raise ValueError(
                "a series needs a criterion, or `of`: the series whose mask it takes"
                if self.criterion is None
                else "shuffled permutes the mask of another series: name it as `of`"
            )
        if self.of is not None and self.criterion not in (None, SHUFFLED):
            raise ValueError(
                f"takes the mask of {self.of}: its criterion must be shuffled, or left out for the "
                "mask as it is"
            )
        cuts = self.of is None and self.criterion != "none"
        if not cuts and (self.scope != "global" or self.fraction is not None):
            raise ValueError("cuts nothing itself: leave out scope and fraction")
        if self.pattern is not None:
            kept, group = self.pattern
            if kept >= group:
                raise ValueError(f"scope: {self.scope} cuts nothing: fewer must stay, such as 2:4")
            if self.fraction is not None or self.iterations not in (None, 1):
                raise ValueError(
                    f"scope: {self.scope} fixes the share of weights that one cut removes: leave "
                    "out fraction, and iterations, which is 1"
                )
        return self

    @property
    def pattern(self) -> tuple[int, int] | None:
        """Of `n:m`: how many weights stay of how many neighbours."""
        kept, colon, group = self.scope.partition(":")
        return (int(kept), int(group)) if colon else None

    def order_of(self, k: int) -> int | None:
        """The order seed of LTHk's retraining; None: LTH0's own order."""
        return FIRST_OF_EACH + k - 1 if self.order_seed == "each" else self.order_seed

    @property
    def prunes(self) -> bool:
        """Whether the series removes weights at all."""
        return self.criterion != "none"


def _default_series() -> dict[str, Series]:
    return {
        "magnitude": Series(criterion="magnitude"),
        "random": Series(criterion="random"),
        "control": Series(criterion="none"),
    }


class Calibration(Section):
    """Sentences of train on which criteria that see data are computed."""

    sentences: Count = Field(1000, description="Pairs, drawn once for all tickets of a seed.")
    max_tokens: Count = Field(
        1000, description="Largest batch in subwords of the longer side, padding included."
    )


class Pruning(Section):
    """Iterative pruning (section 3.2)."""

    iterations: Annotated[int, Field(ge=0, le=1000)] = Field(
        9, description="Number of pruning iterations, and so of tickets, in each series."
    )
    fraction: Fraction | list[Fraction] = Field(
        0.2,
        description="Share of the remaining weights that a cut removes, or a list with a share for "
        "each cut.",
    )
    embeddings: bool = Field(False, description="Also prune embeddings. The paper: no.")
    biases: bool = Field(True, description="Also prune biases of projections. The paper: yes.")
    calibration: Calibration = Field(default_factory=Calibration)
    series: dict[Name, Series] = Field(
        default_factory=_default_series,
        description="The chains, by name. The paper has magnitude and random; control is the "
        "baseline that it lacks: the same rewinds, nothing pruned. null removes a series.",
    )


class Rewinding(Section):
    """What is reset after each cut (section 3.2; Renda et al. 2020)."""

    kind: Kind = Field(
        "learning_rate",
        description="What is rewound: the learning-rate schedule (the paper), the weights as well, "
        "or nothing. redrawn: train from newly drawn weights, a control for the mask alone.",
    )
    point: Share | list[Share] = Field(
        0.95,
        description="Where to rewind to, as a share of max_epoch, or a list; 0: the "
        "initialisation. The paper: 0.5.",
    )


@dataclass(frozen=True)
class Recipe:
    """How the tickets of one series are made.

    Attributes:
        iterations: Number of its tickets.
        fractions: Share of the weights left that each iteration cuts.
        kind: What is rewound.
        epochs: The epoch of LTH0 after which each ticket restarts; 0 for the initialisation.
    """

    iterations: int
    fractions: list[float]
    kind: Kind
    epochs: list[int]

    @classmethod
    def of(cls, series: Series, pruning: Pruning, rewinding: Rewinding, max_epoch: int) -> Self:
        """A series' own settings, over the experiment's.

        Raises:
            ValueError: a list has another length than the series.
        """
        iterations = series.iterations or (1 if series.pattern else pruning.iterations)
        if series.of is not None and series.iterations is None:
            source = pruning.series[series.of]
            iterations = cls.of(source, pruning, rewinding, max_epoch).iterations
        fraction = pruning.fraction if series.fraction is None else series.fraction
        if series.pattern is not None:
            kept, group = series.pattern
            fraction = 1 - kept / group
        kind = series.kind or rewinding.kind
        point = rewinding.point if series.point is None else series.point
        # Weights that are drawn anew have seen nothing of the schedule.
        points = [0.0] * iterations if kind == "redrawn" else _each(point, iterations, "point")
        return cls(
            iterations,
            _each(fraction, iterations, "fraction"),
            kind,
            [_epoch(point, max_epoch) for point in points],
        )


def _each(value: float | list[float], iterations: int, key: str) -> list[float]:
    """One value for each iteration."""
    if not isinstance(value, list):
        return [value] * iterations
    if len(value) != iterations:
        raise ValueError(
            f"{key} lists {len(value)} values, iterations is {iterations}: give one for each "
            "iteration, or a single number"
        )
    return value


def _epoch(share: float, max_epoch: int) -> int:
    """A whole number of epochs; only 0 is the initialisation, and something is always retrained."""
    return min(max(1, int(share * max_epoch + 0.5)), max_epoch - 1) if share else 0
