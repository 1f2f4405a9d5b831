"""Behaviour beyond BLEU: contrasts, flips, rare words, probabilities, erasure."""
