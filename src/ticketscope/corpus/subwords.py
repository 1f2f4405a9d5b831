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
    with (
        atomic_write(destination) as temporary,
        source.open(encoding="utf-8") as lines,
        temporary.open("w", encoding="utf-8") as out,
    ):
        out.writelines(tokenize_line(line.rstrip("\n"), language) + "\n" for line in lines)


def learn_bpe(texts: list[Path], size: int, codes: Path) -> None:
    """Learn `size` merges jointly on several tokenised texts (section 3.1: a joint vocabulary)."""
    together = io.StringIO("".join(text.read_text(encoding="utf-8") for text in texts))
    with atomic_write(codes) as temporary, temporary.open("w", encoding="utf-8") as out:
        learn(together, out, size)


def load_bpe(codes: Path) -> BPE:
    """The encoder of a file of merges.

    Raises:
        InputError: the codes are missing or are none.
    """
    try:
        with codes.open(encoding="utf-8") as stream:
            return BPE(stream)
    except FileNotFoundError:
        raise InputError(f"BPE codes {codes} are missing") from None
    # subword-nmt prints why, and exits the process.
    except (SystemExit, ValueError) as error:
        raise InputError(f"{codes} holds no BPE codes of subword-nmt") from error


def apply_bpe(codes: Path, source: Path, destination: Path) -> None:
    """Split a tokenised text into subwords."""
    encoder = load_bpe(codes)
    with (
        atomic_write(destination) as temporary,
        source.open(encoding="utf-8") as lines,
        temporary.open("w", encoding="utf-8") as out,
    ):
        out.writelines(encoder.process_line(line) for line in lines)


def build_subwords(
    raw: Path,
    out: Path,
    *,
    splits: Sequence[str],
    languages: Sequence[str],
    size: int,
    pretokenized: Mapping[str, str],
    given: Path | None = None,
    progress: Callable[[str], None] = print,
) -> None:
    """Every split of a corpus as subwords: `out/codes` and `out/<split>.<language>`.

    Args:
        raw: Folder with `<split>.<language>` as raw text.
        out: Folder to write to.
        splits: Names of the splits; train among them, unless `given` is.
        languages: Source and target language.
        size: Number of merges to learn.
        pretokenized: Splits whose text is tokenised and BPE-encoded already -> the file with its
            codes, an archive's as `archive:member`. They are copied; the others use those codes.
        given: Codes that models trained elsewhere read; they go before any others.
        progress: Gets a line a step.
    """
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        tokens = Path(folder)
        for split in splits:
            for language in languages:
                name = f"{split}.{language}"
                if split not in pretokenized:
                    progress(f"tokenising {name}")
                    tokenize_file(raw / name, tokens / name, language)
        codes = out / "codes"
        if given is not None:
            load_bpe(given)
            with atomic_write(codes) as temporary:
                shutil.copyfile(given, temporary)
        elif pretokenized:
            archive, _, member = next(iter(pretokenized.values())).rpartition(":")
            with atomic_write(codes) as temporary:
                lines = TextFile(Path(archive), member).lines()
                temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        else:
            progress(f"learning {size} merges")
            learn_bpe([tokens / f"train.{language}" for language in languages], size, codes)
        for split in splits:
            for language in languages:
                name = f"{split}.{language}"
                if split in pretokenized:
                    with atomic_write(out / name) as temporary:
                        shutil.copyfile(raw / name, temporary)
                else:
                    apply_bpe(codes, tokens / name, out / name)
