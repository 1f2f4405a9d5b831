"""The probing's part of the config."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from ticketscope.rising import rising
from ticketscope.settings import Count, FlagValue, Fraction, Name, Positive, Section

Suite = Literal["toy", "paper", "free"]
Kind = Literal["linear", "mlp"]
Context = Literal["document", "sentence"]

# The series of the untrained encoder of a seed, which has random weights.
UNTRAINED = "untrained"


class OwnTask(Section):
    """A task of the user, in files of one of the supported formats."""

    format: str = Field(description="Format of the files (docs/steps/probing.md).")
    train: str = Field(description="File that probes are trained on.")
    dev: str = Field(description="File that chooses the epoch and the layer.")
    test: str = Field(description="File that probes are scored on.")
    options: dict[str, FlagValue] = Field(
        {}, description="Options of the format, such as `ancestor: 2`."
    )
    metric: Literal["accuracy", "span_f1", "error_f1", "pearson"] = Field(
        "accuracy", description="Score on dev and test; error_f1 is the F1 of the label i."
    )
    group: Name = Field("Own", description="Group of tasks that it is shown in.")


class TaskSettings(Section):
    """Settings of one task; unset keys take the values for all tasks."""

    limit: Literal["all"] | Count | None = Field(
        None, description="Number of training instances to use, drawn as whole documents."
    )
    batch_size: Count | None = Field(None, description="Instances in a batch.")
    patience: Count | None = Field(
        None, description="Epochs without a better dev score before a probe stops."
    )
    replicates: Count | None = Field(None, description="Probes that differ in their seed only.")


class Probing(Section):
    """Probes on every layer of every ticket (section 4, appendix A.1).

    The defaults are sized for the embedded experiment; config/wmt16.yaml has the paper's.
    """

    suite: Suite = Field(
        "toy", description="Data: the embedded grammar's, the paper's, or openly licensed (4.1)."
    )
    folder: str | None = Field(
        None,
        description="Folder with the paper's licensed corpora, named as in docs/steps/probing.md.",
    )
    own: dict[Name, OwnTask] = Field(
        {}, description="Tasks of your own, by id; they are probed beside the suite's."
    )
    tasks: Literal["all"] | list[Name] = Field(
        "all", description="Tasks to probe, by id, or all of the suite (section 4.1)."
    )
    limit: Literal["all"] | Count = Field(
        300,
        description="Training instances of a task to use, drawn as whole documents where there are "
        "any. The paper: all. The toy suite has 1000 of each task, or the limit if that is larger.",
    )
    other_language: bool = Field(
        False,
        description="Probe an encoder of another source language with a suite's English tasks. "
        "Otherwise the config is refused.",
    )
    tickets: Literal["all"] | list[Count] = Field(
        "all", description="Tickets to probe, by k. LTH0 is always probed. The paper: 1 to 8."
    )
    series: Literal["all"] | list[Name] = Field(
        "all", description="Series whose tickets are probed. The paper: magnitude."
    )
    context: Context = Field(
        "document",
        description="How much of a coreference document the encoder reads at once (the authors: "
        "document). A document longer than the model's positions is always read by sentences.",
    )
    jobs: Literal["ticket", "probe"] = Field(
        "ticket",
        description="Work of one job: ticket, all probes of a ticket on the suite's tasks (small "
        "data); probe, one task with one family of probes (clusters). With probe, a change of one "
        "task re-runs no other task.",
    )
    probes: Annotated[list[Kind], Field(min_length=1)] = Field(
        ["linear", "mlp"], description="Families of probes (sections 4.1 and 4.3)."
    )
    hidden: Count = Field(64, description="Hidden units of an MLP probe. The paper: 1024.")
    lr: Positive = Field(0.02, description="Learning rate of Adam. The paper: 0.001.")
    max_epoch: Count = Field(8, description="Largest number of epochs of a probe. The paper: 50.")
    batch_size: Count = Field(40, description="Instances in a batch. Liu et al. (2019): 80.")
    patience: Count = Field(
        3, description="Epochs without a better dev score before a probe stops. The paper: 3."
    )
    replicates: Count = Field(
        1, description="Probes that differ in their seed only. The paper: 5 for its small tasks."
    )
    by_task: dict[Name, TaskSettings] = Field(
        {},
        description="Other settings for single tasks, by id. The paper: 5 replicates of PS-Fxn, "
        "PS-Role and Coref.",
    )
    control: bool = Field(
        True, description="Also train on random labels, for selectivity (Hewitt & Liang 2019)."
    )
    shuffled: bool = Field(
        False,
        description="Also train on sentences with permuted words, to measure the information in "
        "words without their order (Waldis et al. 2024).",
    )
    conditional: bool = Field(
        False,
        description="Also train on each layer with layer 0: V-information beyond the embeddings "
        "(Hewitt et al. 2021).",
    )
    standardise: Literal["codelength", "all", "none"] = Field(
        "codelength",
        description="Probes whose inputs are scaled to mean 0 and variance 1 over the training "
        "words: those of the online code, all, or none.",
    )
    keep_weights: bool = Field(False, description="Keep the weights of the probes, as safetensors.")
    codelength: Literal["all"] | list[Name] = Field(
        ["SynPred", "SemPred"],
        description="Tasks whose online codelength is measured, by id, or all (section 4.3). It "
        "takes twice as long as everything else of a task. Figures show that of arc prediction.",
    )
    codelength_dense: Literal["all"] | list[Name] = Field(
        "all",
        description="Further tasks whose online codelength is measured on LTH0 only, to measure "
        "their difficulty (docs/steps/behaviour.md).",
    )
    fractions: Annotated[list[Fraction], Field(min_length=1), AfterValidator(rising)] = Field(
        [0.125, 0.25, 0.5],
        description="Ends of blocks, as shares of the instances (Voita & Titov 2020: from 0.001).",
    )
    least: Count = Field(
        32, description="Labels in the smallest block; smaller ones are joined to the next."
    )
    block_steps: Count = Field(
        5,
        description="Updates between two evaluations on dev while a block trains; an epoch if "
        "that is more. A block stops after `patience` evaluations without a lower dev loss.",
    )
    block_looks: Count = Field(
        40, description="Largest number of evaluations; blocks that reach it have not converged."
    )
    resamples: Annotated[int, Field(ge=100)] = Field(
        1000, description="Bootstrap resamples of the test instances (section 4.2)."
    )
    level: Fraction = Field(
        0.05, description="False discovery rate of the tasks' classes (section 4.2)."
    )

    @field_validator("tasks", "tickets", "series", "probes", "codelength", "codelength_dense")
    @classmethod
    def _different(cls, listed: str | list[object]) -> str | list[object]:
        if isinstance(listed, list) and len(set(listed)) < len(listed):
            raise ValueError("must differ from each other")
        return listed

    def limit_of(self, task: str) -> int | None:
        """Largest number of training instances of a task; None: no limit."""
        limit = self.by_task.get(task, TaskSettings()).limit or self.limit
        return None if limit == "all" else limit

    def has_code(self, task: str, *, dense: bool = False) -> bool:
        """Whether the codelength of a task is measured; `dense`: on LTH0."""
        asked = [self.codelength, self.codelength_dense] if dense else [self.codelength]
        return any(names == "all" or task in names for names in asked)

    def recipe_of(self, task: str) -> "Recipe":
        """How the probes of a task are trained."""
        task_settings = self.by_task.get(task, TaskSettings())
        return Recipe(
            hidden=self.hidden,
            lr=self.lr,
            max_epoch=self.max_epoch,
            batch_size=task_settings.batch_size or self.batch_size,
            patience=task_settings.patience or self.patience,
            replicates=task_settings.replicates or self.replicates,
        )


class Recipe(Section):
    """How the probes of one task are trained; as in `Probing`."""

    hidden: Count
    lr: Positive
    max_epoch: Count
    batch_size: Count
    patience: Count
    replicates: Count
