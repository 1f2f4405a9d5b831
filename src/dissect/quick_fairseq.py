"""Import this before fairseq, and fairseq takes half as long."""

from dissect.absent import without_scikit_learn

with without_scikit_learn():
    import fairseq  # noqa: F401
