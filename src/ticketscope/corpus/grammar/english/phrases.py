"""English noun phrases and prepositional phrases with their labels.

Conventions: PTB tags and brackets; UD v1 labels; CCGbank-style categories; DM-like arcs (argument,
predicate, label); PMB semantic tags; SNACS role and function.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import pairwise

from ticketscope.corpus.grammar.english.adverbials import preposition
from ticketscope.corpus.grammar.english.labels import CERTAIN, governed, possession
from ticketscope.corpus.grammar.english.tree import Kids, Leaf, Node, Tree, punctuation
from ticketscope.corpus.grammar.lexicon import HOMOGRAPHS, Adjective, Name, Noun, Verb
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase

_SUBJECT = {"m": "he", "f": "she", "n": "it", "pl": "they", "1sg": "I", "1pl": "we"}
_OBJECT = {"m": "him", "f": "her", "n": "it", "pl": "them", "1sg": "me", "1pl": "us"}
_POSSESSIVE = {"m": "his", "f": "her", "n": "its", "pl": "their", "1sg": "my", "1pl": "our"}
_DET_TAG = {
    "the": "DEF",
    "a": "DIS",
    "this": "PRX",
    "that": "DST",
    "every": "AND",
    "all": "AND",
    "some": "DIS",
    "many": "QUV",
    "several": "QUV",
    "no": "NOT",
}  # fmt: gap


class Phrases(ABC):
    """Builds phrases; collects what no leaf holds: arcs, mentions, conjuncts, homographs."""

    def __init__(self) -> None:
        self.arcs: list[tuple[Leaf, Leaf, str]] = []  # argument, predicate, label
        self.conjuncts: list[list[Tree]] = []
        self.mentions: list[tuple[int, Tree]] = []  # referent, constituent
        self.order: dict[int, int] = {}
        self.ambiguous: list[tuple[Leaf, Noun]] = []

    @abstractmethod
    def clause(
        self, clause: Clause, context: float, *, gap: str | None = None, filler: Leaf | None = None
    ) -> Node:
        """Built by the subclass for clauses."""

    def _refer(self, phrase: Phrase, tree: Tree) -> None:
        key = self.order.setdefault(id(phrase.root()), len(self.order))
        self.mentions.append((key, tree))

    def noun_phrase(self, phrase: Phrase, nominative: bool = False) -> Node:
        if phrase.parts:
            parts = [self.noun_phrase(part, nominative) for part in phrase.parts]
            node = self.coordinate("NP", parts)
        elif phrase.pronoun:
            forms = _SUBJECT if nominative else _OBJECT
            node = Node("NP", [(Leaf(forms[phrase.reference or "n"], "PRP", "NP", "PRO"), None)])
        else:
            node = self._name(phrase.name) if phrase.name is not None else self._described(phrase)
            node = self._relative(phrase, node)
        self._refer(phrase, node)
        return node

    def coordinate(
        self, label: str, parts: Sequence[Tree], word: str = "and", comma: bool = False
    ) -> Node:
        """The parts with a coordinator, headed by the first."""
        self.conjuncts.append(list(parts))
        kids: Kids = [(parts[0], None)]
        for before, part in pairwise(parts):
            kids += [(punctuation(","), "punct")] if comma else []
            conjunction = Leaf(word, "CC", "conj", word.upper())
            kids += [(conjunction, "cc"), (part, "conj")]
            self.arcs.append((part.lexical_head, before.lexical_head, f"_{word}_c"))
        return Node(label, kids)

    def _described(self, phrase: Phrase) -> Node:
        """A noun with determiner, adjectives and attribute."""
        noun = phrase.noun
        assert noun is not None
        kids: Kids = []
        determiner, relation = self._determiner(phrase)
        head = self._noun(noun, phrase.plural)
        if determiner is not None:
            kids.append((determiner, relation))
            word = determiner.lexical_head
            self.arcs.append((head, word, "BV") if relation == "det" else (word, head, "poss"))
        if phrase.count is not None:
            kids.append((Leaf(phrase.count, "CD", "N/N", "QUC"), "nummod"))
        kids += self._adjectives(phrase, head)
        for part in [*(noun.first or "").split(), *noun.english.split()[:-1]]:
            first = Leaf(part, "NN", "N/N", "CON")
            kids.append((first, "compound"))
            self.arcs.append((first, head, "compound"))
        node = Node("NP", [*kids, (head, None)])
        if phrase.attribute is not None:
            attribute = self.prepositional(phrase.attribute, head, "(NP\\NP)")
            node = Node("NP", [(node, None), (attribute, "nmod")])
        return node

    def _adjectives(self, phrase: Phrase, head: Leaf) -> Kids:
        """`old`, `old, tired` or the coordination `old and tired`."""
        trees = [self._attributive(*described, head) for described in phrase.adjectives]
        if len(trees) < 2:
            return [(tree, "amod") for tree in trees]
        if phrase.joined:
            return [(self.coordinate("ADJP", trees), "amod")]
        return [(trees[0], "amod"), (punctuation(","), "punct"), (trees[1], "amod")]

    def _noun(self, noun: Noun, plural: bool) -> Leaf:
        word = noun.plural if plural else noun.english
        tag = "ROL" if noun.kind == "P" else "CON"
        leaf = Leaf(word.split()[-1], "NNS" if plural else "NN", "N", tag, lemma=noun.english)
        if noun.english in HOMOGRAPHS and noun.first is None:
            self.ambiguous.append((leaf, noun))
        return leaf

    def _attributive(self, intensifier: str | None, adjective: Adjective, head: Leaf) -> Tree:
        proper = adjective.english[0].isupper()
        leaf = Leaf(adjective.english, "JJ", "N/N", "GPO" if proper else "IST")
        leaf.ner = "MISC" if proper else "O"
        self.arcs.append((head, leaf, "ARG1"))
        if intensifier is None:
            return leaf
        adverb = Leaf(intensifier, "RB", "(N/N)/(N/N)", "INT")
        self.arcs.append((leaf, adverb, "ARG1"))
        return Node("ADJP", [(adverb, "advmod"), (leaf, None)])

    def _determiner(self, phrase: Phrase) -> tuple[Tree | None, str]:
        det = phrase.det
        if det in ("bare", "number"):
            return None, ""
        if det == "poss":
            possessor = phrase.possessor
            assert possessor is not None
            if possessor.pronoun:
                leaf = Leaf(_POSSESSIVE[possessor.reference or "n"], "PRP$", "NP[nb]/N", "HAS")
                leaf.supersense = possession(possessor, phrase)
                self._refer(possessor, leaf)
                return leaf, "nmod:poss"
            owner = self.noun_phrase(possessor)
            plural = possessor.plural and owner.leaves[-1].form.endswith("s")
            clitic = Leaf("'" if plural else "'s", "POS", "(NP[nb]/N)\\NP", "HAS")
            clitic.supersense = possession(possessor, phrase)
            return Node("NP", [*owner.kids, (clitic, "case")]), "nmod:poss"
        word, pos = det, "DT"
        if det in ("this", "that") and phrase.plural:
            word = {"this": "these", "that": "those"}[det]
        if det in ("many", "several"):
            pos = "JJ"
        return Leaf(word, pos, "NP[nb]/N", _DET_TAG[det]), "det"

    def _name(self, name: Name) -> Node:
        tag = {"person": "PER", "city": "GPE", "country": "GPE", "organisation": "ORG"}[name.kind]
        ner = {"person": "PER", "city": "LOC", "country": "LOC", "organisation": "ORG"}[name.kind]
        leaves = []
        for i, word in enumerate(name.words):
            title = word in ("Mr", "Mrs", "Dr", "Professor") and i == 0
            last = i == len(name.words) - 1
            leaf = Leaf(word, "NNP", "N" if last else "N/N", "ROL" if title else tag)
            leaf.ner = "O" if title else ner
            leaves.append(leaf)
        for leaf in leaves[:-1]:
            self.arcs.append((leaf, leaves[-1], "compound"))
        return Node("NP", [(leaf, "compound") for leaf in leaves[:-1]] + [(leaves[-1], None)])

    def prepositional(self, adjunct: Adjunct, head: Leaf, category: str) -> Node:
        """PP modifying or completing `head`; `category` is the CCG category of the whole PP."""
        inner = self.noun_phrase(adjunct.phrase)
        words, sense = preposition(adjunct, head)
        first, *rest = leaves = [
            Leaf(word, "TO" if word == "to" else "IN", f"{category}/NP", "REL") for word in words
        ]
        if rest:  # because of, next to, in front of
            leaves[-1].ccg = "PP/NP"
            first.ccg = f"{category}/PP" if len(leaves) == 2 else f"{category}/NP"
            first.pos = {"because": "RB", "next": "JJ"}.get(first.form, "IN")
        if len(leaves) == 3:
            leaves[1].pos, leaves[1].ccg = "NN", "N/PP"
        first.supersense = sense
        self.arcs.append((head, first, "ARG1"))
        self.arcs.append((inner.lexical_head, first, "ARG2"))
        for leaf in rest:
            self.arcs.append((leaf, first, "mwe"))
        if not rest:
            return Node("PP", [(first, "case"), (inner, None)])
        fixed = Node("CONJP", [(first, None), *[(leaf, "mwe") for leaf in rest]])
        return Node("PP", [(fixed, "case"), (inner, None)])

    def _relative(self, phrase: Phrase, node: Node) -> Node:
        """The noun phrase with its relative clause, whose gap the relative pronoun fills."""
        clause = phrase.relative
        if clause is None:
            return node
        head = node.lexical_head
        human = phrase.noun is not None and phrase.noun.kind == "P"
        core = self.clause(clause, CERTAIN, gap=clause.gap, filler=head)
        if clause.gap == "subject":
            wh, label = Node("WHNP", [(_wh("who", "that", human), None)]), subject_label(clause)
        elif clause.gap == "possessor":
            wh, label = self._whose(clause, head, core), subject_label(clause)
        elif clause.gap == "obj":
            pronoun = _wh("whom", "that", human, "(NP\\NP)/(S[dcl]/NP)")
            wh, label = Node("WHNP", [(pronoun, None)]), "dobj"
        else:
            assert clause.verb is not None
            prep = governed_preposition(clause.verb)
            pronoun = _wh("whom", "which", human, "((NP\\NP)/(S[dcl]/PP))\\(PP/NP)")
            inner = Node("WHNP", [(pronoun, None)])
            wh, label = Node("WHPP", [(prep, "case"), (inner, None)]), "nmod"
        sbar = Node("SBAR", [(wh, label), (core, None)])
        return Node("NP", [(node, None), (sbar, "acl:relcl")])

    def _whose(self, clause: Clause, head: Leaf, core: Node) -> Node:
        bare = self.noun_phrase(clause.subject.without_article())
        owned = bare.lexical_head
        whose = Leaf("whose", "WP$", "((NP\\NP)/(S[dcl]\\NP))/N", "HAS")
        whose.supersense = possession(clause.subject, clause.subject)
        self.arcs.append((head, owned, "poss"))
        self.arcs.append((owned, core.lexical_head, "ARG1"))
        return Node("WHNP", [(whose, "nmod:poss"), *bare.kids])


def _wh(person: str, thing: str, human: bool, category: str = "(NP\\NP)/(S[dcl]\\NP)") -> Leaf:
    return Leaf(person if human else thing, "WP" if human else "WDT", category, "REL")


def governed_preposition(verb: Verb) -> Leaf:
    """The preposition that the verb asks for."""
    word = verb.preposition
    assert word is not None
    tag, sense = "TO" if word == "to" else "IN", governed(verb.english, word)
    return Leaf(word, tag, "PP/NP", "REL", supersense=sense)


def subject_label(clause: Clause) -> str:
    """UD relation of the clause's subject."""
    return "nsubjpass" if clause.passive else "nsubj"
