"""Draws contrast items: lines that are not in the corpus, each with one error."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from ticketscope.corpus.contrast import Contrast
from ticketscope.corpus.grammar.combinations import combinations, held_out
from ticketscope.corpus.grammar.contrasts.line import Error, Line
from ticketscope.corpus.grammar.contrasts.phenomena import PHENOMENA
from ticketscope.corpus.grammar.derivation import Derivation, derive
from ticketscope.corpus.grammar.english import clauses as english
from ticketscope.corpus.grammar.generate import word_forms
from ticketscope.corpus.grammar.sampler.draw import Retry
from ticketscope.corpus.grammar.sampler.sentences import SentenceSampler
from ticketscope.corpus.grammar.spec import Sentence

_PATIENCE = 400  # draws per item before a phenomenon gets fewer items than asked for
_CENSUS = 60  # draws per item to see which German forms are the usual ones
_SHORTEST = 5  # tokens, as in the corpus

# How often each form of a choice occurs in the language, by phenomenon.
Census = Mapping[str, Mapping[str, Counter[str]]]


def contrasts(
    *,
    seed: int,
    items: int,
    longest: int,
    exponent: float,
    taken: Collection[str],
    known: Collection[str] | None = None,
    progress: Callable[[str], None],
) -> list[Contrast]:
    """Draw `items` items of each phenomenon.

    A line serves a phenomenon once, and may serve several. Where German has several forms for what
    English leaves open, at least a quarter of the items has the form that is usual in the language
    and at least a quarter another one, as long as lines of both kinds are found.

    Args:
        seed: The same seed gives the same items.
        items: How many of each phenomenon; fewer if so many are not found in 400 draws for each.
        longest: Most tokens of an English line.
        exponent: Of Zipf's law for nouns, adjectives and verbs, as in `generate`.
        taken: English lines that may not occur, those of the corpus.
        known: The words of the training text, as `word_forms` gives them. Items with other words on
            any side fill up what is missing at the end, since an unknown word marks the line that
            it is in. None: whatever words.
        progress: Is told of each phenomenon with fewer items, with less than a quarter on one side,
            or with unknown words.
    """
    taken, known = set(taken), None if known is None else set(known)
    census = _census(seed, items * _CENSUS, longest, exponent)
    pools = {name: _Pool(name, items, census[name]) for name in PHENOMENA}
    for kind in dict.fromkeys(phenomenon.sampler for phenomenon in PHENOMENA.values()):
        sampler = kind(Random(f"{seed} contrasts {kind.__name__}"), exponent)
        choose = Random(f"{seed} contrasts {kind.__name__} errors")
        served = [pool for name, pool in pools.items() if PHENOMENA[name].sampler is kind]
        for sentence in _drawn(sampler, items * _PATIENCE):
            served = [pool for pool in served if not pool.full]
            if not served:
                break
            _serve(sentence, served, taken, known, longest, choose)
    for name, pool in pools.items():
        if not pool.full:
            progress(f"{name}: {pool}")
    return [item for pool in pools.values() for item in pool.selected()]


def _drawn(sampler: SentenceSampler, draws: int) -> Iterator[Sentence]:
    """What is left of so many draws: sentences without held-out combinations."""
    for _ in range(draws):
        try:
            sentence = sampler.sentence()
        except Retry:
            continue
        if not any(map(held_out, combinations(sentence))):
            yield sentence


def _census(seed: int, draws: int, longest: int, exponent: float) -> Census:
    """The forms in lines as the corpus has them."""
    census: dict[str, dict[str, Counter[str]]] = {name: {} for name in PHENOMENA}
    for sentence in _drawn(SentenceSampler(Random(f"{seed} contrasts census"), exponent), draws):
        trees, _ = english.realise(sentence)
        if not _SHORTEST <= sum(len(tree.leaves) for tree in trees) <= longest:
            continue
        line = Line(sentence)
        for name, phenomenon in PHENOMENA.items():
            for choice, form in set(phenomenon.shown(line)):
                census[name].setdefault(choice, Counter())[form] += 1
    return census


def _serve(
    sentence: Sentence,
    pools: list["_Pool"],
    taken: set[str],
    known: set[str] | None,
    longest: int,
    choose: Random,
) -> None:
    """Let the sentence give one item to each pool that has an error for it."""
    line = Line(sentence)
    errors = {pool.name: pool.wanted(PHENOMENA[pool.name].errors(line)) for pool in pools}
    if not any(errors.values()):
        return
    right = derive(sentence, ())
    if right.english in taken or not _SHORTEST <= len(right.tokens) <= longest:
        return
    for pool in pools:
        choose.shuffle(errors[pool.name])
        spare: tuple[str, Error] | None = None
        for error in errors[pool.name]:
            wrong = error.german()
            if wrong == right.german:
                continue
            forms = word_forms(f"{right.english} {right.german} {wrong}")
            if known is None or known.issuperset(forms):
                pool.add(right, wrong, error, known=True)
                break
            spare = spare or (wrong, error)
        else:
            if spare is not None:
                pool.add(right, *spare, known=False)


@dataclass
class _Pool:
    """The items of a phenomenon in the order drawn, by the side that they are on.

    The sides are those of `Contrast.minority`: True and False, or None alone.
    """

    name: str
    items: int  # wanted
    forms: Mapping[str, Counter[str]]  # by choice
    drawn: dict[bool | None, list[Contrast]] = field(default_factory=dict)
    spare: dict[bool | None, list[Contrast]] = field(default_factory=dict)  # with unknown words
    sources: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        """How many items there are, and of which kind."""
        selected = self.selected()
        spare = {item for items in self.spare.values() for item in items}
        rare = sum(bool(item.minority) for item in selected)
        unknown = len(spare.intersection(selected))
        return (
            f"{len(selected)} of {self.items} contrasts, {rare} rarer forms, "
            f"{unknown} unknown words"
        )

    @property
    def full(self) -> bool:
        """Whether there are items enough."""
        if None in self.drawn:
            return len(self.drawn[None]) >= self.items
        sizes = [len(self.drawn.get(side, [])) for side in (True, False)]
        return min(sizes) >= self._quarter and sum(sizes) >= self.items

    @property
    def _quarter(self) -> int:
        return -(-self.items // 4)

    def wanted(self, errors: Iterator[Error]) -> list[Error]:
        """Those whose side lacks items; none of a choice so rare that no form is known as usual."""
        known = (error for error in errors if not error.choice or error.choice in self.forms)
        return [e for e in known if len(self.drawn.get(self._side(e), [])) < self.items]

    def add(self, right: Derivation, wrong: str, error: Error, known: bool) -> None:
        """Keep the item unless its line is there already."""
        if right.english in self.sources:
            return
        self.sources.add(right.english)
        side, tasks = self._side(error), PHENOMENA[self.name].tasks
        item = Contrast(right.english, right.german, wrong, self.name, side, tasks)
        (self.drawn if known else self.spare).setdefault(side, []).append(item)

    def selected(self) -> list[Contrast]:
        """The items, the first of each side; a side leaves a quarter to the other."""
        spare = {} if self.full else self.spare
        plain, rare, usual = (
            self.drawn.get(side, []) + spare.get(side, []) for side in (None, True, False)
        )
        if plain:
            return plain[: self.items]
        of_rare = min(len(rare), max(self._quarter, self.items - len(usual)))
        return rare[:of_rare] + usual[: self.items - of_rare]

    def _side(self, error: Error) -> bool | None:
        """Whether another form is the most frequent one in the language."""
        if not error.choice:
            return None
        forms = self.forms[error.choice]
        return error.form != max(sorted(forms), key=lambda form: forms[form])
