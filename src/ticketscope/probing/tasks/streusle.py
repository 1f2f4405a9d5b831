"""STREUSLE JSON: supersenses of prepositions and possessives (SNACS)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance
from ticketscope.runtime.json_text import read_json

Mode = Literal["role", "function"]

_KEYS = {"role": "ss", "function": "ss2"}


def read(path: Path, mode: Mode = "role") -> Iterator[Instance]:
    """A list of sentences: `toks` with `word`, `swes` from token number (from 1) to senses.

    Targets are the single-word expressions whose `ss` (mode role) or `ss2` (mode function) begins
    with `p.`; that is the label. Strong multiword expressions (`smwes`) are excluded; sentences
    without targets are skipped.
    """
    sentences = read_json(path)
    if not isinstance(sentences, list):
        raise InputError(f"{path}: expected a list of sentences")
    for number, sentence in enumerate(sentences, start=1):
        try:
            tokens = tuple(token["word"] for token in sentence["toks"])
            senses = {_token(key): entry[_KEYS[mode]] for key, entry in sentence["swes"].items()}
            name = str(sentence.get("sent_id", number))
            targets = {i: sense for i, sense in senses.items() if sense and sense[:2] == "p."}
            if targets:
                yield Instance(name, tokens, tuple(targets.values()), indices=tuple(targets))
        except KeyError as error:
            raise InputError(f"{path}, sentence {number}: has no {error.args[0]}") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise InputError(f"{path}, sentence {number}: {error}") from error


def _token(key: str) -> int:
    """The token, from 0, of a number that is written as numbers are."""
    if key != str(int(key)):  # " 1" and "01" would be the same token
        raise ValueError(f"token number {key}")
    return int(key) - 1
