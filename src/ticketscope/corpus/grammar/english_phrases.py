"""English noun phrases and prepositional phrases with their labels.

Conventions: PTB tags and brackets; UD v1 labels; CCGbank-style categories; DM-like arcs (argument,
predicate, label); PMB semantic tags; SNACS role and function.
"""

from abc import ABC, abstractmethod

from ticketscope.corpus.grammar.labels import CERTAIN, governed, possession
from ticketscope.corpus.grammar.lexicon import SENSES, Adjective, Noun
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase
from ticketscope.corpus.grammar.tree import Kids, Leaf, Node, Tree

_SUBJECT = {"m": "he", "f": "she", "n": "it", "pl": "they", "1sg": "I", "1pl": "we"}
_OBJECT = {"m": "him", "f": "her", "n": "it", "pl": "them", "1sg": "me", "1pl": "us"}
_POSSESSIVE = {"m": "his", "f": "her", "n": "its", "pl": "their", "1sg": "my", "1pl": "our"}
_DET_TAG = {"the": "DEF", "a": "DIS", "this": "PRX", "that": "DST", "every": "AND", "all": "AND",
    "some": "DIS", "many": "QUV", "several": "QUV", "no": "NOT"}  # fmt: skip


class Phrases(ABC):
    """Builds phrases; collects what is not on the tokens: arcs, mentions, conjuncts, homographs."""

    def __init__(self) -> None:
        self.arcs: list[tuple[Leaf, Leaf, str]] = []  # argument, predicate, label
        self.conjuncts: list[list[Tree]] = []
        self.mentions: list[tuple[int, Tree]] = []  # referent, constituent
        self.order: dict[int, int] = {}
        self.ambiguous: list[tuple[Leaf, Noun]] = []

    @abstractmethod
    def clause(
        self, clause: Clause, context: float, *, skip: str | None = None, filler: Leaf | None = None
    ) -> Node:
        """Built by the subclass that knows about verbs."""

    def _refer(self, phrase: Phrase, tree: Tree) -> None:
        key = self.order.setdefault(id(phrase.root()), len(self.order))
        self.mentions.append((key, tree))

    def _reference(self, phrase: Phrase) -> str:
        if phrase.speaker:
            return phrase.speaker
        root = phrase.root()
        if root.speaker:
            return root.speaker
        if root.plural:
            return "pl"
        return root.sex if root.sex in ("m", "f") else "n"

    def noun_phrase(self, phrase: Phrase, subject: bool = False) -> Node:
        if phrase.parts:
            return self._coordination(phrase, subject)
        if phrase.pronoun:
            row = self._reference(phrase)
            leaf = Leaf((_SUBJECT if subject else _OBJECT)[row], "PRP", "NP", "PRO")
            node = Node("NP", [(leaf, None)])
            self._refer(phrase, node)
            return node
        if phrase.name is not None:
            node = self._name(phrase)
            whole = self._relative(phrase, node)
            self._refer(phrase, whole)
            return whole
        kids: Kids = []
        determiner, relation = self._determiner(phrase)
        if determiner is not None:
            kids.append((determiner, relation))
        if phrase.count is not None:
            kids.append((Leaf(phrase.count[0], "CD", "N/N", "QUC"), "nummod"))
        noun = phrase.noun
        assert noun is not None
        head = self._noun(noun, phrase.plural)
        adjectives: list[Tree] = []
        for intensifier, adjective in phrase.adjectives:
            adjectives.append(self._attributive(intensifier, adjective, head))
        if len(adjectives) == 2:
            kids += self._pair(adjectives, phrase.joined)
        else:
            kids += [(tree, "amod") for tree in adjectives]
        words = noun.english.split()
        firsts = [*(noun.first.split() if noun.first else []), *words[:-1]]
        for word in firsts:
            first = Leaf(word, "NN", "N/N", "CON")
            kids.append((first, "compound"))
            self.arcs.append((first, head, "compound"))
        kids.append((head, None))
        node = Node("NP", kids)
        if determiner is not None:
            top = determiner.lexical_head
            if relation == "det":
                self.arcs.append((head, top, "BV"))
            else:
                self.arcs.append((top, head, "poss"))
        if phrase.attribute is not None:
            attribute = self.prepositional(phrase.attribute, head, "(NP\\NP)")
            node = Node("NP", [(node, None), (attribute, "nmod")])
        node = self._relative(phrase, node)
        self._refer(phrase, node)
        return node

    def _pair(self, adjectives: list[Tree], joined: bool) -> Kids:
        """`old, tired` or the coordination `old and tired`."""
        one, two = adjectives
        if not joined:
            return [(one, "amod"), (Leaf(",", ",", ",", "NIL"), "punct"), (two, "amod")]
        self.conjuncts.append(adjectives)
        self.arcs.append((two.lexical_head, one.lexical_head, "_and_c"))
        conjunction = Leaf("and", "CC", "conj", "AND")
        return [(Node("ADJP", [(one, None), (conjunction, "cc"), (two, "conj")]), "amod")]

    def _noun(self, noun: Noun, plural: bool) -> Leaf:
        word = noun.english_plural if plural else noun.english
        tag = {"P": "ROL", "E": "CON"}.get(noun.kind, "CON")
        leaf = Leaf(word.split()[-1], "NNS" if plural else "NN", "N", tag, lemma=noun.english)
        if len({sense.german for sense in SENSES[noun.english]}) > 1 and noun.first is None:
            self.ambiguous.append((leaf, noun))
        return leaf

    def _attributive(
        self, intensifier: tuple[str, str] | None, adjective: Adjective, head: Leaf
    ) -> Tree:
        proper = adjective.english[0].isupper()
        leaf = Leaf(adjective.english, "JJ", "N/N", "GPO" if proper else "IST")
        leaf.ner = "MISC" if proper else "O"
        self.arcs.append((head, leaf, "ARG1"))
        if intensifier is None:
            return leaf
        adverb = Leaf(intensifier[0], "RB", "(N/N)/(N/N)", "INT")
        self.arcs.append((leaf, adverb, "ARG1"))
        return Node("ADJP", [(adverb, "advmod"), (leaf, None)])

    def _determiner(self, phrase: Phrase) -> tuple[Tree | None, str]:
        det = phrase.det
        if det in ("bare", "number", "bare the"):
            return None, ""
        if det == "poss":
            possessor = phrase.possessor
            assert possessor is not None
            if possessor.pronoun:
                row = self._reference(possessor)
                leaf = Leaf(_POSSESSIVE[row], "PRP$", "NP[nb]/N", "HAS")
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

    def _name(self, phrase: Phrase) -> Node:
        name = phrase.name
        assert name is not None
        tag = {"person": "PER", "city": "GPE", "country": "GPE", "organisation": "ORG"}[name.kind]
        ner = {"person": "PER", "city": "LOC", "country": "LOC", "organisation": "ORG"}[name.kind]
        leaves = []
        for i, word in enumerate(name.english):
            title = word in ("Mr", "Mrs", "Dr", "Professor") and i == 0
            last = i == len(name.english) - 1
            leaf = Leaf(word, "NNP", "N" if last else "N/N", "ROL" if title else tag)
            leaf.ner = "O" if title else ner
            leaves.append(leaf)
        for leaf in leaves[:-1]:
            self.arcs.append((leaf, leaves[-1], "compound"))
        return Node("NP", [(leaf, "compound") for leaf in leaves[:-1]] + [(leaves[-1], None)])

    def _coordination(self, phrase: Phrase, subject: bool) -> Node:
        parts = [self.noun_phrase(part, subject) for part in phrase.parts]
        self.conjuncts.append(list(parts))
        kids: Kids = []
        for i, part in enumerate(parts):
            if i:
                kids.append((Leaf("and", "CC", "conj", "AND"), "cc"))
                self.arcs.append((part.lexical_head, parts[i - 1].lexical_head, "_and_c"))
            kids.append((part, "conj" if i else None))
        node = Node("NP", kids)
        self._refer(phrase, node)
        return node

    def prepositional(self, adjunct: Adjunct, head: Leaf, category: str) -> Node:
        """PP modifying or completing `head`; `category` is what the whole PP is in CCG."""
        inner = self.noun_phrase(adjunct.phrase)
        first, *rest = leaves = [
            Leaf(word, "TO" if word == "to" else "IN", f"{category}/NP", "REL")
            for word in adjunct.english
        ]
        if rest:  # because of, next to, in front of
            leaves[-1].ccg = "PP/NP"
            first.ccg = f"{category}/PP" if len(leaves) == 2 else f"{category}/NP"
            first.pos = {"because": "RB", "next": "JJ"}.get(first.form, "IN")
        if len(leaves) == 3:
            leaves[1].pos, leaves[1].ccg = "NN", "N/PP"
        first.supersense = (adjunct.role, adjunct.function)
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
        core = self.clause(clause, CERTAIN, skip=clause.gap, filler=head)
        if clause.gap == "subject":
            wh, label = Node("WHNP", [(_wh("who", "that", human), None)]), subject_label(clause)
        elif clause.gap == "possessor":
            wh, label = self._whose(clause, head, core), subject_label(clause)
        elif clause.gap == "obj":
            pronoun = _wh("whom", "that", human, "(NP\\NP)/(S[dcl]/NP)")
            wh, label = Node("WHNP", [(pronoun, None)]), "dobj"
        else:
            assert clause.verb is not None and clause.verb.preposition is not None
            word = clause.verb.preposition[0]
            prep = Leaf(word, "TO" if word == "to" else "IN", "PP/NP", "REL")
            prep.supersense = governed(clause.verb.english, word)
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


def subject_label(clause: Clause) -> str:
    """UD relation of the clause's subject."""
    return "nsubjpass" if clause.passive else "nsubj"
