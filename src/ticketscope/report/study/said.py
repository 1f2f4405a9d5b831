"""Whether study.yaml tells the verdicts that the tables have."""

from collections.abc import Iterator, Mapping, Sequence

from ticketscope.claims.columns import REFERENCES, suffix
from ticketscope.errors import InputError
from ticketscope.report.study.experiment import Finished
from ticketscope.report.study.outcomes import NAMES
from ticketscope.report.study.settings import Paragraph


def check(paragraphs: Sequence[Paragraph], experiments: Sequence[Finished]) -> None:
    """Compare the verdicts that paragraphs rest on with those of the tables.

    Args:
        paragraphs: The study's.
        experiments: Those with verdicts that may be called findings.

    Raises:
        InputError: some verdict is another one, as after seeds were run again; it names all.
    """
    by_name = {experiment.name: experiment for experiment in experiments}
    wrong = [
        f"{claim} on {name}, {_column(against)}: {verdict}, not {said}"
        for paragraph in paragraphs
        for against, claim, name, said in _said(paragraph.says)
        if (verdict := _verdict(by_name.get(name), claim, against)) != said
    ]
    if wrong:
        raise InputError(
            "study.yaml tells verdicts that the tables do not have; reword these paragraphs and "
            "change what they say (`says`):\n  " + "\n  ".join(wrong)
        )


def _said(
    says: Mapping[str, Mapping[str, Mapping[str, str]]],
) -> Iterator[tuple[str, str, str, str]]:
    for against, by_claim in says.items():
        for claim, by_experiment in by_claim.items():
            for experiment, verdict in by_experiment.items():
                yield against, claim, experiment, verdict


def _column(against: str) -> str:
    return NAMES[against] if against in REFERENCES else f"relative to {against}"


def _verdict(experiment: Finished | None, claim: str, against: str) -> str:
    """That of a sentence or of a part of it, which claims.csv calls `sentence/part`."""
    if experiment is None:
        return "no verdicts yet"
    if against in REFERENCES:
        table, column = experiment.claim_rows(extension=False), f"verdict{suffix(against)}"
    elif against in experiment.by_further_control:
        table, column = experiment.by_further_control[against], "verdict_equal_training"
    else:
        return "no such control"
    verdict = table.set_index("id")[column].get(claim)
    return verdict if isinstance(verdict, str) else "not judged"
