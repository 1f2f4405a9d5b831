"""English surface of a sentence, with the gold annotation of every token."""

from ticketscope.corpus.grammar.english_phrases import subject_label
from ticketscope.corpus.grammar.english_predicates import VerbPhrases
from ticketscope.corpus.grammar.labels import CERTAIN, factuality
from ticketscope.corpus.grammar.spec import Clause, Sentence
from ticketscope.corpus.grammar.tree import Kids, Leaf, Node


class English(VerbPhrases):
    """Builds the clauses of one line."""

    def clause(
        self, clause: Clause, context: float, *, skip: str | None = None, filler: Leaf | None = None
    ) -> Node:
        """S over what is fronted, the subject and the verb phrase.

        `context` is the factuality of whatever embeds the clause. In a relative clause `filler` is
        the head noun, which stands for the argument `skip`.
        """
        value = factuality(clause, context)
        told = clause.obj if clause.passive else clause.subject
        assert told is not None
        kids = Kids()
        who = filler if skip == "subject" else None
        if skip not in ("subject", "possessor"):
            node = self.noun_phrase(told, subject=True)
            kids.append((node, subject_label(clause)))
            who = node.lexical_head
        phrase, main = self.verb_phrase(clause, value, who, skip=skip, filler=filler)
        main.factuality = value
        if who is not None:
            self.arcs.append((who, main, "ARG2" if clause.passive else "ARG1"))
        if clause.shared is not None:
            phrase = self._coordinated(phrase, main, clause.shared, context, who)
        return Node("S", [*self._front(clause, main), *kids, (phrase, None)])

    def infinitive(self, clause: Clause, context: float, controller: Leaf | None) -> Node:
        """S over `to` and a verb phrase; `controller` is the understood subject."""
        value = factuality(clause, context)
        phrase, main = self.verb_phrase(clause, value, controller, infinitive=True)
        main.factuality = value
        if controller is not None:
            self.arcs.append((controller, main, "ARG1"))
        return Node("S", [(phrase, None)])

    def _front(self, clause: Clause, main: Leaf) -> Kids:
        if clause.fronted == "time" and clause.time is not None:
            return [self.time(clause.time, main, "S/S")]
        if clause.fronted == "place":
            place = next(adjunct for adjunct in clause.adjuncts if adjunct.kind == "place")
            return [(self.prepositional(place, main, "(S/S)"), "nmod")]
        if clause.fronted == "stance" and clause.stance is not None:
            return [(self.adverb(clause.stance[0], "S/S", main), "advmod")]
        if clause.fronted == "sub":
            comma = Leaf(",", ",", ",", "NIL")
            return [(self.subordinate(clause, main, "(S/S)/S[dcl]"), "advcl"), (comma, "punct")]
        return []

    def _coordinated(
        self, first: Node, main: Leaf, other: Clause, context: float, who: Leaf | None
    ) -> Node:
        """Two verb phrases with one subject."""
        value = factuality(other, context)
        second, verb = self.verb_phrase(other, value, who)
        verb.factuality = value
        if who is not None:
            self.arcs.append((who, verb, "ARG1"))
        self.arcs.append((verb, main, "_and_c"))
        self.conjuncts.append([first, second])
        conjunction = Leaf("and", "CC", "conj", "AND")
        return Node("VP", [(first, None), (conjunction, "cc"), (second, "conj")])

    def subordinate(self, clause: Clause, main: Leaf, category: str) -> Node:
        """The adverbial clause of `clause`, whose predicate is `main`."""
        assert clause.sub is not None
        conjunction, sub = clause.sub
        core = self.clause(sub, CERTAIN * conjunction.clause_factor)
        word = Leaf(conjunction.english, conjunction.pos, category, conjunction.tag)
        self.arcs.append((main, word, "ARG1"))
        self.arcs.append((core.lexical_head, word, "ARG2"))
        if conjunction.pos == "WRB":
            return Node("SBAR", [(Node("WHADVP", [(word, None)]), "advmod"), (core, None)])
        return Node("SBAR", [(word, "mark"), (core, None)])


def realise(sentence: Sentence) -> tuple[list[Node], English]:
    """One tree per English sentence of the line, and what is not on the tokens."""
    builder = English()
    trees = []
    if sentence.joint is None:
        for clause in sentence.clauses:
            node = builder.clause(clause, CERTAIN)
            node.kids.append((Leaf(".", ".", ".", "NIL"), "punct"))
            trees.append(node)
        return trees, builder
    parts = [builder.clause(clause, CERTAIN) for clause in sentence.clauses]
    word = sentence.joint[0]
    builder.conjuncts.append(list(parts))
    kids: Kids = [(parts[0], None)]
    for part in parts[1:]:
        conjunction = Leaf(word, "CC", "conj", "BUT" if word == "but" else "AND")
        comma = Leaf(",", ",", ",", "NIL")
        kids += [(comma, "punct"), (conjunction, "cc"), (part, "conj")]
        builder.arcs.append((part.lexical_head, parts[0].lexical_head, f"_{word}_c"))
    kids.append((Leaf(".", ".", ".", "NIL"), "punct"))
    return [Node("S", kids)], builder
