"""A seeded English-German grammar: the corpus that needs no download."""

from dissect.corpus.grammar.derivation import Derivation
from dissect.corpus.grammar.generate import generate, write_corpus

__all__ = ["Derivation", "generate", "write_corpus"]
