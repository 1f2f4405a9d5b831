"""The phenomena by name, each with the probing tasks that read the same knowledge."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ticketscope.corpus.grammar.contrasts import (
    events,
    favour,
    form,
    prepositions,
    reference,
    words,
)
from ticketscope.corpus.grammar.contrasts.line import Error, Line
from ticketscope.corpus.grammar.sampler.sentences import SentenceSampler


class Phenomenon(NamedTuple):
    """What an error is about.

    Attributes:
        errors: The errors of this kind that may be made in a line.
        tasks: Ids of probing tasks.
        sampler: Draws the lines; one that favours such lines where they are rare.
        forms: The choices of a line and the form of each; None: those of its errors.
    """

    errors: Callable[[Line], Iterator[Error]]
    tasks: tuple[str, ...]
    sampler: type[SentenceSampler] = SentenceSampler
    forms: Callable[[Line], Iterator[tuple[str, str]]] | None = None

    def shown(self, line: Line) -> Iterator[tuple[str, str]]:
        """Each choice of the line, with its form."""
        if self.forms is not None:
            return self.forms(line)
        return ((error.choice, error.form) for error in self.errors(line) if error.choice)


PHENOMENA: Mapping[str, Phenomenon] = MappingProxyType(
    {
        "pronoun": Phenomenon(
            reference.pronoun, ("Coref",), favour.TakenUp, reference.pronoun_forms
        ),
        "possessive": Phenomenon(
            reference.possessive, ("Coref",), favour.Owners, reference.possessive_forms
        ),
        "two-way-case": Phenomenon(prepositions.two_way_case, ("PS-Fxn", "PS-Role")),
        "attachment": Phenomenon(
            prepositions.attachment, ("PS-Role",), favour.WithPhrases, prepositions.attachment_forms
        ),
        "governed-preposition": Phenomenon(
            prepositions.governed_preposition, ("PS-Role", "PS-Fxn")
        ),
        "negation-deleted": Phenomenon(events.negation_deleted, ("EF",)),
        "negation-inserted": Phenomenon(events.negation_inserted, ("EF",)),
        "implicative": Phenomenon(events.implicative, ("EF",)),
        "roles": Phenomenon(words.roles, ("SemPred", "SemClass")),
        "selected-verb": Phenomenon(words.selected_verb, ("SemPred",), favour.SelectedVerbs),
        "lexical": Phenomenon(words.lexical, ("ST",), favour.Homographs),
        "article-gender": Phenomenon(form.article_gender, ("SynPred", "SynClass")),
        "verb-number": Phenomenon(form.verb_number, ("SynPred", "SynClass")),
        "particle": Phenomenon(form.particle, ("SynPred",), favour.SeparableVerbs),
        "verb-second": Phenomenon(form.verb_second, ("SynClass",)),
    }
)
