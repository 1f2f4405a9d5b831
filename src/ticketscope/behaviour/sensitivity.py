"""What a ticket cannot do without: its loss when one head or one sublayer is silent.

A head is silenced by zeroing its columns of the attention's output projection, whose bias belongs
to all heads (Michel et al. 2019, Are Sixteen Heads Really Better than One?). A sublayer (a layer's
self-attention, encoder-decoder attention or feed-forward) is silenced by zeroing weight and bias
of its output projection: it adds nothing to the residual stream, and the layer norm stays. Nothing
is trained afterwards, so that a large loss says that the other modules rely on this one, and a
small one that they do not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import ticketscope.upstream.quick_fairseq  # noqa: F401  # isort: skip - before fairseq
import pandas as pd
import torch
from fairseq.models.transformer import TransformerModelBase

from ticketscope.behaviour.spot_check import SpotCheck
from ticketscope.plan.names import TicketName
from ticketscope.representations.progress import Pace

SITE = ["side", "layer", "block", "head"]
COLUMNS = [
    "seed", "series", "ticket", "k", *SITE, "loss", "change", "bleu", "bleu_change", "total",
    "pruned", "sparsity",
]  # fmt: skip


class Site(NamedTuple):
    """A module that can be silent, by its names in tables/module_sparsity.csv.

    Attributes:
        side: encoder or decoder.
        layer: 1, 2, ...
        block: enc-self, dec-self, enc-dec or fc.
        head: 1, 2, ...; None: the whole sublayer.
    """

    side: str
    layer: int
    block: str
    head: int | None


def sites(model: TransformerModelBase) -> list[Site]:
    """All sublayers of a model, each followed by its heads, in the network's order."""
    modules = []
    for side in ("encoder", "decoder"):
        for layer in range(1, len(getattr(model, side).layers) + 1):
            for block in _BLOCKS[side]:
                modules.append(Site(side, layer, block, None))
                if block != "fc":
                    heads = _module(model, side, layer, block).num_heads
                    modules += [Site(side, layer, block, head) for head in range(1, heads + 1)]
    return modules


# Blocks of a layer, and the names of their modules in fairseq.
_BLOCKS = {
    "encoder": {"enc-self": "self_attn", "fc": "fc2"},
    "decoder": {"dec-self": "self_attn", "enc-dec": "encoder_attn", "fc": "fc2"},
}


def _module(model: TransformerModelBase, side: str, layer: int, block: str) -> Any:
    return getattr(getattr(model, side).layers[layer - 1], _BLOCKS[side][block])


def output_of(model: TransformerModelBase, site: Site) -> list[torch.Tensor]:
    """Views of the parameters through which alone a module reaches the residual stream."""
    module = _module(model, site.side, site.layer, site.block)
    projection = module if site.block == "fc" else module.out_proj
    if site.head is None:
        parts = [projection.weight, projection.bias]
        return [part for part in parts if part is not None]
    width = module.head_dim
    return [projection.weight[:, (site.head - 1) * width : site.head * width]]


@contextmanager
def silenced(model: TransformerModelBase, site: Site) -> Iterator[None]:
    """A model without a module, for as long as the context lasts."""
    with torch.no_grad():
        parts = output_of(model, site)
        saved = [part.clone() for part in parts]
        for part in parts:
            part.zero_()
    try:
        yield
    finally:
        with torch.no_grad():
            for part, values in zip(parts, saved, strict=True):
                part.copy_(values)


def measure(
    check: SpotCheck,
    ticket: TicketName,
    modules: pd.DataFrame,
    *,
    translated: Callable[[Site], bool],
    progress: Callable[[str], None] = print,
) -> pd.DataFrame:
    """Silence each module of a ticket in turn.

    Args:
        check: Asks the ticket.
        ticket: Its name.
        modules: `sparsity.module_sparsity` of its mask.
        translated: Whether a module's silence is also judged by BLEU.
        progress: Gets a line every few seconds.

    Returns:
        A row of `COLUMNS` for each module: loss without it, and its change against the intact
        ticket (above 0: the ticket is worse without); BLEU likewise, or empty; how many of its
        weights there are, biases left out, and how many are pruned.
    """
    model = check.loaded.model
    silenced_sites = sites(model)
    encoded = list(check.encode())
    intact = check.loss(encoded)
    intact_bleu = check.bleu() if any(map(translated, silenced_sites)) else None
    pace = Pace(len(silenced_sites), f"modules of {ticket.series} {ticket.label}", progress)
    rows = []
    for site in silenced_sites:
        with silenced(model, site):
            # What the encoder says is the same whatever the decoder lacks.
            loss = check.loss(encoded if site.side == "decoder" else None)
            bleu = check.bleu() if translated(site) else None
        changes = {"loss": loss, "change": loss - intact}
        if bleu is not None and intact_bleu is not None:
            changes |= {"bleu": bleu, "bleu_change": bleu - intact_bleu}
        rows.append(ticket.columns | site._asdict() | changes | _sparsity(modules, site))
        pace.advance(1)
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    return table.astype({"head": "Int64", "bleu": float, "bleu_change": float})


def _sparsity(modules: pd.DataFrame, site: Site) -> dict[str, int | float]:
    """Weights of a module and how many are pruned."""
    rows = modules[modules["kind"] == "weight"]
    for column, value in site._asdict().items():
        if value is not None:
            rows = rows[rows[column] == value]
    total, pruned = int(rows["total"].sum()), int(rows["pruned"].sum())
    return {"total": total, "pruned": pruned, "sparsity": pruned / total}


def pick(kinds: str) -> Callable[[Site], bool]:
    """Which modules' silence is judged by BLEU: `none`, `sublayers` or `all`."""
    return {
        "none": lambda site: False,
        "sublayers": lambda site: site.head is None,
        "all": lambda site: True,
    }[kinds]
