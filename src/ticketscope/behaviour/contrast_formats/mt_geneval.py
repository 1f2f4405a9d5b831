"""MT-GenEval: references in both genders (Currey et al. 2022).

github.com/amazon-science/machine-translation-gender-eval has plain line-aligned files. In
data/sentences, a source about a man and the same about a woman, each with its reference; the files
in its folders `annotated`, with <F> or <M> around words, are others. In data/context, a sentence
and the one before it, which tells the gender, as `context <sep> sentence`; two references of the
sentence alone, in the right gender and in the other.
"""

from collections.abc import Callable

from ticketscope.behaviour.contrast_formats.reading import aligned_lines, without_equal
from ticketscope.behaviour.contrast_items import Contrast
from ticketscope.behaviour.settings import MtGenEval, MtGenEvalContext
from ticketscope.errors import InputError

_SEPARATOR = "<sep>"
# Whether a pronoun means the person that a noun names is what tells the gender.
_TASKS = ("Coref",)


def read_sentences(files: MtGenEval, progress: Callable[[str], None]) -> list[Contrast]:
    """Two items for each line: either source with its reference and that of the other gender.

    Feminine is the minority: masculine forms are the more frequent ones in most texts, and those
    that models fall back on.

    Raises:
        InputError: a file is missing or wrong; names file and line.
    """
    texts = aligned_lines(
        files.masculine_src, files.masculine_tgt, files.feminine_src, files.feminine_tgt
    )
    items = []
    for he, masculine, she, feminine in zip(*texts, strict=True):
        items += [
            Contrast(he, masculine, feminine, "gender", minority=False, tasks=_TASKS),
            Contrast(she, feminine, masculine, "gender", minority=True, tasks=_TASKS),
        ]
    return without_equal(items, files.masculine_tgt, progress)


def read_context(files: MtGenEvalContext, progress: Callable[[str], None]) -> list[Contrast]:
    """An item for each line; its source is the context and the sentence.

    Both translations are of the sentence alone, so a model that translates all of its source finds
    both improbable; the difference between them is about the gender.

    Raises:
        InputError: a file is missing or wrong; names file and line.
    """
    texts = aligned_lines(files.src, files.original, files.flipped)
    items = []
    for number, (source, original, flipped) in enumerate(zip(*texts, strict=True), start=1):
        context, separator, sentence = source.partition(_SEPARATOR)
        if not separator or not sentence.strip():
            raise InputError(
                f"{files.src}, line {number}: should be `context {_SEPARATOR} sentence`"
            )
        text = f"{context.strip()} {sentence.strip()}".strip()
        items.append(Contrast(text, original, flipped, "gender_in_context", tasks=_TASKS))
    return without_equal(items, files.flipped, progress)
