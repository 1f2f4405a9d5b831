"""Text to tokens and back, as the models' training text was tokenised (appendix A.1)."""

from functools import cache

from sacremoses import MosesDetokenizer, MosesTokenizer

from ticketscope.corpus.settings import Tokenizer

# SentencePiece writes it for a space, as the first character of most pieces.
SPACE = "▁"


def is_moses(tokenizer: Tokenizer) -> bool:
    """Whether tokens are Moses', with entities for the characters that XML reserves."""
    return tokenizer.startswith("moses")


_tokenizer, _detokenizer = cache(MosesTokenizer), cache(MosesDetokenizer)


def tokenize_line(line: str, language: str, tokenizer: Tokenizer) -> str:
    """Tokens of a text, joined by spaces; SentencePiece reads the text as it is."""
    if tokenizer == "space":
        return " ".join(line.split())
    if tokenizer == "sentencepiece":
        return line
    return str(
        _tokenizer(language).tokenize(
            line, aggressive_dash_splits=tokenizer == "moses", return_str=True, escape=True
        )
    )


def join_subwords(line: str, tokenizer: Tokenizer) -> str:
    """Subwords back to tokens; SentencePiece's to text."""
    if tokenizer == "sentencepiece":
        return " ".join(line.replace(" ", "").replace(SPACE, " ").split())
    return (line + " ").replace("@@ ", "").rstrip(" ")


def detokenize_line(line: str, language: str, tokenizer: Tokenizer) -> str:
    """Subwords back to text; tokens that were split at spaces stay as they are."""
    tokens = join_subwords(line, tokenizer)
    if not is_moses(tokenizer):
        return tokens
    return str(_detokenizer(language).detokenize(tokens.split()))
