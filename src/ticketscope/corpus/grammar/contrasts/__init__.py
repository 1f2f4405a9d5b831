"""Contrastive translation pairs, made exactly from what a line of the grammar says."""

from ticketscope.corpus.grammar.contrasts.draw import contrasts
from ticketscope.corpus.grammar.contrasts.phenomena import PHENOMENA

__all__ = ["PHENOMENA", "contrasts"]
