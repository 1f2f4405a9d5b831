"""Which ticket stands for one of the paper's: the same answer for figures, tables and claims."""

from collections.abc import Mapping

# Sparsities of LTH0 to LTH9 without embeddings (Table A1).
PAPER_SPARSITIES = (0.0, 0.2, 0.36, 0.488, 0.59, 0.672, 0.738, 0.79, 0.832, 0.865)
# LayerNorm is not pruned, and its share differs between models.
TOLERANCE = 0.02


def stands_for(k: int, sparsity: float) -> bool:
    """Whether LTHk is as sparse as the paper's LTHk, so that the two can be compared.

    Args:
        k: The iteration; the paper has LTH0 to LTH9.
        sparsity: The ticket's, embeddings excluded.
    """
    return k < len(PAPER_SPARSITIES) and abs(sparsity - PAPER_SPARSITIES[k]) < TOLERANCE


def stand_in(paper_k: int, sparsities: Mapping[int, float]) -> int:
    """The ticket that stands for the paper's LTH`paper_k`.

    It is the one of the nearest sparsity or, if none is within `TOLERANCE`, the last.

    Args:
        paper_k: 1 to 9.
        sparsities: Of the pruned tickets at hand, embeddings excluded; at least one.
    """
    wanted = PAPER_SPARSITIES[paper_k]
    nearest = min(sorted(sparsities), key=lambda k: round(abs(sparsities[k] - wanted), 6))
    return nearest if abs(sparsities[nearest] - wanted) < TOLERANCE else max(sparsities)
