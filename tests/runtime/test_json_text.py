"""JSON in which something would be lost, or could not be written again, is refused in one line."""

import pytest

from ticketscope.errors import InputError
from ticketscope.runtime.json_text import parse_json, read_json


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("1" * 5000, "4300"),
        ('["\\ud800"]', "half of a surrogate pair"),
        ('["\\uDC00"]', "half of a surrogate pair"),
        ('{"a": 1, "b": 2, "a": 3}', "key a is there twice"),
        ("[" * 100_000, "nested too deeply"),
        (f"[{'[],' * 5_000_000}1]", "more than 10,000,000 values"),
    ],
)
def test_json_that_python_reads_otherwise_or_cannot_write(file, text, message):
    with pytest.raises(InputError, match=f"text.*{message}") as error:
        read_json(file(text))
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError):
        parse_json(text)


def test_json_with_whole_surrogate_pairs_and_a_byte_order_mark(file):
    assert read_json(file('\ufeff["\\ud83d\\ude00", "\u2028"]')) == ["😀", "\u2028"]


def test_json_that_is_not_utf8_names_the_line(file):
    with pytest.raises(InputError, match="text, line 2: not UTF-8"):
        read_json(file(b'[\n"\xff"]'))
