"""The free suite: the 18 probing tasks from openly licensed corpora, and UPOS beside them."""
