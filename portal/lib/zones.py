"""IANA time zone names: the valid ones, and the zone behind each. What people call them: portal/lib/names.py."""

import unicodedata
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.lib.names import city

# Names that are no places: POSIX rules, abbreviations and files of the database.
_NOT_PLACES = ("Etc/", "SystemV/", "posix/", "right/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


@cache
def known_zones() -> frozenset[str]:
    """All names of the IANA database. Remembered: looking through it reads hundreds of files."""
    return frozenset(available_timezones())


@cache
def zone_names() -> tuple[str, ...]:
    """Every zone a person may choose: places in alphabetical order, and UTC first."""
    places = (name for name in known_zones() if "/" in name and not name.startswith(_NOT_PLACES))
    return ("UTC", *sorted(places))


def validate_time_zone(name: str) -> None:
    """Raise ValidationError when `name` is no zone of the IANA database."""
    if name not in known_zones():
        raise ValidationError(_("“%(name)s” is not a time zone. Enter one such as Europe/Paris.") % {"name": name})


def zone_choices(*more: str) -> list[tuple[str, str]]:
    """For a list to choose from: `Paris (Europe/Paris)`, by city in the reader's language; `more` are kept in it."""
    names = dict.fromkeys((*more, *zone_names()))
    said = [(name, f"{city(name)} ({name})" if "/" in name else name) for name in names]
    return sorted(said, key=lambda choice: ("/" in choice[0], _letters(choice[1]), choice[0]))


def _letters(words: str) -> str:
    """`Île de Man` stands under I."""
    return "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c)).lower()


@cache
def zone(name: str) -> ZoneInfo:
    """The zone called `name`; UTC when the database no longer knows it, so that one bad row stops nobody."""
    return ZoneInfo(name if name in known_zones() else "UTC")
