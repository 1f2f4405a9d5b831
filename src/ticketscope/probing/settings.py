"""The probing's part of the config."""

import itertools
from typing import Annotated, Literal

from pydantic import Field, field_validator

from ticketscope.settings import Count, FlagValue, Fraction, Name, Positive, Section

Suite = Literal["toy", "paper", "free"]
Kind = Literal["linear", "mlp"]
Context = Literal["document", "sentence"]

# The ticket of a seed that was never trained: the same encoder with random weights.
UNTRAINED = "untrained"


class OwnTask(Section):
    """A task of your own, in files of one of the known formats."""

    format: str = Field(description="A reader of `ticketscope.probing.tasks.formats`.")
    train: str = Field(description="File to train on.")
    dev: str = Field(description="File that chooses the epoch.")
    test: str = Field(description="File that is scored.")
    options: dict[str, FlagValue] = Field({}, description="Of the format, such as `ancestor: 2`.")
    metric: Literal["accuracy", "span_f1", "error_f1", "pearson"] = Field(
        "accuracy", description="On dev and test; error_f1 is the F1 of label i."
    )
    group: Name = Field("Own", description="Group that it is shown in.")


class TaskSettings(Section):
    """What one task has otherwise; unset: as all tasks."""

    limit: Literal["all"] | Count | None = Field(
        None, description="Use only the first instances of train."
    )
    batch_size: Count | None = Field(None, description="Instances in a batch.")
    patience: Count | None = Field(None, description="Epochs without a better dev score.")
    replicates: Count | None = Field(None, description="Probes that differ in seed only.")


def _default_by_task() -> dict[str, TaskSettings]:
    return {task: TaskSettings(replicates=3) for task in ("PS-Fxn", "PS-Role", "Coref")}


class Probing(Section):
    """Probes on every layer of every ticket (section 4, appendix A.1).

    The defaults are sized for the embedded experiment; config/wmt16.yaml has the paper's.
    """

    suite: Suite = Field(
        "toy", description="Corpora: of the embedded grammar, the paper's, or free ones (4.1)."
    )
    folder: str | None = Field(
        None,
        description="The paper suite's licensed corpora, named as in docs/steps/probing.md.",
    )
    own: dict[Name, OwnTask] = Field(
        {}, description="Tasks of your own by id, probed beside the suite's."
    )
    tasks: Literal["all"] | list[Name] = Field(
        "all", description="Tasks by id, or all of the suite (section 4.1)."
    )
    limit: Literal["all"] | Count = Field(
        600, description="Use only the first instances of a task's train (section 4.1: all)."
    )
    tickets: Literal["all"] | list[Count] = Field(
        "all", description="Iterations k that are probed, LTH0 in any case (section 4.1: all)."
    )
    context: Context = Field(
        "document",
        description="What the encoder reads at once of a coreference document; one longer than the "
        "model's positions goes by sentences in any case (the authors: document).",
    )
    jobs: Literal["ticket", "probe"] = Field(
        "ticket",
        description="What one job does: all probes of a ticket (small data, quick start), or one "
        "task with one family of probes (clusters).",
    )
    probes: Annotated[list[Kind], Field(min_length=1)] = Field(
        ["linear", "mlp"], description="Families of probes (sections 4.1 and 4.3)."
    )
    hidden: Count = Field(64, description="Hidden units of the MLP (appendix A.1: 1024).")
    lr: Positive = Field(0.02, description="Learning rate of Adam (appendix A.1: 0.001).")
    max_epoch: Count = Field(8, description="Most epochs of a probe (appendix A.1: 50).")
    batch_size: Count = Field(80, description="Instances in a batch (Liu et al. 2019).")
    patience: Count = Field(
        3, description="Epochs without a better dev score until a probe stops (appendix A.1)."
    )
    replicates: Count = Field(
        1, description="Probes that differ in seed only (appendix A.1: 5 for the small tasks)."
    )
    by_task: dict[Name, TaskSettings] = Field(
        default_factory=_default_by_task,
        description="What single tasks have otherwise (appendix A.1: 5 replicates of these).",
    )
    control: bool = Field(
        True, description="Train on control labels too, for selectivity (Hewitt & Liang 2019)."
    )
    codelength: bool = Field(
        True, description="Train on growing blocks too, for online codelength (section 4.3)."
    )
    fractions: Annotated[list[Fraction], Field(min_length=1)] = Field(
        [0.032, 0.0625, 0.125, 0.25, 0.5],
        description="Where blocks end, in shares of the instances (Voita & Titov 2020: from 0.001 "
        "on).",
    )
    least: Count = Field(
        32, description="Smallest block, in labels; smaller ones join the next (section 4.3)."
    )
    resamples: Annotated[int, Field(ge=100)] = Field(
        1000, description="Bootstrap resamples of the test instances (section 4.2)."
    )
    level: Fraction = Field(
        0.05, description="Corrected p-value below which a trend counts (section 4.2)."
    )

    @field_validator("fractions")
    @classmethod
    def _rising(cls, fractions: list[float]) -> list[float]:
        if any(a >= b for a, b in itertools.pairwise(fractions)):
            raise ValueError(f"must rise, given {fractions}")
        return fractions

    def most(self, task: str) -> int | None:
        """The limit of a task; None where there is none."""
        limit = self.by_task.get(task, TaskSettings()).limit or self.limit
        return None if limit == "all" else limit

    def of(self, task: str) -> "Recipe":
        """How the probes of a task are trained."""
        own = self.by_task.get(task, TaskSettings())
        return Recipe(
            hidden=self.hidden,
            lr=self.lr,
            max_epoch=self.max_epoch,
            batch_size=own.batch_size or self.batch_size,
            patience=own.patience or self.patience,
            replicates=own.replicates or self.replicates,
        )


class Recipe(Section):
    """How the probes of one task are trained; as in `Probing`."""

    hidden: Count
    lr: Positive
    max_epoch: Count
    batch_size: Count
    patience: Count
    replicates: Count
