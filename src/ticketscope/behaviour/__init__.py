"""What BLEU does not see: contrasts, flips, rare words, probabilities, erasure."""
