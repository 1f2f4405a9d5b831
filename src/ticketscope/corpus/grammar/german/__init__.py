"""German: words, inflection and word order."""
