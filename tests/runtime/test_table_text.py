"""Names and labels that a table would not give back, or no figure could show."""

from io import StringIO

import pandas as pd
import pytest

from ticketscope.runtime.table_text import labelled, named


def read_back(texts):
    return pd.read_csv(StringIO(pd.DataFrame({"text": texts, "n": 1}).to_csv(index=False)))["text"]


@pytest.mark.parametrize("name", ["NA", "N/A", "null", "None", "nan", "2016", "1e3", "inf", "true",
    "#N/A N/A", "-1.#IND"])  # fmt: skip
def test_a_name_that_a_table_would_not_keep_is_refused(name):
    assert read_back([name])[0] != name
    with pytest.raises(ValueError, match="reads as a number or as missing"):
        named(name)


def test_a_label_that_any_pandas_reads_as_missing_is_refused_and_a_number_is_none_beside_others():
    texts = ["NA", "None", "null", "NULL", "nan", "n/a", "<NA>", "#N/A", "1.#QNAN", "-NaN"]
    assert read_back(["0-5", *texts]).isna().sum() == len(texts)
    for text in texts:
        with pytest.raises(ValueError, match=f"^{text} reads as missing in a table: give another"):
            labelled(text)
    kept = ["0-5", "1", "01", "1e3", "true", "None!", "PRP$", "_SP", "Case=Nom|Number=Sing", "ß"]
    assert read_back(kept).tolist() == [labelled(text) for text in kept] == kept


@pytest.mark.parametrize("text", ["a\x1bb", "a\x7f", "a\u2028b", "a\ufffeb", "a\u202eb"])
def test_what_cannot_be_shown_is_refused_in_one_line(text):
    for check in (named, labelled):
        with pytest.raises(ValueError, match="has a character that cannot be shown") as error:
            check(text)
        assert str(error.value).isprintable()
