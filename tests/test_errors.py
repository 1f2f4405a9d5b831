"""Messages that a user reads: one line that fits a terminal, whatever it quotes."""

import pickle

from ticketscope.errors import InputError, hint


def test_a_long_message_keeps_file_and_remedy():
    quoted = "x" * 50_000_000
    message = str(InputError(f"text, line 1: unknown tag {quoted}; known are c, i"))
    assert message.startswith("text, line 1: unknown tag xxx")
    assert message.endswith("xxx; known are c, i")
    assert "[... 49999" in message
    assert len(message) < 1100


def test_what_a_terminal_obeys_or_cannot_show_is_escaped():
    message = "tag \x1b[31m\x07 \ud800 \u2028 ß 漢; use\na"
    assert str(InputError(message)) == r"tag \x1b[31m\x07 \ud800 \u2028 ß 漢; use" + "\na"
    str(InputError(message)).encode("utf-8")


def test_it_comes_back_whole_from_another_process():
    error = InputError("a: b")
    assert str(pickle.loads(pickle.dumps(error))) == "a: b"


def test_a_hint_names_each_known_name_once():
    assert hint("zzz", ["POS", "NER", "POS"]) == "known: POS, NER"
