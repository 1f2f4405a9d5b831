"""PropBank's skeletons: joining, ancestors, conjuncts. All sentences are made up."""

import pytest

from ticketscope.errors import InputError
from ticketscope.probing.free import conjuncts, skeletons

CELLS = {  # tags and pieces of trees, as skeleton files have them
    "She eats bread and butter .": [
        ("PRP", "(TOP(S(NP*)"), ("VBZ", "(VP*"), ("NN", "(NP*"), ("CC", "*"), ("NN", "*))"),
        (".", "*))"),
    ],
    "Yes ; it rains": [("UH", "(TOP(INTJ*)"), (":", "*"), ("PRP", "(S(NP*)"), ("VBZ", "(VP*)))")],
}  # fmt: skip


def skeleton_file(*sentences: list[tuple[str, str]]) -> bytes:
    blocks = []
    for number, cells in enumerate(sentences):
        rows = [
            f"google/ewt/answers/00/doc.xml {number} {i} [WORD] {tag} {cell} - - *"
            for i, (tag, cell) in enumerate(cells)
        ]
        blocks.append("\n".join(rows))
    return ("\n\n".join(blocks) + "\n\n").encode()


def read(*sentences: list[tuple[str, str]]) -> list[skeletons.Skeleton]:
    files = {"answers/00/doc.xml.gold_skel": skeleton_file(*sentences)}
    return list(skeletons.read_skeletons(files))


def conllu(path, *sentences: tuple[str, list[tuple[str, str]]]):
    with path.open("w") as stream:
        for name, words in sentences:
            stream.write(f"# sent_id = {name}\n")
            for i, (word, tag) in enumerate(words, start=1):
                stream.write(f"{i}\t{word}\t_\tX\t{tag}\t_\t{i - 1}\tdep\t_\t_\n")
            stream.write("\n")
    return path


def test_names_and_trees_of_skeletons():
    first, second = read(*CELLS.values())
    assert (first.name, second.name) == ("answers-doc-0001", "answers-doc-0002")
    expected = "(TOP (S (NP (PRP 0)) (VP (VBZ 1) (NP (NN 2) (CC 3) (NN 4))) (. 5)))"
    assert first.tree.split() == expected.split()


def test_what_does_not_fit_stays_out_with_a_reason(tmp_path):
    sentences = read(*[CELLS["Yes ; it rains"]] * 5)
    words = ["Yes", ";", "it", "rains"]
    tags = ["UH", ":", "PRP", "VBZ"]
    half = ["UH", ":", "DT", "NN"]
    ud = conllu(
        tmp_path / "ud",
        ("answers-doc-0001", list(zip(words, tags, strict=True))),
        ("answers-doc-0002", list(zip(words, half, strict=True))),
        ("answers-doc-0003", list(zip(words, ["UH", "NN", "NN", "NN"], strict=True))),
        ("answers-doc-0004", list(zip(words[:3], tags[:3], strict=True))),
        ("answers-other-0001", [("No", "UH")]),
    )
    joined, left = skeletons.join(sentences, {"dev": ud})
    assert [one.skeleton.name for one in joined] == ["answers-doc-0001", "answers-doc-0002"]
    assert joined[0].tokens == tuple(words) and joined[0].split == "dev"
    assert left == {
        "answers-doc-0003": "1 of 4 tags agree",
        "answers-doc-0004": "4 leaves, 3 words",
        "answers-doc-0005": "not in UD EWT",
    }


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("She eats bread and butter .", "NP VP NP NP NP S|S S VP VP VP None|None None S S S None"),
        # two trees under TOP, and a tag right under it
        ("Yes ; it rains", "INTJ None NP VP|None None S S|None None None None"),
    ],
)
def test_ancestors(sentence, expected):
    (skeleton,) = read(CELLS[sentence])
    joined = skeletons.Joined("dev", skeleton, tuple(sentence.split()))
    ancestors = [skeletons.parents(joined, level) for level in (1, 2, 3)]
    assert [" ".join(instance.labels) for instance in ancestors] == expected.split("|")
    assert all(instance.tokens == joined.tokens for instance in ancestors)


def test_bad_skeletons_are_named():
    with pytest.raises(InputError, match=r"doc\.xml\.gold_skel: a line without tag or piece"):
        read([("NN", "(TOP(NP")])
    (unclosed,) = read([("NN", "(TOP(NP*)")])
    with pytest.raises(InputError, match=r"sentence answers-doc-0001: 1 brackets? (is|are) not"):
        skeletons.parents(skeletons.Joined("dev", unclosed, ("Rain",)), 1)
    data = skeleton_file([("NN", "(TOP*)")]).replace(b" 0 0 ", b" 0 3 ")
    with pytest.raises(InputError, match="sentence 0: words are not in order"):
        list(skeletons.read_skeletons({"answers/00/doc.xml.gold_skel": data}))


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ("(NP (NN 0) (CC 1) (NN 2))", "BOB"),
        ("(NP (NP (JJ 0) (NN 1)) (, 2) (NP (NN 3)) (CC 4) (NP (JJ 5) (NN 6)))", "BIOBOBI"),
        ("(NP (NP (NN 0)) (CONJP (RB 1) (RB 2) (IN 3)) (NP (NN 4)))", "BOOOB"),
        # two coordinations, side by side
        ("(S (NP (NN 0) (CC 1) (NN 2)) (VP (VBZ 3) (CC 4) (VBZ 5)))", "BOBBOB"),
        # nested; unclear; a coordinator with nothing before it; none at all
        ("(NP (NP (NN 0) (CC 1) (NN 2)) (CC 3) (NP (NN 4)))", None),
        ("(NP (DT 0) (NN 1) (CC 2) (NN 3))", None),
        ("(S (CC 0) (NP (PRP 1)) (VP (VBZ 2)))", None),
        ("(S (NP (PRP 0)) (VP (VBZ 1)))", None),
    ],
)
def test_conjuncts(tree, expected):
    found = conjuncts.tags(f"(TOP {tree})")
    assert (None if found is None else "".join(found)) == expected
