"""Tables for spreadsheets: CSV that opens as it was meant, and whose cells never run as formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# A cell that begins so is read as a formula, or hides one behind white space.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Tells spreadsheets that the text is UTF-8.
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def harmless(value: object) -> str:
    """`value` as the text of a cell; words that would be a formula get an apostrophe in front, numbers stay numbers."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def csv_file(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """`rows`, the head among them, as a file to save under `name`."""
    text = io.StringIO()
    csv.writer(text).writerows([harmless(value) for value in row] for row in rows)
    response = HttpResponse(BOM + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
