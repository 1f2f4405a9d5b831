"""What a table keeps as text and a figure can show: names and labels that others chose."""

# What pandas reads as missing, and R in part.
_MISSING = {
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
}  # fmt: skip
_TRUTH = {"True", "TRUE", "true", "False", "FALSE", "false"}


def labelled(text: str) -> str:
    """A label that a table has as text, beside others that are no numbers.

    Raises:
        ValueError: it would be read back as missing, or has a character that cannot be shown, such
            as a control character, with which an SVG is no XML.
    """
    if text in _MISSING:
        raise ValueError(f"{text} reads as missing in a table: give another name")
    if not text.isprintable():
        raise ValueError(f"{text!r} has a character that cannot be shown: leave it out")
    return text


def named(text: str) -> str:
    """A name that a table has as text, even in a column of nothing but such names.

    Raises:
        ValueError: as `labelled`, or it would be read back as a number or a truth value.
    """
    try:
        float(text)
    except ValueError:
        if text not in _MISSING | _TRUTH:
            return labelled(text)
    raise ValueError(f"{text} reads as a number or as missing in a table: give another name")
