"""Import this before fairseq, and fairseq takes a third as long."""

from ticketscope.upstream.fairseq_imports import without_statistics

with without_statistics():
    import fairseq  # noqa: F401
