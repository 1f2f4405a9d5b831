"""Untrained models of every shape, and the stock forward pass of one sentence at a time."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import torch
from fairseq import options, tasks
from fairseq.checkpoint_utils import load_model_ensemble_and_task
from fairseq.dataclass.utils import convert_namespace_to_omegaconf
from omegaconf import OmegaConf

from tests.lottery import quiet
from ticketscope.representations.extraction import extract
from ticketscope.representations.store import Store

TINY = [
    "--encoder-embed-dim=16", "--encoder-ffn-embed-dim=24", "--encoder-attention-heads=2",
    "--decoder-embed-dim=16", "--decoder-ffn-embed-dim=24", "--decoder-attention-heads=2",
    "--encoder-layers=2", "--decoder-layers=2",
]  # fmt: skip

# The same sentence in a batch of another shape, or on another processor, is added up in another
# order: float32 then differs by some roundings of its values, at most about a hundred (1e-5).
CLOSE = {"rtol": 1e-5, "atol": 1e-5}

SHAPES = {
    "post_norm": [],
    "pre_norm_unequal": [
        "--encoder-normalize-before", "--decoder-normalize-before",
        "--encoder-layers=3", "--decoder-layers=1", "--share-all-embeddings",
    ],
    # With fairseq's parser these flags turn their defaults around: padding goes to the other side.
    "right_padded": ["--left-pad-source", "--encoder-learned-pos"],
    "wide_encoder": [
        "--encoder-embed-dim=24", "--encoder-attention-heads=3", "--left-pad-target",
        "--layernorm-embedding",
    ],
}  # fmt: skip


def save_untrained(data, path, *extra, arch="transformer", task="translation"):
    """A checkpoint with random weights, as fairseq-train writes it."""
    parser = options.get_training_parser(default_task=task)
    arguments = [str(data), f"--task={task}", f"--arch={arch}", *extra]
    cfg = convert_namespace_to_omegaconf(options.parse_args_and_arch(parser, arguments))
    torch.manual_seed(1)
    model = tasks.setup_task(cfg.task).build_model(cfg.model)
    with torch.no_grad():  # initialised biases and norms are zeros and ones: too easy to get right
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    state = {
        "cfg": OmegaConf.to_container(cfg, resolve=True, enum_to_str=True),
        "model": model.state_dict(),
        "optimizer_history": [
            {"optimizer_name": "Adam", "lr_scheduler_state": {}, "num_updates": 0}
        ],
        "last_optimizer_state": None,
        "extra_state": {"train_iterator": {"epoch": 1}},
    }
    torch.save(state, path)
    return path


@dataclass
class Stock:
    """A model as fairseq loads it, nothing of ours around it."""

    model: object
    task: object

    @torch.no_grad()
    def run_pair(self, source, target):
        """One pair without padding, read with fairseq's own public arguments."""
        dictionary = self.task.source_dictionary
        tokens = dictionary.encode_line(source, add_if_not_exist=False).long().unsqueeze(0)
        shifted = self.task.target_dictionary.encode_line(target, add_if_not_exist=False).long()
        shifted = torch.cat([shifted[-1:], shifted[:-1]]).unsqueeze(0)
        lengths = torch.tensor([tokens.shape[1]])
        encoded = self.model.encoder(tokens, lengths, return_all_hiddens=True)
        logits, extra = self.model.decoder(shifted, encoder_out=encoded)
        return SimpleNamespace(
            encoder=[state[:, 0] for state in encoded["encoder_states"]],
            encoder_out=encoded["encoder_out"][0][:, 0],
            decoder=[state[:, 0] for state in extra["inner_states"]],
            logits=logits[0],
            tokens=tokens[0],
            prev_output_tokens=shifted[0],
        )


def load_stock(checkpoint, data):
    models, _, task = load_model_ensemble_and_task(
        [str(checkpoint)], arg_overrides={"data": str(data)}
    )
    return Stock(models[0].eval(), task)


@pytest.fixture(scope="session")
def lines(data_bin):
    """Valid's 20 pairs, subwords; lengths differ, one line is empty, one has an unknown word."""
    source, target = (
        (data_bin.parent / f"valid.{language}").read_text().splitlines()
        for language in ("en", "de")
    )
    source[3] += " never-seen"
    target[5] = ""
    source[6] = ""
    return source, target


@pytest.fixture(scope="session", params=["trained", *SHAPES])
def checkpoint(request, data_bin, tmp_path_factory):
    """Checkpoints of a trained model and of untrained ones of all shapes."""
    if request.param == "trained":
        return request.getfixturevalue("lth0") / "checkpoint.pt"
    path = tmp_path_factory.mktemp(request.param) / "checkpoint.pt"
    return save_untrained(data_bin, path, *TINY, *SHAPES[request.param])


@pytest.fixture(scope="session")
def stock(checkpoint, data_bin):
    return load_stock(checkpoint, data_bin)


@pytest.fixture(scope="session")
def store(checkpoint, data_bin, lines, tmp_path_factory):
    """What `extract` makes of the lines: float32, several batches, attention too."""
    path = tmp_path_factory.mktemp("store") / "representations"
    extract(checkpoint, data_bin, *lines, path, precision="float32", max_tokens=60, progress=quiet)
    return Store.open(path)
