"""Word vectors are read as they were written, or not at all."""

import numpy as np
import pytest

from ticketscope.errors import InputError
from ticketscope.representations.vectors import new_vectors, open_vectors


@pytest.fixture
def path(tmp_path):
    with new_vectors(tmp_path / "x.words.npy", (2, 30, 4), "float16") as vectors:
        vectors[:] = np.arange(240).reshape(2, 30, 4)
    return tmp_path / "x.words.npy"


def test_numpy_alone_reads_the_same(path):
    expected = np.arange(240, dtype=np.float16).reshape(2, 30, 4)
    np.testing.assert_array_equal(np.load(path), expected)
    np.testing.assert_array_equal(open_vectors(path), expected)
    assert isinstance(open_vectors(path), np.memmap)


def test_any_flipped_bit_is_noticed(path):
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        with pytest.raises(InputError, match=r"x\.words\.npy is missing, damaged or of an earlier"):
            open_vectors(path)


@pytest.mark.parametrize("size", [0, 5, 100, 128, -8, -1])
def test_a_cut_file_is_noticed(path, size):
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(InputError, match="does not end with its checksum"):
        open_vectors(path)


def test_a_missing_file_is_noticed(tmp_path):
    with pytest.raises(InputError, match="delete it and run again"):
        open_vectors(tmp_path / "x.words.npy")
