"""Models that are planted: one that knows the grammar's contrasts, one that forgets one of them."""

import re
from collections.abc import Sequence

import pytest
import torch
from fairseq.data.data_utils import collate_tokens

from tests.lottery import quiet
from tests.representations.conftest import save_untrained
from ticketscope.behaviour.contrast_items import SIDES
from ticketscope.behaviour.contrast_scores import score_contrasts
from ticketscope.behaviour.contrasts import contrast_table, item_table
from ticketscope.behaviour.force_decoding import encode_pairs
from ticketscope.corpus.binarize import binarize
from ticketscope.corpus.grammar.contrasts import contrasts
from ticketscope.plan.names import TicketName
from ticketscope.representations.model import load_model

SMALL = [
    "--encoder-embed-dim=48", "--encoder-ffn-embed-dim=96", "--encoder-attention-heads=4",
    "--decoder-embed-dim=48", "--decoder-ffn-embed-dim=96", "--decoder-attention-heads=4",
    "--encoder-layers=1", "--decoder-layers=1", "--dropout=0",
]  # fmt: skip
UPDATES = 120


@pytest.fixture(scope="module")
def items():
    """A few contrasts of every phenomenon of the grammar."""
    return contrasts(seed=1, items=8, longest=12, exponent=3.0, taken=(), progress=quiet)


@pytest.fixture(scope="module")
def texts(items):
    """Words of each side of the items."""
    return {
        side: [" ".join(re.findall(r"[\w-]+|\S", getattr(item, side))) for item in items]
        for side in SIDES
    }


@pytest.fixture(scope="module")
def data(texts, tmp_path_factory):
    """fairseq-preprocess's folder, whose dictionaries have the words of all sides."""
    folder = tmp_path_factory.mktemp("planted")
    pairs = {"en": texts["source"] * 2, "de": [*texts["correct"], *texts["incorrect"]]}
    for language, lines in pairs.items():
        (folder / f"train.{language}").write_text("".join(f"{line}\n" for line in lines))
    prefixes = dict.fromkeys(("train", "valid", "test"), folder / "train")
    binarize(prefixes, folder / "bin", source="en", target="de")
    return folder / "bin"


def taught(data, source: Sequence[str], target: Sequence[str]):
    """A model that has learned by heart how these sentences are translated."""
    loaded = load_model(save_untrained(data, data.parent / "model.pt", *SMALL), data)
    read, (said,) = encode_pairs(loaded, source, [target])
    pad, eos = loaded.target.pad(), loaded.target.eos()
    inputs = (
        collate_tokens(read.ids, pad, left_pad=True),
        torch.tensor([len(ids) for ids in read.ids]),
        collate_tokens(said.ids, pad, eos, move_eos_to_beginning=True),
    )
    wanted = collate_tokens(said.ids, pad)
    model = loaded.model.requires_grad_(True).train()
    adam = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(UPDATES):
        logits = model(*inputs)[0]
        loss = torch.nn.functional.cross_entropy(logits.transpose(1, 2), wanted, ignore_index=pad)
        adam.zero_grad()
        loss.backward()
        adam.step()
    model.eval().requires_grad_(False)
    return loaded


def test_a_model_that_ignores_pronouns_loses_pronouns_alone(items, texts, data):
    """It writes the usual form, whatever the antecedent is, and all else as the other does."""
    blind = [
        incorrect if item.phenomenon == "pronoun" and item.minority else correct
        for item, correct, incorrect in zip(
            items, texts["correct"], texts["incorrect"], strict=True
        )
    ]
    dense, ticket = TicketName(1, "dense", 0), TicketName(1, "magnitude", 3)
    scores = {
        name: {
            "toy": score_contrasts(
                taught(data, texts["source"], target), texts, max_tokens=2000, progress=quiet
            )
        }
        for name, target in ((dense, texts["correct"]), (ticket, blind))
    }
    table = contrast_table(scores, item_table({"toy": items}), resamples=100)
    dense_rows, sparse_rows = (table[table["series"] == name.series] for name in (dense, ticket))
    assert (dense_rows["accuracy"] == 1).all()
    of_pronouns = sparse_rows["phenomenon"] == "pronoun"
    assert (sparse_rows.loc[~of_pronouns, ["accuracy", "accuracy_per_token"]] == 1).all(axis=None)
    assert (sparse_rows.loc[~of_pronouns, "lost"] == 0).all()
    pronouns = sparse_rows[of_pronouns].set_index("subset")
    rarer = sum(item.phenomenon == "pronoun" and bool(item.minority) for item in items)
    assert pronouns.loc["minority", ["items", "accuracy"]].tolist() == [rarer, 0]
    assert pronouns.loc["majority", "accuracy"] == 1
    assert pronouns.loc["all", ["lost", "gained"]].tolist() == [rarer, 0]
    assert pronouns.loc["all", "p_vs_lth0"] == pytest.approx(2 * 0.5**rarer)
    assert rarer > 3
