"""What people typed, in the form in which it is stored: no NUL, one kind of line break, nothing around it."""

from django.utils.translation import ngettext

from portal.lib.converters import MOST_DIGITS
from portal.lib.errors import DomainError


def as_text(typed: str) -> str:
    """Several lines as they were written."""
    return typed.replace("\x00", "").replace("\r\n", "\n").strip()


def as_line(typed: str) -> str:
    """One line: whatever stood between the words is a single space."""
    return " ".join(typed.replace("\x00", "").split())


def required_text(typed: str, *, field: str, most: int, missing: str) -> str:
    """Several lines, of which there must be some and at most `most` letters; DomainError says what is wrong."""
    text = as_text(typed)
    if not text:
        raise DomainError(missing, code="empty", field=field)
    return within(text, most=most, field=field)


def within(text: str, *, most: int, field: str) -> str:
    """The text, when it has no more than `most` letters; DomainError names the limit. Nothing is ever cut in silence:
    whoever wrote it decides what goes."""
    if len(text) > most:
        raise DomainError(
            ngettext(
                "Enter at most %(limit)d character; you entered %(length)d.",
                "Enter at most %(limit)d characters; you entered %(length)d.",
                most,
            )
            % {"limit": most, "length": len(text)},
            code="too_long", field=field,
        )  # fmt: skip
    return text


def as_id(typed: str | None) -> int | None:
    """The key of a row or another small whole number; None for anything else.

    `²` and `๓` are digits to Python, `1_5` is fifteen to `int`, and twenty digits are more than a column holds.
    """
    digits = typed is not None and typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS
    return int(typed) if typed and digits else None
