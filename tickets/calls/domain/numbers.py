"""Phone numbers: read as people write them, stored as E.164."""

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumberFormat

from portal.lib.errors import DomainError

LONGEST = 40


def read_number(text: str, *, country: str) -> str:
    """`06 12 34 56 78` in France → `+33612345678`. `country` (ISO 3166) is assumed when no +… or 00… says another.

    Raises DomainError (field `number`) with a sentence that says how to write it.
    """
    text = "".join(sign for sign in text[: LONGEST + 1] if sign.isprintable()).strip()
    if not text:
        raise DomainError(_("Enter the number to call."), code="empty", field="number")
    if text.startswith("00"):
        text = f"+{text[2:]}"
    try:
        number = phonenumbers.parse(text, country) if len(text) <= LONGEST else None
    except NumberParseException:
        number = None
    if number is None or number.extension or not phonenumbers.is_valid_number(number):
        example = phonenumbers.example_number(country)
        raise DomainError(
            _("Enter a phone number such as %(example)s, or with the country code, such as +44 20 7946 0134.")
            % {
                "example": phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL) if example else "+33 1 99 00"
            },
            code="bad_number",
            field="number",
        )
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def say_number(number: str) -> str:
    """`+33199001234` → `+33 1 99 00 12 34`; whatever is no number is said as it stands."""
    try:
        said = phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number
    return said.replace("-", " ")
