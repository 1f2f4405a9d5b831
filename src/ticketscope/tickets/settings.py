"""The tickets' part of the config: model, training, pruning, rewinding."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from ticketscope.settings import (
    Count,
    Dropout,
    Flag,
    FlagValue,
    Fraction,
    Name,
    NonNegative,
    Positive,
    Section,
)
from ticketscope.tickets import criteria


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


class Training(Section):
    """How LTH0 is trained and every ticket retrained (section 3.1)."""

    max_epoch: Annotated[int, Field(ge=2)] = Field(
        20, description="Epochs of LTH0; a ticket repeats those after the rewind. The paper: 60."
    )
    max_tokens: Count = Field(
        512, description="Batch size in target subwords: what one device computes at a time."
    )
    update_freq: Count = Field(
        1, description="Batches that make one update, over all devices together."
    )
    devices: Count = Field(
        1,
        description="GPUs that share one training; processes, on a machine without. It divides "
        "update_freq, so that an update has the same batches at any number (docs/run/gpus.md).",
    )
    optimizer: Literal["adam"] = Field("adam", description="Optimiser, as in the paper.")
    adam_betas: list[Dropout] = Field(
        [0.9, 0.98], min_length=2, max_length=2, description="Decay rates of Adam's two moments."
    )
    adam_eps: Positive = Field(1e-8, description="Adam's epsilon.")
    weight_decay: NonNegative = Field(0.0, description="L2 penalty.")
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
        0, description="Save every so many updates, besides the end of each epoch; 0: only there."
    )
    log_interval: Count = Field(20, description="Updates between two rows of log.csv.")
    average_checkpoints: Count = Field(
        1, description="Last epochs whose checkpoints are averaged for decoding. The paper: 1."
    )
    extra: dict[Flag, FlagValue] = Field(
        default_factory=dict, description="Other options of fairseq-train, without leading dashes."
    )

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
                "an update's batches. A larger update_freq with smaller max_tokens has the same "
                "batch in more parts"
            )
        return devices


class Series(Section):
    """A chain of tickets that starts from LTH0."""

    criterion: Literal[*criteria.names(), "none"] = Field(  # type: ignore[valid-type]
        description="What ranks the weights: their magnitude, random numbers, or a criterion of "
        "your own (docs/extend/criterion.md). none: nothing is pruned."
    )
    scope: Literal["global", "layer"] = Field(
        "global", description="One ranking of all prunable weights, or one for each tensor."
    )
    order_seed: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="Retrain with another order of the data and other dropout: fairseq's seed is "
        "1000 times this plus the experiment's. A second control with another order shows what the "
        "claims about sparsity find where there is none (docs/results/calibration.md).",
    )


def _default_series() -> dict[str, Series]:
    return {
        "magnitude": Series(criterion="magnitude"),
        "random": Series(criterion="random"),
        "control": Series(criterion="none"),
    }


class Pruning(Section):
    """Iterative pruning (section 3.2)."""

    iterations: Annotated[int, Field(ge=0)] = Field(9, description="Tickets of each series.")
    fraction: Fraction | list[Fraction] = Field(
        0.2, description="Share of the remaining weights that a cut removes, or a list, one a cut."
    )
    embeddings: bool = Field(False, description="Prune embeddings, too. The paper: no.")
    biases: bool = Field(True, description="Prune biases of projections, too. The paper: yes.")
    series: dict[Name, Series] = Field(
        default_factory=_default_series,
        description="The chains, by name. The paper has magnitude and random; control is the "
        "baseline that it lacks: the same rewinds, nothing pruned. null removes a series.",
    )


class Rewinding(Section):
    """What is reset after each cut (section 3.2; Renda et al. 2020)."""

    kind: Literal["learning_rate", "weights", "none"] = Field(
        "learning_rate",
        description="Rewind the learning-rate schedule (the paper), also the weights, or nothing.",
    )
    point: Fraction | list[Fraction] = Field(
        0.95, description="Where to rewind to, as a share of max_epoch, or a list. The paper: 0.5."
    )
