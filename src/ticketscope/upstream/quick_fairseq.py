"""Import this before fairseq, and fairseq is imported as `fairseq_startup` does."""

from ticketscope.upstream.fairseq_startup import without_statistics

with without_statistics():
    import fairseq  # noqa: F401
