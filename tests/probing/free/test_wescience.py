"""WeScience: words, graphs, arcs.

GOLD is what the SDP 2015 release has for two sentences that Liu et al. (2019) show, as numbers of
words; the graphs are written down here with letters for words.
"""

import gzip

import pytest

from ticketscope.errors import InputError
from ticketscope.probing.free import wescience
from ticketscope.probing.free.bilexical import Node, arcs_between

GOLD_1 = {
    (1, 0): "compound", (1, 5): "ARG1", (1, 8): "ARG1", (4, 3): "ARG1", (5, 4): "measure",
    (8, 11): "ARG1", (8, 16): "loc", (10, 8): "ARG2", (10, 9): "BV", (14, 11): "ARG2",
    (14, 12): "BV", (14, 13): "ARG1", (16, 15): "of",
}  # fmt: skip
GRAPH_1 = """
    q1 proper_q 0 18 BV=n1 | n1 named 1 2 | n0 named 0 1 | q0 proper_q 0 1 BV=n0
    c compound 0 2 ARG1=n1 ARG2=n0 | card card 3 4 ARG1=year | year _x_n_1 4 5
    q4 udef_q 3 5 BV=year
    old _x_a_1 5 6 ARG1=n1 | m measure 3 6 ARG1=old ARG2=year | join _x_v_1 8 9 ARG1=n1 ARG2=board
    the _the_q 9 10 BV=board | board _x_n_of 10 11 | as _as_p 11 12 ARG1=join ARG2=dir
    a _a_q 12 13 BV=dir | non _x_a_1 13 14 ARG1=dir | dir _x_n_of 14 15 | month mofy 15 16
    q15 def_explicit_q 15 16 BV=month | day dofm 16 17 | q16 def_explicit_q 15 17 BV=day
    of of_p 15 17 ARG1=day ARG2=month | loc loc_nonsp 15 17 ARG1=join ARG2=day
"""
GOLD_2 = {
    (1, 0): "compound", (1, 2): "ARG1", (3, 2): "ARG2", (3, 4): "ARG1", (5, 4): "ARG2",
    (5, 6): "compound", (5, 11): "appos", (11, 8): "BV", (11, 9): "ARG1", (11, 10): "compound",
}  # fmt: skip
GRAPH_2 = """
    q1 proper_q 0 2 BV=v | v named 1 2 | mr _x_n_1 0 1 | q0 udef_q 0 1 BV=mr
    c0 compound 0 2 ARG1=v ARG2=mr | is _be_v_id 2 3 ARG1=v ARG2=ch | ch _x_n_of 3 4
    q3 udef_q 3 12 BV=ch | of _of_p 4 5 ARG1=ch ARG2=e | e named 5 6 | nv _x_n_1 6 7
    q5 proper_q 5 12 BV=e | c1 compound 5 7 ARG1=e ARG2=nv | q6 udef_q 6 7 BV=nv
    the _the_q 8 9 BV=g | d _x_a_1 9 10 ARG1=g | p _x_v_1 10 11 | no nominalization 10 11 ARG1=p
    q10 udef_q 10 11 BV=no | c2 compound 10 12 ARG1=g ARG2=no | g _x_n_of 11 12
    ap appos 5 12 ARG1=e ARG2=g
"""


def graph(text: str) -> list[Node]:
    nodes = []
    for piece in text.replace("\n", "|").split("|"):
        if piece.strip():
            name, predicate, first, after, *edges = piece.split()
            roles = dict(edge.split("=") for edge in edges)
            nodes.append(Node(name, predicate, int(first), int(after), roles))
    return nodes


def arcs(text: str, size: int) -> dict:
    """Arcs of a graph whose words are the letters at 0, 1, 2 …."""
    return arcs_between(graph(text), [(i, i + 1) for i in range(size)], ["a"] * size)


@pytest.mark.parametrize(("text", "gold", "size"), [(GRAPH_1, GOLD_1, 18), (GRAPH_2, GOLD_2, 13)])
def test_gold_arcs_of_two_published_sentences(text, gold, size):
    assert arcs(text, size) == gold


def test_coordinations_wrappers_and_words_of_several_tokens():
    text = """a _x_n_1 0 1 | b _x_n_1 1 2 | c _x_n_1 2 3 | and _and_c 1 3 ARG1=b ARG2=c
        i implicit_conj 0 3 ARG1=a ARG2=and | v _as+well+as_v 3 6 ARG1=i ARG2=u
        u unknown 6 7 ARG=w | w _x_a 6 7 | not neg 7 8 ARG1=v"""
    assert arcs(text, 8) == {
        (0, 3): "ARG1", (1, 0): "conj", (2, 1): "_and_c", (3, 7): "neg", (4, 3): "mwe",
        (5, 4): "mwe", (6, 3): "ARG2",
    }  # fmt: skip


def test_a_foreign_word_bears_the_arcs_of_its_wrapper_without_a_place():
    text = """t _the_q 0 1 BV=f | f fw_seq -1 -1 ARG1=w | w quoted 1 2 | in _in_p 2 3 ARG1=v ARG2=f
        v _v_v 3 4 | two fw_seq 4 6 ARG1=g ARG2=h | g quoted 4 5 | h quoted 5 6
        see _see_v 6 7 ARG2=two"""
    assert arcs(text, 7) == {
        (1, 0): "BV", (1, 2): "ARG2", (3, 2): "ARG1", (4, 5): "fw", (4, 6): "ARG2",
    }  # fmt: skip


def test_punctuation_bears_no_arc_beside_a_word_and_circles_end():
    nodes = graph(
        "x _x_n_1 0 2 | y _y_a_1 2 3 ARG1=x | z nominalization 0 3 ARG1=z | w _w_v 2 3 ARG1=z"
    )
    assert arcs_between(nodes, [(0, 1), (1, 2), (2, 3)], ["(", "a", "b"]) == {(1, 2): "ARG1"}


def test_words_of_the_parsers_input_without_layout_marks():
    text = (
        '(1, 0, 1, <2:5>, 1, "⌊/The", 0, "null", "DT" 1.0) '
        '(2, 1, 2, <6:9>, 1, "so called", 0, "null") (3, 2, 3, <9:10>, 1, "⌋", 0, "null") '
        '(4, 3, 4, <10:14>, 1, "⌊/dog/⌋", 0, "null") (5, 4, 5, <14:15>, 1, "\\"", 0, "null")'
    )
    places, forms = wescience.words(text)
    assert forms == ("The", "socalled", "dog", '"')
    assert places == [(2, 5), (6, 9), (10, 14), (14, 15)]


MRS = (
    "[ TOP: h0 INDEX: e2 [ e SF: prop ] RELS: < "
    "[ _the_q<0:3> LBL: h4 ARG0: x3 RSTR: h5 BODY: h6 ] [ _dog_n_1<4:7> LBL: h7 ARG0: x3 ] "
    "[ _see_v_1<8:12> LBL: h1 ARG0: e2 ARG1: x3 ARG2: x8 ] "
    "[ udef_q<13:17> LBL: h9 ARG0: x8 RSTR: h10 BODY: h11 ] [ _cat_n_1<13:17> LBL: h12 ARG0: x8 ] "
    "> HCONS: < h0 qeq h1 h5 qeq h7 h10 qeq h12 > ]"
)


def profile(item: str, mrs: str) -> dict[str, bytes]:
    words = [(0, 3, "The"), (4, 7, "dog"), (8, 12, "sees"), (13, 17, "cats")]
    tokens = " ".join(
        f'({i}, {i}, {i + 1}, <{a}:{b}>, 1, "{form}", 0, "null")'
        for i, (a, b, form) in enumerate(words)
    )
    parse = f"{item}@1@{item}@4@{tokens}@4@@1\n"
    result = f"{item}" + "@-1" * 12 + f"@{mrs}@\n"
    return {"parse.gz": gzip.compress(parse.encode()), "result.gz": gzip.compress(result.encode())}


def test_profiles_become_instances():
    pytest.importorskip("delphin")
    members = {
        f"{name}/{member}": data
        for name, mrs in (("ws201", MRS), ("ws212", MRS), ("ws213", MRS), ("ws214", "[ TOP: ]"))
        for member, data in profile("10", mrs).items()
    }
    left_out: dict[str, str] = {}
    sentences = list(wescience.sentences(members, left_out))
    assert [(sentence.name, sentence.split) for sentence in sentences] == [
        ("ws201/10", "train"), ("ws212/10", "dev"), ("ws213/10", "test"),
    ]  # fmt: skip
    assert left_out == {"ws214/10": "PyDelphin cannot read it"}
    first, *_ = wescience.relations(sentences)
    assert first.tokens == ("The", "dog", "sees", "cats")
    assert dict(zip(first.pairs, first.labels, strict=True)) == {
        (1, 0): "BV", (1, 2): "ARG1", (3, 2): "ARG2",
    }  # fmt: skip
    pairs, *_ = wescience.arcs(sentences)
    assert pairs.labels == ("1", "0") * 3 and pairs.pairs[::2] == first.pairs


def test_damaged_profiles_are_named():
    members = {f"ws201/{name}": data for name, data in profile("10", MRS).items()}
    with pytest.raises(InputError, match=r"WeScience: no ws201/result\.gz"):
        list(wescience.sentences({"ws201/parse.gz": members["ws201/parse.gz"]}, {}))
    with pytest.raises(InputError, match=r"ws201/result\.gz is damaged"):
        list(wescience.sentences(members | {"ws201/result.gz": b"no gzip"}, {}))
    with pytest.raises(InputError, match=r"ws201/result\.gz, line 1: 2 fields"):
        list(wescience.sentences(members | {"ws201/result.gz": gzip.compress(b"10@1\n")}, {}))
