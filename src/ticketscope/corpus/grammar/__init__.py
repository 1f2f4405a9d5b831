"""A seeded English-German grammar: the corpus that needs no download."""

from ticketscope.corpus.grammar.derivation import Derivation
from ticketscope.corpus.grammar.generate import generate, write_corpus

__all__ = ["Derivation", "generate", "write_corpus"]
