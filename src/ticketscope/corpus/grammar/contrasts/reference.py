"""Pronouns whose German form their antecedent decides: er, sie, es and sein, ihr for it and its.

He and she say themselves which German word they are, so no contrast is made of them. The wrong
antecedent is another thing, which `it` could mean, in a place where a pronoun could refer to it.
"""

from collections.abc import Iterator

from ticketscope.corpus.grammar.contrasts.line import Error, Line
from ticketscope.corpus.grammar.german.agreement import reference
from ticketscope.corpus.grammar.german.morphology import POSSESSIVE
from ticketscope.corpus.grammar.sampler.draw import kind_of
from ticketscope.corpus.grammar.spec import Clause, Phrase


def pronoun(line: Line) -> Iterator[Error]:
    """The pronoun that a phrase in another clause would have."""
    for it, clause in _pronouns(line):
        others = [phrase for phrase, place in line.phrases if place is not clause]
        for thing in _other_things(it, others):
            yield line.error((it, "antecedent", thing), choice="it", form=reference(it))


def possessive(line: Line) -> Iterator[Error]:
    """The possessive that another owner would have."""
    for owned, its in _possessives(line):
        others = [phrase for phrase, _ in line.phrases if phrase is not owned]
        for thing in _other_things(its, others):
            form = POSSESSIVE[reference(its)]
            yield line.error((its, "antecedent", thing), choice="its", form=form)


def pronoun_forms(line: Line) -> Iterator[tuple[str, str]]:
    """The gender of each `it`."""
    return (("it", reference(it)) for it, _ in _pronouns(line))


def possessive_forms(line: Line) -> Iterator[tuple[str, str]]:
    """The stem of each `its`."""
    return (("its", POSSESSIVE[reference(its)]) for _, its in _possessives(line))


def _pronouns(line: Line) -> Iterator[tuple[Phrase, Clause]]:
    """Each `it` with its clause."""
    return ((phrase, clause) for phrase, clause in line.phrases if _it(phrase))


def _possessives(line: Line) -> Iterator[tuple[Phrase, Phrase]]:
    """Each phrase that is owned by `its`, and the pronoun."""
    for phrase, _ in line.phrases:
        if phrase.possessor is not None and _it(phrase.possessor):
            yield phrase, phrase.possessor


def _it(phrase: Phrase) -> bool:
    return phrase.antecedent is not None and not phrase.reference


def _other_things(pronoun: Phrase, phrases: list[Phrase]) -> list[Phrase]:
    """One phrase of each other gender that `it` might take up."""
    genders = {
        reference(phrase): phrase
        for phrase in phrases
        if not phrase.pronoun and not phrase.plural and kind_of(phrase) not in ("", "P")
    }
    return [thing for gender, thing in genders.items() if gender != reference(pronoun)]
