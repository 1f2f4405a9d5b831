"""English plurals and verb forms."""

_DOUBLE = {"run", "sit", "put", "cut", "hit", "get", "begin", "win", "swim", "forget",
    "set", "forbid", "stop", "hug", "plan", "admit", "regret", "travel", "cancel"}  # fmt: skip

_SIBILANTS = ("s", "x", "ch", "sh", "z")


def plural(word: str) -> str:
    return word + "es" if word in ("potato", "tomato") else _with_s(word, _SIBILANTS)


def third_singular(lemma: str) -> str:
    return _with_s(lemma, (*_SIBILANTS, "o"))


def _with_s(word: str, takes_es: tuple[str, ...]) -> str:
    if _consonant_y(word):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(takes_es) else "s")


def _consonant_y(word: str) -> bool:
    return word.endswith("y") and word[-2] not in "aeiou"


def principal_parts(text: str) -> tuple[str, str, str]:
    """`give,gave,given` -> as given; `buy,bought` -> one form for both; `open` -> opened."""
    lemma, *irregular = text.split(",")
    if irregular:
        return lemma, irregular[0], irregular[-1]
    stem = lemma.removesuffix("e")
    if _consonant_y(lemma):
        stem = lemma[:-1] + "i"
    elif lemma in _DOUBLE:
        stem = lemma + lemma[-1]
    return lemma, stem + "ed", stem + "ed"


def ing_form(lemma: str) -> str:
    if lemma in _DOUBLE:
        return lemma + lemma[-1] + "ing"
    if lemma.endswith("ie"):
        return lemma[:-2] + "ying"
    if lemma.endswith("e") and not lemma.endswith("ee"):
        return lemma[:-1] + "ing"
    return lemma + "ing"
