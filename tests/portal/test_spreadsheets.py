"""Files for spreadsheets: no cell is a formula, numbers stay numbers."""

import pytest

from portal.lib.spreadsheets import csv_file, harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_words_that_would_be_a_formula_are_words(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"), [(-5, "-5"), (0.25, "0.25"), (None, ""), ("", ""), ("a=b", "a=b"), ("é, “x”", "é, “x”")]
)
def test_everything_else_is_written_as_it_is(value, cell):
    assert harmless(value) == cell


def test_a_file_says_that_it_is_utf_8_and_quotes_what_needs_it():
    response = csv_file("a.csv", [["name", "n"], ['Zoé "Z", Roy', 3]])

    assert response.content.decode() == '\ufeffname,n\r\n"Zoé ""Z"", Roy",3\r\n'
    assert response["Content-Disposition"] == 'attachment; filename="a.csv"'
