"""English surface of a sentence, with the gold annotation of every token."""

from ticketscope.corpus.grammar.english.adverbials import SUBORDINATORS
from ticketscope.corpus.grammar.english.labels import CERTAIN, subordinate_context
from ticketscope.corpus.grammar.english.phrases import subject_label
from ticketscope.corpus.grammar.english.predicates import VerbPhrases
from ticketscope.corpus.grammar.english.tree import Kids, Leaf, Node, punctuation
from ticketscope.corpus.grammar.spec import Clause, Sentence


class English(VerbPhrases):
    """Builds the clauses of one line."""

    def clause(
        self, clause: Clause, context: float, *, gap: str | None = None, filler: Leaf | None = None
    ) -> Node:
        """S over fronted constituents, the subject and the verb phrase.

        `context` is the factuality of what embeds the clause. In a relative clause `filler` is
        the head noun, which stands for the argument `gap`.
        """
        kids = Kids()
        subject = filler if gap == "subject" else None
        if gap not in ("subject", "possessor"):
            node = self.noun_phrase(clause.grammatical_subject, nominative=True)
            kids.append((node, subject_label(clause)))
            subject = node.lexical_head
        phrase, main = self.verb_phrase(clause, context, subject, gap=gap, filler=filler)
        if clause.shared is not None:
            shared, _ = self.verb_phrase(clause.shared, context, subject)
            phrase = self.coordinate("VP", [phrase, shared])
        return Node("S", [*self._front(clause, main), *kids, (phrase, None)])

    def _front(self, clause: Clause, main: Leaf) -> Kids:
        if clause.fronted == "time" and clause.time is not None:
            return [self.time(clause.time, main, "S/S")]
        if clause.fronted_place is not None:
            return [(self.prepositional(clause.fronted_place, main, "(S/S)"), "nmod")]
        if clause.fronted == "stance" and clause.stance is not None:
            return [(self.adverb(clause.stance, "S/S", main), "advmod")]
        if clause.fronted == "sub":
            sub = self.subordinate(clause, main, "(S/S)/S[dcl]")
            return [(sub, "advcl"), (punctuation(","), "punct")]
        return []

    def subordinate(self, clause: Clause, main: Leaf, category: str) -> Node:
        """The adverbial clause of `clause`, whose predicate is `main`."""
        assert clause.sub is not None
        subordinator, sub = clause.sub
        core = self.clause(sub, subordinate_context(subordinator))
        pos, tag = SUBORDINATORS[subordinator]
        word = Leaf(subordinator, pos, category, tag)
        self.arcs.append((main, word, "ARG1"))
        self.arcs.append((core.lexical_head, word, "ARG2"))
        if pos == "WRB":
            return Node("SBAR", [(Node("WHADVP", [(word, None)]), "advmod"), (core, None)])
        return Node("SBAR", [(word, "mark"), (core, None)])


def realise(sentence: Sentence) -> tuple[list[Node], English]:
    """One tree per English sentence of the line, and the builder with what no leaf holds."""
    builder = English()
    trees = [builder.clause(clause, CERTAIN) for clause in sentence.clauses]
    if sentence.joint is not None:
        trees = [builder.coordinate("S", trees, sentence.joint, comma=True)]
    for tree, clause in zip(trees, sentence.clauses, strict=False):
        tree.kids.append((punctuation(clause.mark), "punct"))
    return trees, builder
