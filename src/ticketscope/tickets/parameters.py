"""Which parameters of a fairseq Transformer may be pruned, and which module each belongs to."""

import re
from dataclasses import dataclass

_PROJECTION = re.compile(
    r"^(?P<side>encoder|decoder)\.layers\.(?P<layer>\d+)\."
    r"(?:(?P<attention>self_attn|encoder_attn)\.(?P<projection>[qkvo])(?:ut)?_proj|(?P<fc>fc[12]))"
    r"\.(?P<kind>weight|bias)$"
)
_EMBEDDING = re.compile(r"^(encoder|decoder)\.(embed_tokens|output_projection)\.weight$")


@dataclass(frozen=True)
class Module:
    """The place of one parameter in the Transformer, in the paper's words (section 3.4).

    Attributes:
        side: encoder or decoder.
        layer: 1, 2, ...; 0 for embeddings.
        block: enc-self, dec-self, enc-dec, fc or embedding.
        part: q, k, v, o, fc1, fc2 or embedding.
        kind: weight or bias.
    """

    side: str
    layer: int
    block: str
    part: str
    kind: str


def module_of(name: str) -> Module | None:
    """The module of a parameter by its state-dict name; None for LayerNorm and positions."""
    if _EMBEDDING.match(name):
        return Module(name.split(".")[0], 0, "embedding", "embedding", "weight")
    match = _PROJECTION.match(name)
    if match is None:
        return None
    side, layer = match["side"], int(match["layer"]) + 1
    if match["fc"]:
        return Module(side, layer, "fc", match["fc"], match["kind"])
    block = "enc-dec" if match["attention"] == "encoder_attn" else f"{side[:3]}-self"
    return Module(side, layer, block, match["projection"], match["kind"])


def is_prunable(name: str, *, embeddings: bool, biases: bool) -> bool:
    """Whether iterative pruning may cut entries of this parameter.

    The paper cuts weights and biases of the attention projections and of fc1 and fc2, never
    LayerNorm and never embeddings (section 3.2; Yu et al. 2020 for the reason).
    """
    module = module_of(name)
    if module is None:
        return False
    if module.block == "embedding":
        return embeddings
    return biases or module.kind == "weight"
