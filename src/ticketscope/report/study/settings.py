"""What a study consists of: study/study.yaml."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ticketscope import config_files
from ticketscope.claims.model import claims
from ticketscope.errors import InputError, hint


class Strict(BaseModel):
    """A part of study.yaml, in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Planned(Strict):
    """An experiment of the study.

    Attributes:
        name: Short, for tables and files.
        title: For headings.
        about: Its text and model, in one line.
        plan: Commit that fixed the plan and this experiment's config.
        seeds: The seeds that count.
        left_out: Seeds that were trained and do not count, with the reason.
        folder: Results of the seeds that are in; none: the experiment is still to come.
        config: What a seed's own config lies over; none: the default.
        sized: Page on how it was sized, beside the study's.
        repeated: Seeds that were run again elsewhere, and what differed.
        superseded: claims.csv of the same seeds as a mistake of the software had them, by what the
            page calls it.
        sized_for: Claims that its size was chosen to show, by id, with the condition that does. By
            the plan they are no findings.
        placebo: How to read what its pairs of controls decided.
        deviations: Where it is not what the plan says, and what limits its verdicts.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    title: str
    about: str
    plan: Annotated[str, Field(pattern=r"^[0-9a-f]{7,40}$")]
    seeds: Annotated[list[int], Field(min_length=1)]
    left_out: dict[int, str] = {}
    folder: Path | None = None
    config: Path | None = None
    sized: str = ""
    repeated: dict[int, str] = {}
    superseded: dict[str, Path] = {}
    sized_for: dict[str, str] = {}
    placebo: str = ""
    deviations: list[str] = []

    @model_validator(mode="after")
    def _left_out_are_planned(self) -> "Planned":
        if other := sorted(set(self.left_out) - set(self.seeds)):
            raise ValueError(f"left_out has seeds that are not planned: {other}")
        return self

    @model_validator(mode="after")
    def _sized_for_claims(self) -> "Planned":
        known = [claim.id for claim in claims()]
        for name in self.sized_for:
            if name not in known:
                raise ValueError(f"sized_for: no claim is called {name}; {hint(name, known)}")
        return self


class Paragraph(Strict):
    """A paragraph on findings.

    Attributes:
        text: In Markdown, with numbers inserted as in `Study`.
        says: The verdicts that the text tells in words, by column of verdicts or further control
            (of sentences at equal training, with it in the place of the control), claim or part
            (`claim/part`), and experiment. The page is not made if its tables have others.
    """

    text: str
    says: dict[str, dict[str, dict[str, str]]] = {}


class Study(Strict):
    """All experiments, in the order of the page.

    Attributes:
        goal: Sentences that the plan hoped to decide in two experiments.
        summary: What the page begins with. In it and in other texts,
            `{{ effect(claim, experiment, column) }}` is an effect with its interval, `last` of the
            same a trend's measure at the last ticket, `{{ control(claim, experiment) }}` the
            control's own change, and `{{ in_layer(claim, experiment, layer, column) }}` the effect
            in a layer that the claim is not about;
            `{{ relative_to(further_control, claim, experiment) }}` is an effect at equal training
            relative to another control; `times=-1` tells how much something falls.
            `{{ tasks(experiment, column, class) }}` is the number of probing tasks of a class, and
            `task_names` of the same names them (`probe_classes.TaskTexts`);
            `{{ come_out(column, outcome) }}` is the number of sentences with an outcome
            (`outcomes.Outcome`).
        remarks: What qualifies single findings, after their lists.
        mended: Mistakes of the software that were found when seeds were in, and what they changed.
        deviations: Where no experiment, or more than one, is what the plan says.
        experiments: At least one.
    """

    goal: int
    summary: list[Paragraph] = []
    remarks: list[Paragraph] = []
    mended: list[str] = []
    deviations: list[str] = []
    experiments: Annotated[list[Planned], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_differ(self) -> "Study":
        names = [planned.name for planned in self.experiments]
        if len(set(names)) < len(names):
            raise ValueError(f"experiments: a name is given twice: {', '.join(names)}")
        return self


def read_study(path: Path) -> Study:
    """The study of a file.

    Raises:
        InputError: it cannot be read or does not say what a study needs.
    """
    try:
        return Study.model_validate(config_files.read(path))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(f"{path}: {key}: {first['msg']}") from None
