"""Representations and saliency on a device: nothing is made elsewhere, and all is as on the CPU."""

import numpy as np
import pytest
import torch

from tests.lottery import quiet
from tests.pretend_gpu import DEVICE, PretendGpu
from tests.representations.conftest import SHAPES, TINY, save_untrained
from ticketscope.representations.batches import batches, encode
from ticketscope.representations.extraction import extract
from ticketscope.representations.model import load_model
from ticketscope.representations.saliency import STATISTICS, saliency
from ticketscope.tickets.masks import Mask


@pytest.fixture(scope="module", params=["post_norm", "pre_norm_unequal"])
def path(request, data_bin, tmp_path_factory):
    file = tmp_path_factory.mktemp(request.param) / "checkpoint.pt"
    return save_untrained(data_bin, file, *TINY, *SHAPES[request.param])


def test_a_store_is_that_of_the_cpu(path, data_bin, pairs, tmp_path):
    settings = {"precision": "float32", "max_tokens": 30, "progress": quiet}
    extract(path, data_bin, *pairs, tmp_path / "cpu", **settings)
    with PretendGpu() as gpu:
        extract(path, data_bin, *pairs, tmp_path / "device", device=DEVICE, **settings)
    assert gpu.uploads > 0
    files = sorted(file.name for file in (tmp_path / "cpu").iterdir())
    assert len(files) > 1
    assert files == sorted(file.name for file in (tmp_path / "device").iterdir())
    for name in files:
        assert (tmp_path / f"device/{name}").read_bytes() == (tmp_path / f"cpu/{name}").read_bytes()


def test_each_batch_reads_as_often_as_any_other(path, data_bin, pairs, tmp_path):
    """On a GPU each value that is read waits for it: a sentence or a token more reads no more."""
    loaded = load_model(path, data_bin)
    lengths = np.maximum(*(
        encode(lines, dictionary, 100, side).lengths
        for lines, dictionary, side in zip(
            pairs, (loaded.source, loaded.target), ("source", "target"), strict=True
        )
    ))  # fmt: skip

    def counts(max_tokens: int) -> tuple[int, dict[str, int]]:
        with PretendGpu() as gpu:
            extract(
                path, data_bin, *pairs, tmp_path / str(max_tokens), max_tokens=max_tokens,
                device=DEVICE, progress=quiet,
            )  # fmt: skip
        return len(list(batches(lengths, max_tokens))), dict(gpu.reads)

    (one, together), (several, apart) = counts(10_000), counts(30)
    assert one == 1 < several
    assert apart == {name: several * count for name, count in together.items()}


@pytest.mark.parametrize("statistic", STATISTICS)
def test_statistics_of_criteria_are_those_of_the_cpu(path, data_bin, pairs, statistic):
    def result(device: str) -> dict[str, np.ndarray]:
        loaded = load_model(path, data_bin, device)
        kept = {
            name: torch.ones(tuple(weight.shape), dtype=torch.bool)
            for name, weight in loaded.model.named_parameters()
            if name.endswith(("fc1.weight", "q_proj.weight", "fc2.bias"))
        }
        options = {"label_smoothing": 0.1, "max_tokens": 30, "progress": quiet}
        return saliency(loaded, *pairs, Mask(kept), statistic=statistic, **options)

    expected = result("cpu")
    with PretendGpu():
        computed = result(DEVICE)
    assert expected.keys() == computed.keys() and expected
    for name, values in expected.items():
        # On the CPU, torch joins steps of attention that it does not join elsewhere.
        close = {"rtol": 1e-4, "atol": 1e-5 * values.max()}
        np.testing.assert_allclose(computed[name], values, **close, err_msg=name)
