"""Which tasks the free suite has, and from which sources each is made.

Separate from `tasks`, so that the workflow does not import the readers when it starts.
"""

from collections.abc import Mapping
from types import MappingProxyType

SOURCES_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "POS": ("ud_ewt",),
        "UPOS": ("ud_ewt",),
        "CCG": ("pmb",),
        "Parent": ("propbank", "ud_ewt"),
        "GParent": ("propbank", "ud_ewt"),
        "GGParent": ("propbank", "ud_ewt"),
        "Chunk": ("conll2000",),
        "NER": ("wikigold",),
        "GED": ("realec",),
        "Conj": ("propbank", "ud_ewt"),
        "SynPred": ("ud_ewt",),
        "SynClass": ("ud_ewt",),
        "ST": ("pmb",),
        "PS-Fxn": ("streusle",),
        "PS-Role": ("streusle",),
        "EF": ("decomp",),
        "SemPred": ("wescience",),
        "SemClass": ("wescience",),
        "Coref": ("ontogum",),
    }
)
