"""Base chunks read off the constituents, after the CoNLL-2000 shared task's definitions."""

from ticketscope.corpus.grammar.english.tree import Leaf, Node, Tree

# Constituents that are one chunk, and those whose words are one chunk beside their constituents.
_ONE_CHUNK = {"PRT": "PRT", "WHADVP": "ADVP", "CONJP": "PP"}
_WORDS_CHUNK = {"PP": "PP", "WHPP": "PP", "SBAR": "SBAR", "ADJP": "ADJP", "ADVP": "ADVP"}


def chunks(trees: list[Node]) -> tuple[str, ...]:
    """BIO tag of every token: NP, VP, PP, ADVP, ADJP, SBAR, PRT; O for punctuation and CC.

    A base noun phrase ends at its head; a possessive 's opens the next one; a verb group takes in
    its auxiliaries, negation, inner adverbs and an infinitive that follows at once.
    """
    tags: list[str] = []
    for tree in trees:
        _visit(tree, tags)
    return tuple(tags)


def _mark(leaves: list[Leaf], kind: str, tags: list[str], inside: bool = False) -> None:
    for i, _ in enumerate(leaves):
        tags.append(("I-" if i or inside else "B-") + kind)


def _visit(node: Tree, tags: list[str]) -> None:
    if isinstance(node, Leaf):
        tags.append("O")
        return
    if node.label in ("NP", "WHNP") and not _nested(node):
        _noun_group(node, tags)
    elif node.label == "VP":
        _verb_group(node, tags)
    elif node.label in _ONE_CHUNK:
        _mark(node.leaves, _ONE_CHUNK[node.label], tags)
    else:
        kind, inside = _WORDS_CHUNK.get(node.label, ""), False
        for kid, _ in node.kids:
            if isinstance(kid, Leaf) and kind:
                _mark([kid], kind, tags, inside)
                inside = True
            else:
                _visit(kid, tags)


def _nested(node: Node) -> bool:
    """Whether the phrase's head is itself a noun phrase: modified or coordinated."""
    return any(isinstance(kid, Node) and relation is None for kid, relation in node.kids)


def _noun_group(node: Node, tags: list[str]) -> None:
    """From the left edge to the head; the possessor before 's is a separate chunk."""
    first = node.kids[0][0]
    if isinstance(first, Node) and first.label == "NP":
        clitic = first.kids[-1][0]
        _noun_group(Node("NP", first.kids[:-1]), tags)
        rest = [leaf for kid, _ in node.kids[1:] for leaf in kid.leaves]
        _mark([*clitic.leaves, *rest], "NP", tags)
    else:
        _mark(node.leaves, "NP", tags)


def _verb_group(node: Node, tags: list[str]) -> None:
    """The verb with what precedes it, then its complements; a coordination goes part by part."""
    kids = [kid for kid, _ in node.kids]
    verbal = [isinstance(kid, Leaf) and kid.pos[0] in "VMT" for kid in kids]
    if True not in verbal:
        for kid in kids:
            _visit(kid, tags)
        return
    start = verbal.index(True)
    for kid in kids[:start]:
        _visit(kid, tags)
    inside = bool(tags) and tags[-1].endswith("-VP")
    _mark(kids[start].leaves, "VP", tags, inside)
    rest = kids[start + 1 :]
    # Negation belongs to the group, as do adverbs that a verb follows.
    before_verb = any(isinstance(kid, Node) and kid.label == "VP" for kid in rest)
    for kid in rest:
        before_verb = before_verb and not (isinstance(kid, Node) and kid.label == "VP")
        if before_verb or (isinstance(kid, Leaf) and kid.pos == "RB"):
            _mark(kid.leaves, "VP", tags, inside=True)
        else:
            _visit(kid, tags)
