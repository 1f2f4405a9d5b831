"""Import this before fairseq, and fairseq takes a third as long."""

from dissect.absent import without_statistics

with without_statistics():
    import fairseq  # noqa: F401
