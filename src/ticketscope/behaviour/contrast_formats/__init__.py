"""Readers of contrast sets: one module for each format, or two formats that are alike."""

from collections.abc import Callable
from pathlib import Path

from ticketscope.behaviour import rule_contrasts
from ticketscope.behaviour.contrast_formats import json_errors, mlt, mt_geneval, plain_lines
from ticketscope.behaviour.contrast_formats.reading import aligned_lines
from ticketscope.behaviour.contrast_items import Contrast, read_contrasts
from ticketscope.behaviour.settings import (
    ContrastFiles,
    ContrastLines,
    ContrastTable,
    LingEval97,
    Mlt,
    MtGenEval,
    MtGenEvalContext,
    MuCoW,
)
from ticketscope.errors import InputError


def read_files(files: ContrastFiles, progress: Callable[[str], None]) -> list[Contrast]:
    """The items of files of any format.

    Args:
        files: The files, as the config or the registry has them.
        progress: Gets a line where items of a file cannot be used, with their number.

    Raises:
        InputError: a file is missing or wrong, or no item can be used; names file and line.
    """
    items = _read(files, progress)
    if not items:
        first = next(iter(files.model_dump(exclude={"format"}).values()))
        raise InputError(f"{first}: no contrast of format {files.format} can be made of it")
    return items


def _read(files: ContrastFiles, progress: Callable[[str], None]) -> list[Contrast]:
    match files:
        case ContrastTable():
            return read_contrasts(Path(files.file))
        case ContrastLines():
            return plain_lines.read(files)
        case LingEval97():
            return json_errors.read_lingeval97(Path(files.file), progress)
        case MuCoW():
            return json_errors.read_mucow(Path(files.file), progress)
        case MtGenEval():
            return mt_geneval.read_sentences(files, progress)
        case MtGenEvalContext():
            return mt_geneval.read_context(files, progress)
        case Mlt():
            return mlt.read(files, progress)
    source, target = aligned_lines(files.src, files.tgt)
    return rule_contrasts.make_contrasts(source, target)
