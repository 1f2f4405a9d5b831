"""Each format, from a file of a few lines to items; and its mistakes, with file and line."""

import json
from pathlib import Path

import pytest

from ticketscope.behaviour.contrast_items import Contrast, write_contrasts
from ticketscope.behaviour.contrast_sets import read_set
from ticketscope.behaviour.settings import (
    ContrastLines,
    ContrastTable,
    LingEval97,
    Mlt,
    MtGenEval,
    MtGenEvalContext,
    MuCoW,
    ParallelRules,
)
from ticketscope.errors import InputError


def write(folder: Path, **texts: str) -> dict[str, str]:
    """Files of these texts; their paths by name."""
    paths = {}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        paths[name] = str(folder / name)
    return paths


def refused(files, tmp_path) -> str:
    """The message of a set that cannot be read, without the folder's path."""
    with pytest.raises(InputError) as error:
        read_set(files, tmp_path)
    assert "\n" not in str(error.value)
    return str(error.value).replace(f"{tmp_path}/", "")


def test_our_own_table(tmp_path):
    items = [Contrast("A red hat.", "Ein roter Hut.", "Ein blauer Hut.", "colour", True, ("EF",))]
    write_contrasts(tmp_path / "mine.tsv", items)
    files = ContrastTable(format="tsv", file=str(tmp_path / "mine.tsv"))
    assert read_set(files, tmp_path) == items


def lines(folder, correct="Ja.\nNein.\n", incorrect="Nein.\nJa.\n", **more):
    paths = write(folder, source="Yes.\nNo.\n", correct=correct, incorrect=incorrect)
    return ContrastLines(format="lines", phenomenon="answer", **paths, **more)


def test_three_files_of_lines(tmp_path):
    assert read_set(lines(tmp_path, tasks=["EF", "ST"]), tmp_path) == [
        Contrast("Yes.", "Ja.", "Nein.", "answer", tasks=("EF", "ST")),
        Contrast("No.", "Nein.", "Ja.", "answer", tasks=("EF", "ST")),
    ]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"correct": "Ja.\n"}, "misaligned: source has 2 lines, correct has 1"),
        ({"incorrect": "Nein.\n \n"}, "incorrect, line 2: is empty"),
        ({"incorrect": "Nein.\nNein.\n"}, "incorrect, line 2: is the same as in correct"),
    ],
)
def test_lines_that_are_wrong(tmp_path, texts, message):
    assert refused(lines(tmp_path, **texts), tmp_path) == message


def test_lines_that_are_no_text(tmp_path):
    files = lines(tmp_path)
    Path(files.correct).write_bytes(b"Ja.\n\xff\n")
    assert refused(files, tmp_path).startswith("correct, line 2: not UTF-8 (byte 0xff)")
    # The rest is not read: of a packed file it may be millions of empty lines.
    Path(files.correct).write_bytes(b"Ja.\n\n\xff\n")
    assert refused(files, tmp_path) == "correct, line 2: is empty"
    Path(files.source).unlink()
    assert refused(files, tmp_path) == "source does not exist"
    for path in (files.source, files.correct, files.incorrect):
        Path(path).write_text("")
    assert refused(files, tmp_path) == "source is empty"


ENTRY = {
    "source": "He is\tnot here.",
    "reference": "Er ist nicht hier.",
    "origin": "newstest2009.1",
    "errors": [
        {"type": "polarity_particle_nicht_del", "contrastive": "Er ist hier.", "distance": 2},
        {"type": "subj_verb_agreement", "contrastive": "Er sind nicht hier.", "frequency": 9},
        {"type": "auxiliary", "contrastive": "Er ist nicht hier."},
    ],
}


def as_json(folder, content, kind=LingEval97, name="lingeval97"):
    (folder / "set.json").write_text(
        content if isinstance(content, str) else json.dumps(content), encoding="utf-8"
    )
    return kind(format=name, file=str(folder / "set.json"))


def test_lingeval97_has_several_errors_for_a_sentence(tmp_path):
    seen = []
    assert read_set(as_json(tmp_path, [ENTRY]), tmp_path, seen.append) == [
        Contrast("He is not here.", "Er ist nicht hier.", "Er ist hier.",
            "polarity_particle_nicht_del", tasks=("EF",)),
        Contrast("He is not here.", "Er ist nicht hier.", "Er sind nicht hier.",
            "subj_verb_agreement", tasks=("SynPred", "SynClass")),
    ]  # fmt: skip
    assert seen == [f"{tmp_path}/set.json: left out 1 of 3 items, whose translations are equal"]


def test_mucow_is_about_word_senses(tmp_path):
    entry = {
        "ambig word": "bank", "source": "He sat on the bank.", "reference": "Er saß am Ufer.",
        "original translation": "Ufer", "origin": "tatoeba", "sense": "ufer", "id": 3,
        "errors": [{
            "contrastive": "Er saß am Geldinstitut.", "type": "word_sense",
            "replacement": "Geldinstitut",
        }],
    }  # fmt: skip
    assert read_set(as_json(tmp_path, [entry], MuCoW, "mucow"), tmp_path) == [
        Contrast("He sat on the bank.", "Er saß am Ufer.", "Er saß am Geldinstitut.", "word_sense")
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[\n{"source": }]', "set.json, line 2: not JSON (Expecting value)"),
        ({"a": 1}, "set.json: should be a JSON list, is a dict"),
        ([ENTRY, {"reference": "x"}], "set.json, entry 2: has no text `source`"),
        ([ENTRY | {"source": " "}], "set.json, entry 1: has no text `source`"),
        ([ENTRY | {"errors": None}], "set.json, entry 1: has no list `errors`"),
        ([ENTRY, 3], "set.json, entry 2: has no text `source`"),
        ([ENTRY | {"errors": [{"type": "x"}]}],
            "set.json, entry 1, error 1: has no text `contrastive`"),
        ([ENTRY | {"errors": ["x"]}], "set.json, entry 1, error 1: has no text `contrastive`"),
        ([], "set.json: no contrast of format lingeval97 can be made of it"),
    ],
)  # fmt: skip
def test_json_that_is_wrong(tmp_path, content, message):
    assert refused(as_json(tmp_path, content), tmp_path) == message


def test_json_that_is_not_there(tmp_path):
    files = LingEval97(format="lingeval97", file=str(tmp_path / "set.json"))
    assert refused(files, tmp_path) == "set.json does not exist"
    (tmp_path / "set.json").write_bytes(b'["\xff"]')
    assert refused(files, tmp_path).startswith("set.json, line 1: not UTF-8")


def gender(folder, **texts):
    given = {
        "masculine_src": "He sang.\nHe is ill.\n", "masculine_tgt": "Er sang.\nKrank.\n",
        "feminine_src": "She sang.\nShe is ill.\n", "feminine_tgt": "Sie sang.\nKrank.\n",
    }  # fmt: skip
    return MtGenEval(format="mt-geneval", **write(folder, **given | texts))


def test_mt_geneval_has_two_items_for_a_line(tmp_path):
    seen = []
    assert read_set(gender(tmp_path), tmp_path, seen.append) == [
        Contrast("He sang.", "Er sang.", "Sie sang.", "gender", False, ("Coref",)),
        Contrast("She sang.", "Sie sang.", "Er sang.", "gender", True, ("Coref",)),
    ]
    assert "left out 2 of 4 items" in seen[0]
    wrong = gender(tmp_path, feminine_tgt="Sie sang.\n")
    assert refused(wrong, tmp_path) == "misaligned: masculine_src has 2 lines, feminine_tgt has 1"


def test_mt_geneval_in_context(tmp_path):
    given = {"original": "Der Autor.\nDer Arzt.\n", "flipped": "Die Autorin.\nDie Ärztin.\n"}
    source = "He wrote. <sep> The author.\n <sep> Dr. Roe, a man.\n"
    files = MtGenEvalContext(format="mt-geneval-context", **write(tmp_path, src=source, **given))
    assert read_set(files, tmp_path) == [
        Contrast("He wrote. The author.", "Der Autor.", "Die Autorin.", "gender_in_context",
            tasks=("Coref",)),
        Contrast("Dr. Roe, a man.", "Der Arzt.", "Die Ärztin.", "gender_in_context",
            tasks=("Coref",)),
    ]  # fmt: skip
    write(tmp_path, src="He wrote. <sep> The author.\nThe doctor.\n")
    assert refused(files, tmp_path) == "src, line 2: should be `context <sep> sentence`"


# Of `hat`: Mütze three times, Hut twice, Helm once; of `people`, two synonyms.
HATS = [
    ("A man's hat.", "Die Mütze eines Mannes.", "Mütze"),
    ("Her hat is red.", "Ihre Mütze ist rot.", "Mütze"),
    ("The dog has a hat.", "Der Hund hat eine Mütze.", "Mütze"),
    ("A big hat", "Ein großer Hut", "Hut"),
    ("An old hat.", "Ein alter Hut.", "Hut"),
    ("A hard hat.", "Ein Helm.", "Helm"),
    ("One hat on a hat.", "Ein Hut obenauf.", "Hut"),
    ("A hat and a cap.", "Ein Hut und noch ein Hut.", "Hut"),
]
PEOPLE = [(f"{n} people.", f"{n} {word}.", word) for n in "12" for word in ("Leute", "Menschen")]
USES = [("hat", *use) for use in HATS] + [("people", *use) for use in PEOPLE]


def mlt(folder, extra="", uses=USES):
    """MLT's lines of these, tokenised as theirs, and one of a sentence that the text lacks."""
    tokenised = [
        tuple(
            text.lower().replace(".", " .").replace("'s", " &apos;s")
            for text in (word, translation, source, target)
        )
        for word, source, target, translation in (*uses, ("hat", "Not there.", "Nicht da.", "Hut"))
    ]
    paths = write(
        folder,
        mlt="".join(f"{' | '.join(fields)} | 1.jpg\n" for fields in tokenised) + extra,
        en="".join(f"{source}\n" for _, source, _, _ in uses),
        de="".join(f"{target}\n" for _, _, target, _ in uses),
    )
    return Mlt(format="mlt", file=[paths["mlt"]], src=[paths["en"]], tgt=[paths["de"]])


def test_mlt_exchanges_a_translation_for_another_of_the_word(tmp_path):
    """The raw text's case is kept; what occurs once, a synonym, or twice in a line is left out."""
    seen = []
    items = read_set(mlt(tmp_path), tmp_path, seen.append)
    assert [(item.correct, item.incorrect, item.minority) for item in items] == [
        ("Die Mütze eines Mannes.", "Die Hut eines Mannes.", False),
        ("Ihre Mütze ist rot.", "Ihre Hut ist rot.", False),
        ("Der Hund hat eine Mütze.", "Der Hund hat eine Hut.", False),
        ("Ein großer Hut", "Ein großer Mütze", True),
        ("Ein alter Hut.", "Ein alter Mütze.", True),
    ]
    assert items[0].source == "A man's hat."
    assert {item.phenomenon for item in items} == {"word_sense"}
    assert [line.replace(f"{tmp_path}/", "") for line in seen] == [
        "mlt: left out 1 of 13 lines, whose sentence is not in en",
        "mlt: left out 2 of 13 lines, whose word or translation is not exactly once in its "
        "sentence",
    ]


def test_forms_of_one_translation_are_counted_together_in_mlt(tmp_path):
    forms = ["Mann"] * 2 + ["Männer"] * 2 + ["Herr"] * 3
    uses = [("fellow", f"Fellow {n}.", f"{form} {n}.", form) for n, form in enumerate(forms)]
    items = read_set(mlt(tmp_path, uses=uses), tmp_path)
    assert [item.minority for item in items] == [False] * 4 + [True] * 3


def test_a_line_of_mlt_that_is_there_twice_counts_once(tmp_path):
    extra = "hat | helm | a hard hat . | ein helm . | 1.jpg\n"
    assert len(read_set(mlt(tmp_path, extra), tmp_path)) == 5


def test_mlt_that_is_wrong(tmp_path):
    message = "mlt, line 14: should be word | translation | sentence | reference | image, has 3 "
    assert refused(mlt(tmp_path, "hat | hut | a hat .\n"), tmp_path) == f"{message}fields"
    assert refused(mlt(tmp_path, "hat | hut |  | a hat . | \n"), tmp_path).startswith(
        "mlt, line 14"
    )


def test_rules_on_a_text_of_ones_own(tmp_path):
    paths = write(tmp_path, src="Two red hats.\n", tgt="Zwei rote Hüte.\n")
    items = read_set(ParallelRules(format="rules", **paths), tmp_path)
    assert [item.phenomenon for item in items] == ["number", "colour"]
    paths = write(tmp_path, src="Hats.\n", tgt="Hüte.\n")
    none = ParallelRules(format="rules", **paths)
    assert refused(none, tmp_path) == "src: no contrast of format rules can be made of it"
