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
        description="A Transformer of fairseq. The paper: transformer_vaswani_wmt_en_de_big.",
    )
    overrides: dict[Flag, FlagValue] = Field(
        default_factory=_default_overrides,
        description="Options of fairseq-train that change the architecture, without the dashes.",
    )


class Training(Section):
    """How LTH0 is trained and every ticket retrained (section 3.1)."""

    max_epoch: Annotated[int, Field(ge=2)] = Field(
        24, description="Epochs of LTH0. The paper: 60. A ticket repeats those after the rewind."
    )
    max_tokens: Count = Field(
        1024, description="Batch size in target subwords: what a device computes at a time."
    )
    update_freq: Count = Field(
        1, description="Batches gathered into one update, by all devices together."
    )
    devices: Count = Field(
        1,
        description="GPUs that one training uses, or processes where there is none; divides "
        "update_freq, so that an update has the same batches at any number (docs/run/gpus.md).",
    )
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
    """One chain of tickets that starts from LTH0."""

    criterion: Literal[*criteria.names(), "none"] = Field(  # type: ignore[valid-type]
        description="What ranks the weights: magnitude, a random number each, a criterion of your "
        "own (docs/extend/criterion.md), or nothing is pruned."
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
        0.9, description="Where to, as a share of max_epoch, or one per iteration. The paper: 0.5."
    )
