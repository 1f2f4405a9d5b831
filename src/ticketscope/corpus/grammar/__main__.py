"""Sizes of the grammar and of a corpus drawn from it, as docs/steps/toy-grammar.md quotes them.

python -m ticketscope.corpus.grammar [lines]
"""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from ticketscope.corpus.grammar import lexicon
from ticketscope.corpus.grammar.derivation import Derivation
from ticketscope.corpus.grammar.generate import generate

_CLAUSES = {
    "a relative clause": {"acl:relcl"},
    "an embedded clause": {"ccomp", "xcomp", "advcl"},
    "negation": {"neg"},
}
_PUNCTUATION = str.maketrans("", "", ",.")

Pairs = Sequence[tuple[str, str | float]]
"""Words and their labels."""


def _lexicon() -> None:
    nouns = [noun for nouns in lexicon.NOUNS.values() for noun in nouns]
    verbs = [verb for verbs in lexicon.VERBS.values() for verb in verbs]
    names = len(lexicon.CITIES + lexicon.COUNTRIES + lexicon.ORGANISATIONS)
    names += len(lexicon.MALE + lexicon.FEMALE + lexicon.SURNAMES)
    feminine = sum(noun.german.feminine is not None for noun in nouns)
    separable = sum(bool(verb.german.prefix) for verb in verbs)
    print(f"nouns {len(nouns)}, of which women's forms {feminine}")
    print(f"compounds possible {len(lexicon.COMPOUND_FIRSTS) * len(lexicon.COMPOUND_HEADS)}")
    print(f"verb entries {len(verbs)}, separable {separable}")
    print(f"adjectives {len(lexicon.ADJECTIVES)}, names {names}")
    print(f"English nouns with two German ones {len(lexicon.HOMOGRAPHS)}")


def _share(lines: list[Derivation], holds: Iterable[bool]) -> str:
    return f"{100 * sum(holds) / len(lines):.0f} %"


def _corpus(lines: list[Derivation]) -> None:
    english = Counter(token for line in lines for token in line.tokens)
    german = Counter(w for x in lines for w in x.german.translate(_PUNCTUATION).split())
    once = [sum(count == 1 for count in words.values()) for words in (english, german)]
    print(f"lines {len(lines)}, tokens per line {english.total() / len(lines):.1f}")
    print(f"types: English {len(english)} ({once[0]} once), German {len(german)} ({once[1]} once)")
    top = sum(count for _, count in english.most_common(10)) / english.total()
    print(f"ten most frequent English types {100 * top:.0f} % of tokens")
    print("lines with")
    print(f"  a chain of reference   {_share(lines, (bool(x.coreference) for x in lines))}")
    print(f"  a coordination         {_share(lines, (bool(x.conjuncts) for x in lines))}")
    print(f"  an ambiguous noun      {_share(lines, (bool(x.ambiguous) for x in lines))}")
    for name, relations in _CLAUSES.items():
        print(f"  {name:23}{_share(lines, (bool(relations & set(x.relations)) for x in lines))}")
    print("labels (tokens that the word's most frequent label misses)")
    labels: dict[str, Pairs] = {}
    for name in ("pos", "ccg", "chunks", "ner", "relations", "semtags"):
        labels[name] = [p for x in lines for p in zip(x.tokens, getattr(x, name), strict=True)]
    labels["roles"] = [(x.tokens[i], role) for x in lines for i, role, _ in x.supersenses]
    labels["functions"] = [(x.tokens[i], what) for x in lines for i, _, what in x.supersenses]
    labels["factuality"] = [(x.tokens[i], value) for x in lines for i, value in x.factuality]
    for name, pairs in labels.items():
        print(f"  {name} {len({label for _, label in pairs})} ({100 * missed(pairs):.0f} %)")
    arcs = {label for x in lines for *_, label in x.semantic_arcs}
    print(f"  semantic arcs {len(arcs)} labels")


def missed(pairs: Pairs) -> float:
    """Share of words and labels that their word's most frequent label misses."""
    by_word: dict[str, Counter[str | float]] = {}
    for word, label in pairs:
        by_word.setdefault(word.lower(), Counter())[label] += 1
    return 1 - sum(max(counts.values()) for counts in by_word.values()) / len(pairs)


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    _lexicon()
    _corpus(generate(seed=1, train=size, valid=0, test=0, unseen=0)["train"])
