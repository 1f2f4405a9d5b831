"""Labels of the source text's tokens: from a file, from a tagger, from the grammar."""

import gzip
import json
import re
import sys
from pathlib import Path

import pytest

from ticketscope.corpus.tokenization import tokenize_line
from ticketscope.errors import InputError
from ticketscope.similarity.labels import (
    gold,
    label_positions,
    parse_labelled,
    tagged,
    text_categories,
    toy,
)

TEXT = "The\tDT\ndog\tNN\textra\n's\tPOS\n\n\nIt\tPRP\nran\tVBD\n"
SENTENCES = [(["The", "dog", "'s"], ["DT", "NN", "POS"]), (["It", "ran"], ["PRP", "VBD"])]


def test_sentences_are_words_with_labels_between_empty_lines(tmp_path: Path) -> None:
    (tmp_path / "gold.tsv").write_text(TEXT)
    assert gold(tmp_path / "gold.tsv") == SENTENCES


def test_a_line_without_a_label_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^gold, line 2: expected a word, a tab and its label"):
        parse_labelled([(1, "The\tDT"), (2, "dog NN")], "gold")
    with pytest.raises(InputError, match=r"none\.tsv does not exist"):
        gold(tmp_path / "none.tsv")
    (tmp_path / "mac.tsv").write_bytes(b"The\tDT\rdog\tNN\r")
    with pytest.raises(InputError, match=r"mac\.tsv, line 1: a carriage return inside the line"):
        gold(tmp_path / "mac.tsv")


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("NA", "label NA reads as missing in a table: give another name"),
        ("a\x1bb", r"label 'a\x1bb' has a character that cannot be shown: leave it out"),
        (
            "x" * 201,
            "a label of 201 characters, at most 200 are read: is a tab or a line end missing?",
        ),
    ],
)
def test_a_label_that_no_table_or_figure_can_have_is_refused_at_its_line(label, message):
    assert parse_labelled([(1, "The\t"), (2, "dog\t" + "x" * 200)], "gold")
    with pytest.raises(InputError, match=rf"^gold, line 2: {re.escape(message)}"):
        parse_labelled([(1, "The\tDT"), (2, f"dog\t{label}")], "gold")


def test_a_tagger_reads_the_text_and_its_failure_is_one_line(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("The dog 's\nIt ran\n")
    program = (
        "import sys\nfor line in sys.stdin:\n"
        "    print(''.join(f'{w}\\t{len(w)}\\n' for w in line.split()))"
    )
    assert tagged([sys.executable, "-c", program], text) == [
        (["The", "dog", "'s"], ["3", "3", "2"]),
        (["It", "ran"], ["2", "3"]),
    ]
    with pytest.raises(InputError, match=r"^the tagger .* failed \(1\): no model"):
        tagged([sys.executable, "-c", "raise SystemExit('no model')"], text)
    with pytest.raises(InputError, match=r"^the tagger no-such-tagger cannot be started"):
        tagged(["no-such-tagger"], text)
    latin = "import sys; sys.stdout.buffer.write(b'a\\tX\\n\\xe4\\tX\\n')"
    with pytest.raises(InputError, match=r"^the output of .*, line 2: not UTF-8 \(byte 0xe4\)"):
        tagged([sys.executable, "-c", latin], text)


def test_a_tagger_that_writes_without_end_is_stopped(tmp_path: Path, monkeypatch) -> None:
    text = tmp_path / "text"
    text.write_text("The dog\n")
    monkeypatch.setattr("ticketscope.similarity.labels._LARGEST", 1 << 20)
    endless = "while True: print('word\\tlabel' * 100)"
    with pytest.raises(InputError, match=r"^the tagger .* writes more than 1 MiB$"):
        tagged([sys.executable, "-c", endless], text)
    monkeypatch.setattr("ticketscope.similarity.labels._LONGEST_MESSAGE", 30)
    chatty = "import sys; sys.exit('much\\n' * 99 + 'the reason')"
    with pytest.raises(InputError, match=r"failed \(1\): the reason$"):
        tagged([sys.executable, "-c", chatty], text)


def test_every_subword_of_a_word_gets_its_label_and_the_end_of_sentence_none() -> None:
    lines = ["Th@@ e d@@ o@@ g &apos;s", "It ran"]
    labels, report = label_positions(SENTENCES, lines, "pos", "moses")
    assert labels.tolist() == ["DT", "DT", "NN", "NN", "NN", "POS", "", "PRP", "VBD", ""]
    assert report.unalignable == []


def test_a_subword_of_two_words_takes_the_first_ones_label() -> None:
    labels, _ = label_positions([(["can", "not"], ["MD", "RB"])], ["cannot"], "pos", "moses")
    assert labels.tolist() == ["MD", ""]


def test_every_position_but_the_end_of_sentence_has_a_frequency() -> None:
    labels, reports = text_categories(
        ["the a", "odd"],
        {"the": 2, "a": 1},
        {"pos": [(["the", "a"], ["DT", "DT"]), (["odd"], ["JJ"])]},
        edges=[1],
        tokenizer="moses",
    )
    assert {kind: values.tolist() for kind, values in labels.items()} == {
        "frequency": ["0-1", "1+", "", "1+", ""],
        "pos": ["DT", "DT", "", "JJ", ""],
    }
    assert list(labels) == ["frequency", "pos"] and list(reports) == ["pos"]


def test_another_number_of_sentences_is_refused() -> None:
    with pytest.raises(InputError, match=r"^pos labels 2 sentences, the text has 1"):
        label_positions(SENTENCES, ["The dog"], "pos", "moses")


def test_the_grammars_tokens_are_labelled(tmp_path: Path) -> None:
    record = {
        "tokens": ["Dogs", "run", "."],
        "pos": ["NNS", "VBP", "."],
        "semtags": ["CON", "ENS", "NIL"],
    }
    with gzip.open(tmp_path / "d.jsonl.gz", "wt") as out:
        out.write(json.dumps(record) + "\n")
    labelled = toy(tmp_path / "d.jsonl.gz")
    assert labelled["pos"] == [(["Dogs", "run", "."], ["NNS", "VBP", "."])]
    assert labelled["semtag"][0][1] == ["CON", "ENS", "NIL"]


def test_real_parts_of_speech_reach_their_subwords(mirror: Path) -> None:
    """UD EWT's words, cut by Moses as the model reads them: 25,148 words in 2,002 sentences."""
    sentences, words, tags = [], [], []
    for line in (mirror / "ud_ewt/en_ewt-ud-dev.conllu").read_text(encoding="utf-8").split("\n"):
        columns = line.split("\t")
        if len(columns) == 10 and columns[0].isdigit():
            words.append(columns[1])
            tags.append(columns[4])
        elif not line and words:
            sentences.append((words, tags))
            words, tags = [], []
    lines = [tokenize_line(" ".join(words), "en", "moses") for words, _ in sentences]
    labels, report = label_positions(sentences, lines, "pos", "moses")
    assert (report.sentences, report.words) == (2002, 25148)
    assert len(report.unalignable) == 0
    assert sum(label == "" for label in labels) == 2002 + report.words_without_subwords
    assert set(labels) - {""} == {tag for _, tags in sentences for tag in tags}
