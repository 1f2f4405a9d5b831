"""Tokens to subwords: byte-pair encoding as the paper has it (appendix A.1), or SentencePiece."""

import io
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sentencepiece import SentencePieceProcessor
from subword_nmt.apply_bpe import BPE
from subword_nmt.learn_bpe import learn_bpe as learn

from ticketscope.corpus.parallel import TextFile
from ticketscope.corpus.settings import Tokenizer
from ticketscope.corpus.tokenization import tokenize_line
from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write
from ticketscope.runtime.outputs import write_lines
from ticketscope.runtime.text import numbered_lines

_VERSIONS = ((0, 1), (0, 2))  # of subword-nmt's files


def tokenize_file(source: Path, destination: Path, language: str, tokenizer: Tokenizer) -> None:
    """Tokenise a text line by line."""
    lines = TextFile(source).lines()
    write_lines(destination, (tokenize_line(line, language, tokenizer) for line in lines))


def learn_bpe(texts: list[Path], size: int, codes: Path) -> None:
    """Learn `size` merges jointly on several tokenised texts (section 3.1: a joint vocabulary)."""
    # Line by line: subword-nmt keeps words and their numbers alone.
    lines = (line for text in texts for line in TextFile(text).lines())
    with atomic_write(codes) as temporary, temporary.open("w", encoding="utf-8") as out:
        learn(lines, out, size)


def load_bpe(codes: Path) -> BPE:
    """The encoder of a file of merges.

    Raises:
        InputError: the file is missing, holds no merges, or merges of an unknown version.
    """
    merges = io.StringIO("\n".join(line for _, line in numbered_lines(codes)), newline="\n")
    try:
        bpe = BPE(merges)
    # subword-nmt prints why, and exits the process.
    except (SystemExit, ValueError) as error:
        raise InputError(f"{codes} holds no BPE codes of subword-nmt") from error
    if bpe.version not in _VERSIONS:  # which subword-nmt notices at the first word only
        raise InputError(
            f"{codes}, line 1: BPE codes of version {'.'.join(map(str, bpe.version))}, known are "
            f"{' and '.join('.'.join(map(str, known)) for known in _VERSIONS)}"
        )
    return bpe


def load_encoder(codes: Path, tokenizer: Tokenizer) -> Callable[[str], str]:
    """From a line of tokens to its subwords, separated by spaces.

    Args:
        codes: BPE merges, or SentencePiece's model.
        tokenizer: What made the tokens.

    Raises:
        InputError: the file is missing or of another form.
    """
    if tokenizer == "sentencepiece":
        return _sentencepiece(codes)
    encode: Callable[[str], str] = load_bpe(codes).process_line
    return encode


def _sentencepiece(model: Path) -> Callable[[str], str]:
    try:
        processor = SentencePieceProcessor(model_file=str(model))
    except (RuntimeError, OSError) as error:
        raise InputError(f"{model} is missing, or no model of SentencePiece") from error
    if any(map(processor.is_byte, range(len(processor)))):
        raise InputError(f"{model} falls back to bytes, which fairseq does not undo")
    return lambda line: " ".join(processor.encode(line, out_type=str))


def subword_encoder(
    codes: Path, language: str, tokenizer: Tokenizer
) -> Callable[[Sequence[str]], str]:
    """The subwords of the words of a sentence, as the model reads them (appendix A.1).

    The words are not normalised first; the authors wrote ' for ’ and , for COMMA.

    Args:
        codes: What the model's training text was encoded with.
        language: The model's source language, for Moses.
        tokenizer: What its training text was tokenised with.

    Returns:
        A function from a sentence's words to its subwords, separated by spaces.

    Raises:
        InputError: as `load_encoder`.
    """
    encode = load_encoder(codes, tokenizer)
    return lambda words: encode(tokenize_line(" ".join(words), language, tokenizer))


def encode_text(
    source: Path, destination: Path, language: str, *, tokenizer: Tokenizer, codes: Path
) -> None:
    """Write a raw text as subwords.

    Raises:
        InputError: the text is missing or damaged, or as `load_encoder`.
    """
    encode = load_encoder(codes, tokenizer)
    lines = TextFile(source).lines()
    write_lines(destination, (encode(tokenize_line(line, language, tokenizer)) for line in lines))


def build_subwords(
    raw: Path,
    out: Path,
    *,
    splits: Sequence[str],
    languages: Sequence[str],
    tokenizer: Tokenizer,
    size: int,
    pretokenized: Mapping[str, str],
    given: Path | None = None,
    progress: Callable[[str], None] = print,
) -> None:
    """Write every split of a corpus as subwords: `out/codes` and `out/<split>.<language>`.

    Args:
        raw: Folder with `<split>.<language>` as raw text.
        out: Folder to write to.
        splits: Names of the splits; train among them, unless codes are `given`.
        languages: Source and target language.
        tokenizer: How text is tokenised.
        size: Number of merges to learn.
        pretokenized: Splits whose text is tokenised and BPE-encoded already -> the file with its
            merges, an archive's as `archive:member`. They are copied; the others use those merges.
        given: Merges, or SentencePiece's model, to use; they take precedence over all others.
        progress: Gets a line for each step.

    Raises:
        InputError: a text is missing or damaged, or as `load_encoder`.
    """
    names = [f"{split}.{language}" for split in splits for language in languages]
    copied = {f"{split}.{language}" for split in pretokenized for language in languages}
    codes = out / "codes"
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        tokens = Path(folder)
        for name in names:
            if name not in copied:
                progress(f"tokenising {name}")
                tokenize_file(raw / name, tokens / name, name.rpartition(".")[2], tokenizer)
        if given is not None:
            load_encoder(given, tokenizer)
            _copy(given, codes)
        elif pretokenized:
            archive, _, member = next(iter(pretokenized.values())).rpartition(":")
            write_lines(codes, TextFile(Path(archive), member).lines())
        else:
            progress(f"learning {size} merges")
            learn_bpe([tokens / f"train.{language}" for language in languages], size, codes)
        encode = load_encoder(codes, tokenizer)
        for name in names:
            if name in copied:
                _copy(raw / name, out / name)
            else:
                write_lines(out / name, map(encode, TextFile(tokens / name).lines()))


def _copy(source: Path, destination: Path) -> None:
    with atomic_write(destination) as temporary:
        shutil.copyfile(source, temporary)
