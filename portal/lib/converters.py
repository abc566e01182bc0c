"""What may stand in an address: an address with anything else in the place of an id has no page, on every route.

Registered when this module is imported; every file of routes names it. A view gets what the converter let through, so
it needs no look of its own at the letters: `²` is a digit to Python and no number to a database, `1_5` is 15 to `int`.
"""

from django.urls import register_converter
from django.urls.converters import StringConverter

# Eighteen digits fit into every column of ours, nineteen may not.
MOST_DIGITS = 18
ID, ROW, NUMBER, KEY, TOKEN, NAME = "id", "row", "number", "key", "token", "name"


class IdConverter:
    """The key of a row."""

    regex = rf"[0-9]{{1,{MOST_DIGITS}}}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: object) -> str:
        return str(value)


class NumberConverter(StringConverter):
    """What people call a ticket: `SUP-1042` in any case, or the row's own key, as the admin's links have it."""

    regex = r"(?:[Ss][Uu][Pp]-)?[0-9]{1,15}"


class KeyConverter(StringConverter):
    """A random key of ours."""

    regex = r"[A-Za-z0-9_-]{1,64}"


class TokenConverter(StringConverter):
    """A secret that opens what it names: random, or signed by us."""

    regex = r"[A-Za-z0-9_.:=-]{1,400}"


class NameConverter(StringConverter):
    """A word of ours, such as the name of a mail provider."""

    regex = r"[a-z0-9_-]{1,40}"


class RowConverter(IdConverter):
    """The same as an id, for the admin's own pages, which read text."""

    def to_python(self, value: str) -> str:  # type: ignore[override]
        return value


register_converter(IdConverter, ID)
register_converter(RowConverter, ROW)
register_converter(NumberConverter, NUMBER)
register_converter(KeyConverter, KEY)
register_converter(TokenConverter, TOKEN)
register_converter(NameConverter, NAME)
