"""JSON of references with a list of errors each: LingEval97 and MuCoW.

Both are a list of objects with the texts `source` and `reference` and a list `errors`, whose
objects have the texts `contrastive` and `type` (github.com/rsennrich/lingeval97, README;
github.com/Helsinki-NLP/MuCoW, folder WMT2019). Other keys are not read. MuCoW has its contrastive
translations in the JSON of both of its test suites; into German only in that of the translation
suite, en-de.mucow.tts.json.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ticketscope.behaviour.contrast_formats.reading import without_equal
from ticketscope.behaviour.contrast_items import Contrast
from ticketscope.corpus.parallel import one_line
from ticketscope.errors import InputError
from ticketscope.runtime.json_text import read_json

# What the encoder has to know of the English sentence, where a probing task is about it: the
# subject of the verb; whether the event is negated; what is a name. German gender, auxiliaries,
# particles and compounds are not in the English sentence.
_LINGEVAL97_TASKS = {
    "subj_verb_agreement": ("SynPred", "SynClass"),
    "polarity_particle_nicht_del": ("EF",),
    "polarity_particle_nicht_ins": ("EF",),
    "polarity_particle_kein_del": ("EF",),
    "polarity_particle_kein_ins": ("EF",),
    "polarity_affix_del": ("EF",),
    "polarity_affix_ins": ("EF",),
    "transliteration": ("NER",),
}


def read_lingeval97(path: Path, progress: Callable[[str], None]) -> list[Contrast]:
    """LingEval97: an item for each error; the phenomenon is its type.

    Raises:
        InputError: the file is missing or wrong; names file and line, or file and entry.
    """
    items = [
        Contrast(source, reference, wrong, kind, tasks=_LINGEVAL97_TASKS.get(kind, ()))
        for source, reference, wrong, kind in _errors(path)
    ]
    return without_equal(items, str(path), progress)


def read_mucow(path: Path, progress: Callable[[str], None]) -> list[Contrast]:
    """MuCoW: an item for each error; the phenomenon is its type, word_sense.

    How frequent senses are is not told: the file has the same number of sentences for most.

    Raises:
        InputError: the file is missing or wrong; names file and line, or file and entry.
    """
    items = [Contrast(*texts) for texts in _errors(path)]
    return without_equal(items, str(path), progress)


def _errors(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Source, reference, contrastive translation and type of each error."""
    for number, entry in enumerate(_list(path), start=1):
        place = f"{path}, entry {number}"
        source, reference = (_text(entry, key, place) for key in ("source", "reference"))
        errors = entry.get("errors")
        if not isinstance(errors, list):
            raise InputError(f"{place}: has no list `errors`")
        for position, error in enumerate(errors, start=1):
            wrong, kind = (
                _text(error, key, f"{place}, error {position}") for key in ("contrastive", "type")
            )
            yield source, reference, wrong, kind


def _list(path: Path) -> list[Any]:
    content = read_json(path)
    if not isinstance(content, list):
        raise InputError(f"{path}: should be a JSON list, is a {type(content).__name__}")
    return content


def _text(entry: Any, key: str, place: str) -> str:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{place}: has no text `{key}`")
    return one_line(value)
