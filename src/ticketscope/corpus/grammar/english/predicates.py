"""English verb phrases: complements, adjuncts and auxiliaries around the predicate."""

from abc import abstractmethod

from ticketscope.corpus.grammar.english.adverbials import time_words
from ticketscope.corpus.grammar.english.labels import complement_context, factuality
from ticketscope.corpus.grammar.english.phrases import Phrases, governed_preposition
from ticketscope.corpus.grammar.english.tree import Kids, Leaf, Node, Tree
from ticketscope.corpus.grammar.english.verbs import verb_chain
from ticketscope.corpus.grammar.lexicon import Verb
from ticketscope.corpus.grammar.spec import Clause, Phrase, Time

_MODIFIER = "(S\\NP)\\(S\\NP)"
_BEFORE_VERB = "(S\\NP)/(S\\NP)"
_ADJECTIVE = "S[adj]\\NP"
# Second words that are no particles in PTB: tag, CCG argument and category, node, relation.
_FIXED = {
    "to": ("TO", "PR", "PR", "PRT", "compound:prt"),
    "asleep": ("JJ", "(S[adj]\\NP)", "S[adj]\\NP", "ADJP", "xcomp"),
    "place": ("NN", "NP", "N", "NP", "dobj"),
}


class VerbPhrases(Phrases):
    """Adds verb phrases to `Phrases`."""

    @abstractmethod
    def subordinate(self, clause: Clause, main: Leaf, category: str) -> Node:
        """The adverbial clause; built by the subclass."""

    def verb_phrase(
        self,
        clause: Clause,
        context: float,
        subject: Leaf | None,
        *,
        gap: str | None = None,
        filler: Leaf | None = None,
        infinitive: bool = False,
    ) -> tuple[Node, Leaf]:
        """Verb phrase with its auxiliaries, and the predicate's leaf.

        `context` is the factuality of what embeds the clause, `subject` the head noun of its
        subject; `filler` stands for `gap`.
        """
        value = factuality(clause, context)
        chain, main, feature = verb_chain(clause, infinitive)
        predicate, light, heavy = main, Kids(), Kids()
        if clause.verb is None:
            node, predicate = self._predicate(clause)
            light.append((node, None))
            wants = ["NP" if isinstance(clause.predicate, Phrase) else "(S[adj]\\NP)"]
        else:
            wants = self._gap_arc(main, gap, filler)
            light, more = self._complements(clause, main, gap)
            heavy, last = self._clausal(clause, main, value, light, subject)
            wants += more + last
        main.ccg = f"S[{feature}]\\NP"
        for want in reversed(wants):  # the complement next to the verb is the outermost argument
            main.ccg = f"({main.ccg})/{want}"
        light += self._adjuncts(clause, predicate)
        if clause.sub is not None and clause.fronted != "sub":
            sub = self.subordinate(clause, predicate, f"({_MODIFIER})/S[dcl]")
            heavy.append((sub, "advcl"))
        node = Node("VP", [(main, None if clause.verb else "cop"), *light, *heavy])
        predicate.factuality = value
        if subject is not None:
            self.arcs.append((subject, predicate, "ARG2" if clause.passive else "ARG1"))
        return self._wrap(clause, node, feature, chain, predicate, infinitive), predicate

    def _adjuncts(self, clause: Clause, predicate: Leaf) -> Kids:
        kids = Kids()
        if clause.manner is not None:
            kids.append((self.adverb(clause.manner, _MODIFIER, predicate), "advmod"))
        for adjunct in clause.adjuncts:
            if not adjunct.place or clause.fronted != "place":
                kids.append((self.prepositional(adjunct, predicate, f"({_MODIFIER})"), "nmod"))
        if clause.time is not None and clause.fronted != "time":
            kids.append(self.time(clause.time, predicate, _MODIFIER))
        return kids

    def _gap_arc(self, main: Leaf, gap: str | None, filler: Leaf | None) -> list[str]:
        if filler is None or gap not in ("obj", "prep_obj"):
            return []
        self.arcs.append((filler, main, "ARG2"))
        return ["NP" if gap == "obj" else "PP"]

    def _complements(self, clause: Clause, main: Leaf, gap: str | None) -> tuple[Kids, list[str]]:
        """Nominal and prepositional complements, and the CCG arguments they are."""
        verb = clause.verb
        assert verb is not None
        kids, wants = Kids(), []
        if verb.particle:
            kids.append(_particle(verb))
            wants.append(_FIXED[verb.particle][1] if verb.particle in _FIXED else "PR")
        if clause.iobj is not None and not clause.recipient_last:
            kids.append((self._argument(clause.iobj, main, "ARG3"), "iobj"))
            wants.append("NP")
        if clause.obj is not None and not clause.passive and gap != "obj":
            # pick it up, but pick up the book; listen to it
            at = 0 if clause.obj.pronoun and verb.particle != "to" else len(kids)
            kids.insert(at, (self._argument(clause.obj, main, "ARG2"), "dobj"))
            wants.insert(at, "NP")
        if clause.iobj is not None and clause.recipient_last:
            to = Leaf("to", "TO", "PP/NP", "REL", supersense=("p.Recipient", "p.Goal"))
            kids.append(_case(to, self._argument(clause.iobj, main, "ARG3")))
            wants.append("PP")
        if clause.passive and clause.agent:
            by = Leaf("by", "IN", f"({_MODIFIER})/NP", "REL", supersense=("p.Agent", "p.Agent"))
            kids.append(_case(by, self._argument(clause.subject, main, "ARG1")))
        if clause.prep_obj is not None and gap != "prep_obj":
            label = "ARG3" if clause.obj is not None else "ARG2"
            argument = self._argument(clause.prep_obj, main, label)
            kids.append(_case(governed_preposition(verb), argument))
            wants.append("PP")
        if clause.place is not None:
            kids.append((self.prepositional(clause.place, main, "PP"), "nmod"))
            wants.append("PP")
        return kids, wants

    def _argument(self, phrase: Phrase, main: Leaf, label: str) -> Node:
        node = self.noun_phrase(phrase)
        self.arcs.append((node.lexical_head, main, label))
        return node

    def _clausal(
        self, clause: Clause, main: Leaf, value: float, before: Kids, subject: Leaf | None
    ) -> tuple[Kids, list[str]]:
        """That-clause or infinitive; the object, if there is one, controls the infinitive."""
        if clause.complement is None:
            return [], []
        assert clause.verb is not None
        context = complement_context(clause.verb.factuality, value)
        objects = [kid.lexical_head for kid, relation in before if relation == "dobj"]
        if clause.that_clause is not None:
            core = self.clause(clause.that_clause, context)
            that = Leaf("that", "IN", "S[em]/S[dcl]", "SUB")
            kid, relation, want = Node("SBAR", [(that, "mark"), (core, None)]), "ccomp", "S[em]"
        else:
            controller = objects[0] if objects else subject
            phrase, _ = self.verb_phrase(clause.complement, context, controller, infinitive=True)
            kid = core = Node("S", [(phrase, None)])
            relation, want = "xcomp", "(S[to]\\NP)"
        self.arcs.append((core.lexical_head, main, "ARG3" if objects else "ARG2"))
        return [(kid, relation)], [want]

    def _predicate(self, clause: Clause) -> tuple[Tree, Leaf]:
        """The copula's complement and its head."""
        predicate = clause.predicate
        assert predicate is not None
        if isinstance(predicate, Phrase):
            node = self.noun_phrase(predicate)
            return node, node.lexical_head
        if clause.compared is not None:
            return self._comparison(predicate.comparative, clause.compared)
        leaf = Leaf(predicate.english, "JJ", _ADJECTIVE, "IST")
        if predicate.english[0].isupper():
            leaf.sem, leaf.ner = "GPO", "MISC"
        kids: Kids = [(leaf, None)]
        if clause.intensifier is not None:
            adverb = Leaf(clause.intensifier, "RB", f"({_ADJECTIVE})/({_ADJECTIVE})", "INT")
            self.arcs.append((leaf, adverb, "ARG1"))
            kids.insert(0, (adverb, "advmod"))
        return Node("ADJP", kids), leaf

    def _comparison(self, comparative: tuple[str, ...], other: Phrase) -> tuple[Node, Leaf]:
        """older than, more expensive than"""
        words = [
            Leaf(word, "RBR", f"({_ADJECTIVE})/({_ADJECTIVE})", "MOR") for word in comparative[:-1]
        ]
        pos, tag = ("JJ", "IST") if words else ("JJR", "MOR")
        head = Leaf(comparative[-1], pos, f"({_ADJECTIVE})/PP", tag)
        sense = ("p.ComparisonRef", "p.ComparisonRef")
        than = Leaf("than", "IN", "PP/NP", "REL", supersense=sense)
        inner = self.noun_phrase(other)
        self.arcs += [(head, word, "ARG1") for word in words]
        self.arcs.append((inner.lexical_head, head, "ARG2"))
        kids: Kids = [(word, "advmod") for word in words]
        return Node("ADJP", [*kids, (head, None), _case(than, inner)]), head

    def adverb(self, word: str, category: str, main: Leaf) -> Node:
        """An adverb that modifies `main`."""
        leaf = Leaf(word, "RB", category, "NOT" if word == "never" else "IST")
        self.arcs.append((main, leaf, "neg" if word == "never" else "ARG1"))
        return Node("ADVP", [(leaf, None)])

    def time(self, time: Time, main: Leaf, category: str) -> tuple[Node, str]:
        """The time expression and its relation to the predicate."""
        words, label = time_words(time)
        leaves = [Leaf(word, pos, "N/N", tag) for word, pos, tag in words]
        first, last = leaves[0], leaves[-1]
        last.ccg = "N"
        if label == "PP":
            first.ccg = f"({category})/NP"
            first.supersense = ("p.Duration",) * 2 if time.pattern == "for" else ("p.Time",) * 2
            self.arcs += [(main, first, "ARG1"), (last, first, "ARG2")]
            inner = Node("NP", self._flat(leaves[1:]))
            return Node("PP", [(first, "case"), (inner, None)]), "nmod"
        if label == "ADVP":  # ago
            last.ccg = f"({category})\\NP"
            last.supersense = ("p.Time", "p.Time")
            self.arcs += [(main, last, "ARG1"), (leaves[-2], last, "ARG2")]
            leaves[-2].ccg = "N"
            inner = Node("NP", self._flat(leaves[:-1]))
            return Node("ADVP", [(inner, "nmod:npmod"), (last, None)]), "advmod"
        if len(leaves) == 1:
            last.ccg = category
        self.arcs.append((last, main, "loc"))
        return Node("NP", self._flat(leaves)), "nmod:tmod"

    def _flat(self, leaves: list[Leaf]) -> Kids:
        head = leaves[-1]
        kids: Kids = []
        for leaf in leaves[:-1]:
            relation = {"DT": "det", "CD": "nummod", "JJ": "amod"}.get(leaf.pos, "compound")
            if leaf.pos == "DT":
                leaf.ccg = "NP[nb]/N"
                self.arcs.append((head, leaf, "BV"))
            else:
                self.arcs.append((head, leaf, "ARG1"))
            kids.append((leaf, relation))
        return [*kids, (head, None)]

    def _wrap(
        self,
        clause: Clause,
        node: Node,
        feature: str,
        chain: list[Leaf],
        predicate: Leaf,
        infinitive: bool,
    ) -> Node:
        """Put auxiliaries, negation and middle adverbs around the verb phrase, inside out."""
        middle = self._middle(clause, predicate)
        if not chain:
            at = 1 if clause.verb is None else 0  # is often tired, but often reads
            node.kids[at:at] = middle
            return node
        for position in reversed(range(len(chain))):
            leaf = chain[position]
            outer = {"TO": "to", "VB": "b", "VBN": "pt", "VBG": "ng"}.get(leaf.pos, "dcl")
            leaf.ccg = f"(S[{outer}]\\NP)/(S[{feature}]\\NP)"
            feature = outer
            relation = "aux"
            if leaf.lemma == "be" and clause.passive and position == len(chain) - 1:
                relation = "auxpass"
            if leaf.pos == "TO" and infinitive:
                relation = "mark"
            adverbs = middle if position == 0 else []
            node = Node("VP", [(leaf, relation), *adverbs, (node, None)])
        return node

    def _middle(self, clause: Clause, predicate: Leaf) -> Kids:
        middle = Kids()
        if clause.stance is not None and clause.fronted != "stance":
            middle.append((self.adverb(clause.stance, _BEFORE_VERB, predicate), "advmod"))
        if clause.negated:
            leaf = Leaf("not", "RB", _MODIFIER, "NOT")
            self.arcs.append((leaf, predicate, "neg"))
            middle.append((leaf, "neg"))
        if clause.frequency is not None:
            middle.append((self.adverb(clause.frequency, _BEFORE_VERB, predicate), "advmod"))
        return middle


def _case(prep: Leaf, inner: Node) -> tuple[Node, str]:
    return Node("PP", [(prep, "case"), (inner, None)]), "nmod"


def _particle(verb: Verb) -> tuple[Node, str]:
    word = str(verb.particle)
    pos, _, category, label, relation = _FIXED.get(word, ("RP", "", "PR", "PRT", "compound:prt"))
    return Node(label, [(Leaf(word, pos, category, "NIL"), None)]), relation
