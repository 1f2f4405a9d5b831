"""Moses tokenisation and byte-pair encoding, as the authors' fairseq does them (appendix A.1)."""

import io
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from sacremoses import MosesDetokenizer, MosesTokenizer
from subword_nmt.apply_bpe import BPE
from subword_nmt.learn_bpe import learn_bpe as learn

from ticketscope.corpus.parallel import TextFile
from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.outputs import write_lines
from ticketscope.runtime.text import numbered_lines


@cache
def _tokenizer(language: str) -> MosesTokenizer:
    return MosesTokenizer(language)


@cache
def _detokenizer(language: str) -> MosesDetokenizer:
    return MosesDetokenizer(language)


def tokenize_line(line: str, language: str) -> str:
    """Moses tokens, joined by spaces; dashes split off and entities escaped, as fairseq does."""
    return str(
        _tokenizer(language).tokenize(
            line, aggressive_dash_splits=True, return_str=True, escape=True
        )
    )


def join_subwords(line: str) -> str:
    """Undo BPE: subwords back to Moses tokens."""
    return (line + " ").replace("@@ ", "").rstrip(" ")


def detokenize_line(line: str, language: str) -> str:
    """Undo BPE and Moses: subwords back to text."""
    return str(_detokenizer(language).detokenize(join_subwords(line).split()))


def tokenize_file(source: Path, destination: Path, language: str) -> None:
    """Tokenise a text line by line."""
    write_lines(destination, (tokenize_line(line, language) for line in TextFile(source).lines()))


def learn_bpe(texts: list[Path], size: int, codes: Path) -> None:
    """Learn `size` merges jointly on several tokenised texts (section 3.1: a joint vocabulary)."""
    joined = io.StringIO("".join(text.read_text(encoding="utf-8") for text in texts))
    with atomic_write(codes) as temporary, temporary.open("w", encoding="utf-8") as out:
        learn(joined, out, size)


def load_bpe(codes: Path) -> BPE:
    """The encoder of a file of merges.

    Raises:
        InputError: the file is missing or holds no merges.
    """
    merges = io.StringIO("\n".join(line for _, line in numbered_lines(codes)), newline="\n")
    try:
        return BPE(merges)
    # subword-nmt prints why, and exits the process.
    except (SystemExit, ValueError) as error:
        raise InputError(f"{codes} holds no BPE codes of subword-nmt") from error


def apply_bpe(codes: Path, source: Path, destination: Path) -> None:
    """Split a tokenised text into subwords."""
    encoder = load_bpe(codes)
    write_lines(destination, map(encoder.process_line, TextFile(source).lines()))


def subword_encoder(codes: Path, language: str) -> Callable[[Sequence[str]], str]:
    """Moses and BPE for the words of a sentence, as the model reads them (appendix A.1).

    The words are not normalised first; the authors wrote ' for ’ and , for COMMA.

    Args:
        codes: BPE merges that the model was trained with.
        language: The model's source language, for Moses.

    Returns:
        A function from a sentence's words to its subwords, separated by spaces.

    Raises:
        InputError: the file of merges is missing or holds none.
    """
    encoder = load_bpe(codes)

    def encode(words: Sequence[str]) -> str:
        return str(encoder.process_line(tokenize_line(" ".join(words), language)))

    return encode


def build_subwords(
    raw: Path,
    out: Path,
    *,
    splits: Sequence[str],
    languages: Sequence[str],
    size: int,
    pretokenized: Mapping[str, str],
    merges: Path | None = None,
    progress: Callable[[str], None] = print,
) -> None:
    """Write every split of a corpus as subwords: `out/codes` and `out/<split>.<language>`.

    Args:
        raw: Folder with `<split>.<language>` as raw text.
        out: Folder to write to.
        splits: Names of the splits; train among them, unless `merges` are given.
        languages: Source and target language.
        size: Number of merges to learn.
        pretokenized: Splits whose text is tokenised and BPE-encoded already -> the file with its
            merges, an archive's as `archive:member`. They are copied; the others use those merges.
        merges: Merges of models trained elsewhere; they take precedence over all others.
        progress: Gets a line for each step.

    Raises:
        InputError: a text or file of merges is missing or damaged.
    """
    names = [f"{split}.{language}" for split in splits for language in languages]
    copied = {f"{split}.{language}" for split in pretokenized for language in languages}
    codes = out / "codes"
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        tokens = Path(folder)
        for name in names:
            if name not in copied:
                progress(f"tokenising {name}")
                tokenize_file(raw / name, tokens / name, language=name.rpartition(".")[2])
        if merges is not None:
            load_bpe(merges)
            _copy(merges, codes)
        elif pretokenized:
            archive, _, member = next(iter(pretokenized.values())).rpartition(":")
            write_lines(codes, TextFile(Path(archive), member).lines())
        else:
            progress(f"learning {size} merges")
            learn_bpe([tokens / f"train.{language}" for language in languages], size, codes)
        for name in names:
            if name in copied:
                _copy(raw / name, out / name)
            else:
                apply_bpe(codes, tokens / name, out / name)


def _copy(source: Path, destination: Path) -> None:
    with atomic_write(destination) as temporary:
        shutil.copyfile(source, temporary)
