"""The limits that readings have in tests of damaged files are limits."""

import pytest

from tests.runtime.bounds import bounded


def test_a_hang_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="took more than 1 s"), bounded(seconds=1):
        while True:
            try:
                sum(range(1000))
            except Exception:  # as a reader may have it
                continue


def test_a_full_memory_is_an_error_and_the_limit_ends_with_the_block() -> None:
    # Far more than earlier tests of the same process may give back within the block.
    with pytest.raises(MemoryError), bounded(mebibytes=64):
        bytearray(4 << 30)
    assert bytearray(128 << 20)
