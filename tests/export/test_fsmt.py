"""What FSMT can hold is written by its names; what it cannot is one line."""

import json
import shutil

import pytest
import torch
from fairseq.modules import SinusoidalPositionalEmbedding
from safetensors.torch import load_file

from tests.representations.conftest import SHAPES, TINY, save_untrained
from ticketscope.errors import InputError
from ticketscope.export.__main__ import main
from ticketscope.export.fsmt import fsmt_config, fsmt_weights
from ticketscope.export.tokenizer import fsmt_token, merges, vocabulary
from ticketscope.results.ticket import PATHS
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask

PAIR = ("en", "de")
FC1 = "encoder.layers.0.fc1.weight"


@pytest.fixture
def folder(lth0, data_bin, tmp_path):
    """The folder of LTH0 in an experiment's results."""
    results = tmp_path / "results/x"
    (results / "corpus/bpe").mkdir(parents=True)
    (results / "corpus/bin").symlink_to(data_bin)
    (results / "corpus/bpe/codes").write_text("#version: 0.2\nw 1</w>\nw 2</w>\n")
    return shutil.copytree(
        lth0, results / "tickets/seed1/dense/LTH0", ignore=shutil.ignore_patterns("kept")
    )


def both(path):
    state = checkpoints.load(path)
    config = fsmt_config(state, PAIR, "it")
    return config, fsmt_weights(state, config, "it")


def test_all_weights_are_there_once_and_positions_are_fairseqs(data_bin, tmp_path):
    shared = "--share-all-embeddings"
    path = save_untrained(data_bin, tmp_path / "a.pt", *TINY, "--decoder-layers=3", shared)
    config, weights = both(path)
    model = checkpoints.load(path)["model"]
    model = {name: tensor for name, tensor in model.items() if not name.endswith("version")}
    positions = SinusoidalPositionalEmbedding.get_embedding(1026, 16, 1)
    for side in ("encoder", "decoder"):
        written = torch.from_numpy(weights.pop(f"model.{side}.embed_positions.weight"))
        assert torch.equal(written, positions)
    tied = {"decoder.embed_tokens.weight", "decoder.output_projection.weight"}
    assert {f"model.{name}" for name in model if name not in tied} == set(weights)
    assert all(torch.equal(torch.from_numpy(weights[f"model.{n}"]), model[n]) for n in model
               if n not in tied)  # fmt: skip
    assert (config["encoder_layers"], config["decoder_layers"]) == (2, 3)
    assert config["tie_word_embeddings"] and config["scale_embedding"]
    assert (config["activation_function"], config["max_position_embeddings"]) == ("relu", 1024)
    other = ["--activation-fn=gelu", "--no-scale-embedding", "--max-target-positions=2000"]
    config, weights = both(save_untrained(data_bin, tmp_path / "b.pt", *TINY, *other))
    assert not config["tie_word_embeddings"] and {f"model.{name}" for name in tied} < set(weights)
    assert not config["scale_embedding"]
    assert (config["activation_function"], config["max_position_embeddings"]) == ("gelu", 2000)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (SHAPES["pre_norm_unequal"], "it is pre-norm"),
        (["--encoder-learned-pos"], "no place for encoder.embed_positions.weight"),
        (["--layernorm-embedding"], "no place for encoder.layernorm_embedding.weight"),
        (["--no-token-positional-embeddings"], "it is without positions"),
        (["--activation-fn=gelu_fast"], "its activation is gelu_fast"),
        (["--encoder-embed-dim=24"], "the widths 16 and 24"),
        (["--adaptive-softmax-cutoff=10,20"], "it is with an adaptive softmax"),
    ],
)
def test_what_fsmt_would_compute_otherwise_is_refused(arguments, reason, data_bin, tmp_path):
    path = save_untrained(data_bin, tmp_path / "a.pt", *TINY, *arguments)
    with pytest.raises(InputError, match=rf"^it cannot be an FSMT: .*{reason}"):
        both(path)


def test_subwords_end_words_instead_of_going_on(tmp_path):
    assert list(map(fsmt_token, ["Hau@@", "s", "@-@", "."])) == ["Hau", "s</w>", "@-@</w>", ".</w>"]
    dictionary = tmp_path / "dict.en.txt"
    dictionary.write_text("Hau@@ 3\ns 2\n")
    tokens = ["<s>", "<pad>", "</s>", "<unk>", "Hau", "s</w>"]
    assert list(vocabulary(dictionary, 6)) == tokens
    with pytest.raises(InputError, match="has 2 subwords, the model's embedding 4"):
        vocabulary(dictionary, 8)
    codes = tmp_path / "codes"
    codes.write_text("#version: 0.2\na b</w>\n")
    assert list(merges(codes)) == ["a b</w>"]
    codes.write_text("a b</w>\n")
    with pytest.raises(InputError, match=r"its first line is not #version: 0\.2"):
        merges(codes)
    codes.write_bytes(b"\n\x0e\n\x05<unk>\x15\x00")
    with pytest.raises(InputError, match="merges; neither can a SentencePiece model"):
        merges(codes)


GREEDY = {
    "bos_token_id": 0,
    "pad_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 2,
    "max_length": 202,
    "forced_eos_token_id": 2,
    "suppress_tokens": [1],
    "use_cache": True,
}


def test_the_command_writes_the_same_folder_twice(folder, tmp_path):
    def run(name):
        out = tmp_path / name / "exported"
        assert main([str(folder), str(out)]) == (
            f"seed 1 dense LTH0 is in {out}: 0.0% of its prunable weights are zero"
        )
        return {path.name: path.read_bytes() for path in out.iterdir()}

    files = run("a")
    assert files == run("b")
    assert set(files) == {
        "README.md", "config.json", "generation_config.json", "mask.safetensors", "merges.txt",
        "model.safetensors", "tokenizer_config.json", "vocab-src.json", "vocab-tgt.json",
    }  # fmt: skip
    assert b"the experiment is not finished" in files["README.md"]
    assert json.loads(files["config.json"])["langs"] == ["en", "de"]
    assert json.loads(files["generation_config.json"]) == GREEDY
    out = tmp_path / "a/exported"
    mask, weights = load_file(out / "mask.safetensors"), load_file(out / "model.safetensors")
    assert set(mask) < set(weights)
    assert all(mask[name].shape == weights[name].shape for name in mask)


def test_the_mean_that_was_translated_with_is_exported_with_the_search_that_was_made(
    folder, tmp_path
):
    state = checkpoints.load(folder / "checkpoint.pt")
    last = state["model"][FC1]
    state["model"] |= {FC1: 2 * last}
    checkpoints.save(state, folder / "averaged.pt")
    config = {"training": {"average_checkpoints": 2}, "decoding": {"beam": 5, "lenpen": 2}}
    record = {"config": config | {"subwords": {}}, "code": {}, "licences": []}
    record["versions"] = {"torch": "9.9", "ve-fairseq": "8"}
    (tmp_path / "results/x" / PATHS.provenance).write_text(json.dumps(record))
    out = tmp_path / "exported"
    main([str(folder), str(out)])
    assert torch.equal(load_file(out / "model.safetensors")[f"model.{FC1}"], 2 * last)
    search = {"num_beams": 5, "length_penalty": 2.0}
    assert json.loads((out / "generation_config.json").read_text()) == GREEDY | search


def test_a_ticket_whose_pruned_weights_are_not_zero_is_not_exported(folder, tmp_path):
    mask = Mask.load(folder / "mask.safetensors")
    mask.kept[FC1][0, 1] = False
    mask.save(folder / "mask.safetensors")
    with pytest.raises(
        InputError, match=rf"checkpoint\.pt: 1 masked weights of {FC1} are not zero"
    ):
        main([str(folder), str(tmp_path / "exported")])
    assert not (tmp_path / "exported").exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [([], "give a ticket's folder"), (["nowhere", "out"], "nowhere is not the folder of")],
)
def test_what_is_no_ticket_is_one_line(arguments, reason):
    with pytest.raises(InputError, match=rf"^{reason}[^\n]*$"):
        main(arguments)
