"""Batched states and attention against the stock model, one sentence at a time, without hooks."""

import numpy as np
import pytest
import torch

from tests.lottery import quiet
from tests.representations.conftest import CLOSE, TINY, save_untrained
from ticketscope.errors import InputError
from ticketscope.representations import progress as progress_module
from ticketscope.representations.attention import attention_modules, attention_weights
from ticketscope.representations.batches import batches
from ticketscope.representations.extraction import extract
from ticketscope.representations.layout import KINDS
from ticketscope.representations.model import load_model, untrained
from ticketscope.representations.store import Store


def rows(store, side, sentence):
    offsets = getattr(store, f"{side}_offsets")
    return getattr(store, side)[:, offsets[sentence] : offsets[sentence + 1]]


def test_states_are_those_of_each_sentence_alone_and_the_last_is_what_is_read(store, stock, lines):
    """Padding leaks nowhere, no layer is off by one, sentences are in the text's order."""
    encoder, decoder = stock.model.encoder, stock.model.decoder
    assert len(store.encoder) == len(encoder.layers) + 1
    assert len(store.decoder) == len(decoder.layers) + 1
    for number, (source, target) in enumerate(zip(*lines, strict=True)):
        alone = stock.run_pair(source, target)
        states = rows(store, "encoder", number)
        for layer, state in enumerate(alone.encoder[:-1]):
            np.testing.assert_allclose(states[layer], state, **CLOSE)
        np.testing.assert_allclose(states[-1], alone.encoder_out, **CLOSE)
        states = rows(store, "decoder", number)
        for layer, state in enumerate(alone.decoder[:-1]):
            np.testing.assert_allclose(states[layer], state, **CLOSE)
        # The decoder's last state is the one that its output projection reads.
        logits = states[-1] @ decoder.output_projection.weight.detach().numpy().T
        np.testing.assert_allclose(logits, alone.logits, **CLOSE)


def test_layer_0_is_the_embedding(store, stock, lines):
    encoder = stock.model.encoder
    alone = stock.run_pair(lines[0][0], lines[1][0])
    with torch.no_grad():
        expected = encoder.embed_scale * encoder.embed_tokens.weight[alone.tokens]
        expected = expected + encoder.embed_positions(alone.tokens[None])[0]
        if encoder.layernorm_embedding is not None:
            expected = encoder.layernorm_embedding(expected)
    np.testing.assert_allclose(rows(store, "encoder", 0)[0], expected, **CLOSE)


def test_the_norm_after_the_last_layer_is_said_and_used(store, stock, lines):
    pre_norm = stock.model.encoder.layer_norm is not None
    assert store.description.final_norm == (["encoder", "decoder"] if pre_norm else [])
    last = stock.run_pair(lines[0][0], lines[1][0]).encoder[-1]
    assert np.allclose(rows(store, "encoder", 0)[-1], last, **CLOSE) is not pre_norm


def test_attention_is_that_of_each_sentence_alone(store, stock, lines):
    """The reference is the softmax over the projections' products, computed here."""
    for number in (0, 4, 5, 6, 19):
        alone = stock.run_pair(lines[0][number], lines[1][number])
        for kind, index, module in attention_modules(stock.model):
            stack = stock.model.encoder if kind == "enc_self" else stock.model.decoder
            layer = stack.layers[index]
            state = (alone.encoder if kind == "enc_self" else alone.decoder)[index]
            queries = keys = _before(layer, layer.self_attn_layer_norm, state)
            if kind == "enc_dec":
                queries, keys = _after_self_attention(layer, state), alone.encoder_out
            np.testing.assert_allclose(
                store.attention_map(kind, index, number),
                _softmax(module, queries, keys, causal=kind == "dec_self"),
                **CLOSE,
            )


def _before(layer, norm, state):
    return norm(state) if layer.normalize_before else state


@torch.no_grad()
def _after_self_attention(layer, state):
    """What a decoder layer asks the encoder with."""
    mask = torch.full((len(state), len(state)), -torch.inf).triu(1)
    given = _before(layer, layer.self_attn_layer_norm, state)[:, None]
    state = state + layer.self_attn(given, given, given, attn_mask=mask)[0][:, 0]
    if layer.normalize_before:
        return layer.encoder_attn_layer_norm(state)
    return layer.self_attn_layer_norm(state)


@torch.no_grad()
def _softmax(module, queries, keys, causal):
    def heads(projection, states):
        return projection(states).view(len(states), module.num_heads, -1).transpose(0, 1)

    scores = heads(module.q_proj, queries) @ heads(module.k_proj, keys).transpose(1, 2)
    scores = scores * module.head_dim**-0.5
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[1:]).triu(1).bool(), -torch.inf)
    return scores.softmax(-1)


def test_attention_rows_sum_to_one_and_nobody_looks_ahead(store):
    for kind in KINDS:
        queries, keys = store.lengths(kind)
        assert store.attention[kind].shape[1] == int((queries * keys).sum())
        for layer in range(len(store.attention[kind])):
            for sentence in range(store.sentences):
                found = store.attention_map(kind, layer, sentence)
                assert found.shape[1:] == (queries[sentence], keys[sentence])
                np.testing.assert_allclose(found.sum(-1), 1, **CLOSE)
                if kind == "dec_self":
                    assert not np.triu(found, 1).any()
                    assert np.tril(found).any()


def test_handing_over_changes_no_logit_and_ends_with_the_block(checkpoint, data_bin, stock, lines):
    model = load_model(checkpoint, data_bin).model
    before = stock.run_pair(lines[0][0], lines[1][0])
    tokens, said = before.tokens[None], before.prev_output_tokens[None]
    lengths = torch.tensor([tokens.shape[1]])
    seen = []
    with torch.no_grad():
        with attention_weights(model, lambda kind, layer, weights: seen.append((kind, layer))):
            handing = model(tokens, lengths, said)[0][0]
        asked = len(seen)
        plain = model(tokens, lengths, said)[0][0]
    assert sorted(seen) == sorted((k, n) for k, n, _ in attention_modules(model))
    assert len(seen) == asked, "it still hands over"
    np.testing.assert_allclose(handing, before.logits, **CLOSE)
    assert torch.equal(plain, stock.run_pair(lines[0][0], lines[1][0]).logits)
    for _, _, module in attention_modules(model):
        assert "forward" not in vars(module)


def test_handing_over_ends_with_an_error_too(lth0, data_bin):
    model = load_model(lth0 / "checkpoint.pt", data_bin).model
    with pytest.raises(RuntimeError), attention_weights(model, lambda *_: None):
        raise RuntimeError
    for _, _, module in attention_modules(model):
        assert "forward" not in vars(module)


def test_true_lengths_with_the_eos_where_each_side_reads_it(store, lines):
    for side, text in zip(("encoder", "decoder"), lines, strict=True):
        offsets, subwords = getattr(store, f"{side}_offsets"), getattr(store, f"{side}_subwords")
        assert len(subwords) == offsets[-1] == sum(len(line.split()) + 1 for line in text)
        for number, line in enumerate(text):
            written = subwords[offsets[number] : offsets[number + 1]].tolist()
            words = line.split()
            assert written == ([*words, "</s>"] if side == "encoder" else ["</s>", *words])
    assert store.description.unknown == {"encoder": 1, "decoder": 0}


def test_the_batch_size_changes_nothing_but_rounding(lth0, data_bin, lines, tmp_path):
    for size in (1, 10_000):
        extract(
            lth0 / "checkpoint.pt", data_bin, *lines, tmp_path / str(size),
            precision="float32", max_tokens=size, progress=quiet,
        )  # fmt: skip
    single, all_ = (Store.open(tmp_path / name) for name in ("1", "10000"))
    np.testing.assert_allclose(single.encoder, all_.encoder, **CLOSE)
    np.testing.assert_allclose(single.decoder, all_.decoder, **CLOSE)
    np.testing.assert_allclose(single.attention["enc_dec"], all_.attention["enc_dec"], **CLOSE)


def test_batches_hold_every_sentence_once_and_no_more_than_they_may():
    lengths = np.random.default_rng(1).integers(1, 50, 300)
    lengths[17] = 500
    made = list(batches(lengths, 400))
    assert sorted(np.concatenate(made).tolist()) == list(range(300))
    assert [17] in [batch.tolist() for batch in made], "alone, though longer than a batch may be"
    assert all(len(b) * lengths[b].max() <= 400 for b in made if len(b) > 1)
    assert len(made) < 1.2 * lengths.sum() / 400


def test_the_encoder_alone(lth0, data_bin, lines, tmp_path):
    path = lth0 / "checkpoint.pt"
    extract(path, data_bin, lines[0], None, tmp_path / "alone", progress=quiet)
    extract(path, data_bin, *lines, tmp_path / "both", attention=False, progress=quiet)
    alone, both = Store.open(tmp_path / "alone"), Store.open(tmp_path / "both")
    assert alone.decoder is None and alone.decoder_subwords is None and alone.attention == {}
    assert both.decoder is not None and both.attention == {}
    eps = np.finfo(np.float16).eps  # batches differ, so a value may be rounded to its neighbour
    np.testing.assert_allclose(alone.encoder, both.encoder, rtol=eps, atol=eps)
    assert alone.description.source == both.description.source


def test_a_line_too_long_is_named_and_nothing_is_cut_off(lth0, data_bin, tmp_path):
    limit = 1024  # fairseq's default of both stacks, EOS included
    fits = " ".join(["w1"] * (limit - 1))
    with pytest.raises(InputError, match=r"^line 2 of the source text has 1025 .* 1024 at most"):
        extract(lth0 / "checkpoint.pt", data_bin, ["w1", fits + " w2"], None, tmp_path / "out")
    with pytest.raises(InputError, match=r"^line 1 of the target text has 1025"):
        extract(lth0 / "checkpoint.pt", data_bin, ["w1"], [fits + " v1"], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    extract(lth0 / "checkpoint.pt", data_bin, ["w2", fits], None, tmp_path / "out", progress=quiet)
    assert Store.open(tmp_path / "out").encoder.shape[1] == 2 + limit


def test_bad_texts_are_one_line(lth0, data_bin, tmp_path):
    for texts, message in (
        (([], None), "the source text is empty"),
        ((["w1", "w2"], ["v1"]), "the source text has 2 lines, the target text 1"),
    ):
        with pytest.raises(InputError, match=message):
            extract(lth0 / "checkpoint.pt", data_bin, *texts, tmp_path / "out")


def test_a_subword_spelt_like_padding_is_a_position_like_any_other(lth0, data_bin, tmp_path):
    text = ["w1 <pad> w2", "w3"]
    extract(lth0 / "checkpoint.pt", data_bin, text, None, tmp_path / "out", progress=quiet)
    store = Store.open(tmp_path / "out")
    assert store.encoder.shape[1] == 6
    assert np.abs(store.encoder[0, 1]).max() > 0, "fairseq zeroes what it takes for padding"
    assert store.description.unknown == {"encoder": 1}


def test_an_untrained_encoder_is_its_seeds(lth0, data_bin):
    one, other, again = (
        untrained(lth0 / "checkpoint.pt", data_bin, seed)["model"]["encoder.layers.0.fc1.weight"]
        for seed in (1, 2, 1)
    )
    assert torch.equal(one, again) and not torch.allclose(one, other)


def test_bad_checkpoints_are_one_line(lth0, data_bin, tmp_path):
    with pytest.raises(InputError, match="is missing"):
        load_model(tmp_path / "none.pt", data_bin)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"dict\.en\.txt is missing"):
        load_model(lth0 / "checkpoint.pt", tmp_path / "empty")
    for name in ("dict.en.txt", "dict.de.txt"):
        (tmp_path / "empty" / name).write_text("w1 1\n")
    with pytest.raises(InputError, match=r"does not go with .*size mismatch"):
        load_model(lth0 / "checkpoint.pt", tmp_path / "empty")
    save_untrained(data_bin, tmp_path / "lstm.pt", arch="lstm")
    with pytest.raises(InputError, match=r"is no Transformer encoder-decoder .*LSTMModel"):
        load_model(tmp_path / "lstm.pt", data_bin)
    save_untrained(
        data_bin, tmp_path / "cross.pt", *TINY, "--cross-self-attention", "--no-cross-attention"
    )
    with pytest.raises(InputError, match="is no Transformer encoder-decoder"):
        load_model(tmp_path / "cross.pt", data_bin)


def test_progress_says_what_is_done_and_how_long_it_takes(
    lth0, data_bin, lines, tmp_path, monkeypatch
):
    monkeypatch.setattr(progress_module, "SECONDS", 0.0)
    said = []
    extract(
        lth0 / "checkpoint.pt", data_bin, *lines, tmp_path / "out",
        max_tokens=40, progress=said.append,
    )  # fmt: skip
    total = int(said[-1].split()[0])
    assert said[-1].startswith(f"{total} subwords in ")
    done = [int(line.partition("/")[0]) for line in said[:-1]]
    assert done == sorted(set(done)) and done[0] > 0 and done[-1] < total
    assert all(line.endswith(" left") for line in said[:-1])


def test_a_gpu_whose_memory_is_full_is_one_line_and_leaves_no_store(
    lth0, data_bin, lines, tmp_path, monkeypatch
):
    def full(*arguments, **options):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(torch.Tensor, "index_select", full)
    source, target = lines
    message = (
        r"the GPU's memory was full at a batch of 50 subwords of .*checkpoint\.pt: lower repre"
    )
    with pytest.raises(InputError, match=message):
        extract(
            lth0 / "checkpoint.pt", data_bin, source, target, tmp_path / "store",
            max_tokens=50, progress=quiet,
        )  # fmt: skip
    assert not list(tmp_path.iterdir())
