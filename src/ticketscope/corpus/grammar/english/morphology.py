"""English plurals and verb forms."""

_DOUBLE = {"run", "sit", "put", "cut", "hit", "get", "begin", "win", "swim", "forget",
    "set", "forbid", "stop", "hug", "plan", "admit", "regret", "travel", "cancel"}  # fmt: skip


def plural(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh", "z")) or word in {"potato", "tomato"}:
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def principal_parts(text: str) -> tuple[str, str, str]:
    """`give,gave,given` -> as given; `buy,bought` -> one form for both; `open` -> opened."""
    parts = text.split(",")
    lemma = parts[0]
    if len(parts) == 1:
        if lemma.endswith("e"):
            past = lemma + "d"
        elif lemma.endswith("y") and lemma[-2] not in "aeiou":
            past = lemma[:-1] + "ied"
        elif lemma in _DOUBLE:
            past = lemma + lemma[-1] + "ed"
        else:
            past = lemma + "ed"
        return lemma, past, past
    return lemma, parts[1], parts[2] if len(parts) > 2 else parts[1]


def third_singular(lemma: str) -> str:
    if lemma.endswith(("s", "x", "ch", "sh", "z", "o")):
        return lemma + "es"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies"
    return lemma + "s"


def ing_form(lemma: str) -> str:
    if lemma in _DOUBLE:
        return lemma + lemma[-1] + "ing"
    if lemma.endswith("ie"):
        return lemma[:-2] + "ying"
    if lemma.endswith("e") and not lemma.endswith("ee"):
        return lemma[:-1] + "ing"
    return lemma + "ing"
