"""Like with like: the part of a sentence that decides, and the paper's number of the same part."""

import pandas as pd

from ticketscope.claims.columns import Reference, suffix
from ticketscope.claims.model import Claim


def deciding_part(claim: Claim, judged: pd.DataFrame, reference: Reference) -> str:
    """Name of the part that an effect is of; empty if it is of the sentence or of the parts' mean.

    Args:
        claim: The sentence.
        judged: claims.csv or extension_claims.csv, with the parts of sentences.
        reference: The column of verdicts.
    """
    if claim.combined != "all":
        return ""
    effects = judged[f"effect{suffix(reference)}"]
    (effect,) = effects[judged["id"] == claim.id]
    names = judged["part"][(judged["part_of"] == claim.id) & (effects == effect)]
    return str(names.iloc[0]) if len(names) else ""


def paper_number(claim: Claim, part: str = "", unmeasured: str = "") -> float:
    """The paper's number that an effect compares with, in the claim's unit; NaN if there is none.

    It is that of the part that decides. The number of a mean over parts compares with nothing where
    one of them is missing.

    Args:
        claim: The sentence.
        part: The part that decides, if one does.
        unmeasured: Parts that the experiment lacks.
    """
    if unmeasured and not part:
        return float("nan")
    number = claim.parts[part].paper if part else claim.paper
    return float(pd.to_numeric(number, errors="coerce"))


def paper_text(claim: Claim) -> str:
    """The paper's number, or those of parts where each part has to hold, with their names."""
    if claim.combined == "all":
        return ", ".join(f"{p.paper} ({name})" for name, p in claim.parts.items() if p.paper != "")
    return str(claim.paper)
