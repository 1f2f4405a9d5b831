"""The bilingual dictionary as tables of text, and how an entry is read.

Entries are separated by `;`, their fields by blanks; `_` stands for a blank inside a field.
"""


def entries(table: str) -> list[list[str]]:
    """The fields of each entry."""
    split = [entry.split() for entry in table.replace("\n", " ").split(";")]
    return [[field.replace("_", " ") for field in fields] for fields in split if fields]


def english(table: str) -> list[str]:
    """The English word of each entry, in the table's order."""
    return [fields[0] for fields in entries(table)]


def translations(*tables: str) -> dict[str, str]:
    """English word to German word."""
    return {fields[0]: fields[1] for table in tables for fields in entries(table)}


def by_noun(table: str) -> dict[str, str]:
    """English noun to German preposition, from lines of a preposition and its nouns."""
    lines = [line.split() for line in table.strip().splitlines()]
    return {noun: preposition for preposition, *nouns in lines for noun in nouns}
