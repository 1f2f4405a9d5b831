"""A checkpoint or mask that holds something else than plain tensors is one line."""

import io
import os
import pickle
import zipfile

import pytest
import torch

from ticketscope.errors import InputError
from ticketscope.external.masks import read_mask
from ticketscope.external.tensors import load

ONES = torch.ones(4, 4)
ODD = {
    "a string": "x",
    "a list": [1.0],
    "nothing": None,
    "sparse": ONES.to_sparse(),
    "sparse rows": ONES.to_sparse_csr(),
    "meta": torch.empty(4, 4, device="meta"),
    "complex": ONES.to(torch.complex64),
    "nested": torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]),
    # 10 GB, of four bytes in the file.
    "repeated": torch.ones(1).expand(50_000, 50_000),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_plain_tensor_is_named(tmp_path, kind):
    path = tmp_path / "checkpoint.pt"
    model = {"encoder.embed_tokens.weight": ONES, "encoder.layers.0.fc1.weight": ODD[kind]}
    torch.save({"model": model}, path)
    with pytest.raises(
        InputError, match=r"checkpoint\.pt: 'encoder\.layers\.0\.fc1\.weight' is a "
    ):
        load(path)
    torch.save(model, path)
    with pytest.raises(InputError, match=r"no dictionary of tensors: 'encoder\.layers\.0\.fc1\."):
        read_mask(path)


@pytest.mark.parametrize("odd", ["x", ONES.to_sparse()])
def test_a_shared_matrix_that_is_none_is_one_line(tmp_path, odd):
    names = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
    options = {"model": {"share_all_embeddings": True}}
    torch.save({"model": dict.fromkeys(names, odd), "cfg": options}, tmp_path / "a.pt")
    with pytest.raises(InputError, match=r"a\.pt is not as fairseq writes one \(.*\): external"):
        load(tmp_path / "a.pt")


@pytest.mark.parametrize("parts", [{"cfg": "x"}, {"args": "x"}, {"cfg": {"model": [1]}}])
def test_options_that_are_none_are_one_line(tmp_path, parts):
    torch.save({"model": {"a": ONES, "b": ONES}, **parts}, tmp_path / "a.pt")
    with pytest.raises(InputError, match=r"a\.pt is not as fairseq writes one"):
        load(tmp_path / "a.pt")


class Command:
    def __reduce__(self):
        return os.system, ("exit 7",)


def archive_of(pickled):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/version", "3")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pickle.dumps({"model": Command()}, 2), "it holds a posix.system, which is neither"),
        (archive_of(pickle.dumps({"model": Command()}, 2)), "it holds a posix.system, which is"),
        (archive_of(b"\x80\x02\x94."), "it holds what is neither weights nor options"),
        (archive_of(b"\x80\x02" + b"(" * 3000 + b"."), "pop from empty list"),
    ],
)
def test_what_would_run_is_refused_without_torchs_advice_to_run_it(tmp_path, content, reason):
    path = tmp_path / "a.pt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"a\.pt is corrupt or truncated \({reason}") as refused:
        load(path)
    assert "weights_only" not in str(refused.value) and "\n" not in str(refused.value)
    with pytest.raises(InputError, match=r"mask .*a\.pt is corrupt, or neither"):
        read_mask(path)


def test_names_cannot_add_a_line(tmp_path):
    torch.save({"model": {"a\nerror: b": "x"}}, tmp_path / "a.pt")
    with pytest.raises(InputError, match=r"a\.pt: 'a\\nerror: b' is a str: external_tickets"):
        load(tmp_path / "a.pt")


def test_a_flipped_bit_of_a_mask_is_noticed(tmp_path):
    path = tmp_path / "mask.pt"
    torch.save({"encoder.layers.0.fc1.weight": torch.ones(64, 64, dtype=torch.uint8)}, path)
    content = bytearray(path.read_bytes())
    content[content.index(bytes([1] * 4096)) + 99] = 0
    assert read_mask(path)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"mask .*mask\.pt is corrupt"):
        read_mask(path)
