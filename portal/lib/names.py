"""Names that CLDR knows in the reader's language: cities of zones, months, days of the week, languages, countries."""

from functools import cache

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location
from django.utils.translation import get_language, pgettext

# Letters of a script in a code (`zh-hans`); a region has two (`pt-br`).
SCRIPT = 4


def _reader() -> str:
    return (get_language() or "en").partition("-")[0]


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def city(name: str) -> str:
    """The city that a time zone is named after: `Africa/Cairo` → “Cairo”, in French “Le Caire”."""
    return _city(name, _reader())


def in_city(name: str) -> str:
    """`in Paris`, `à Paris`, `UTC`; French says « au Caire », « aux Marquises »."""
    if name == "UTC":
        return name
    said = pgettext("place", "in %(city)s") % {"city": city(name)}
    return said.replace("à Le ", "au ").replace("à Les ", "aux ")


@cache
def _city(name: str, language: str) -> str:
    last = name.rsplit("/", 1)[-1].replace("_", " ")
    if get_global("zone_aliases").get(name, name) != name and name != "UTC":
        return last  # an old name of the zone: whoever chose it reads what was chosen
    try:
        said: str = get_timezone_location(name, locale=_locale(language), return_city=True)
    except LookupError:
        return last
    return said.rsplit("/", 1)[-1]


def month(number: int, *, short: bool = False) -> str:
    """`11` → “November”, “novembre”; short “Nov”, “nov.”."""
    return str(_locale(_reader()).months["format"]["abbreviated" if short else "wide"][number])


def weekday(number: int, *, short: bool = False) -> str:
    """`0` → “Monday”, “lundi”; short “Mon”, “lun.”."""
    return str(_locale(_reader()).days["format"]["abbreviated" if short else "wide"][number])


def language_name(code: str) -> str:
    """`ja` → “Japanese”, “japonais”; the code itself when CLDR has no name for it."""
    main, _, rest = code.partition("-")
    wanted = f"{main}_{rest.title() if len(rest) == SCRIPT else rest.upper()}" if rest else main
    return str(_locale(_reader()).languages.get(wanted, code))


def country(code: str) -> str:
    """`GB` → “United Kingdom”, “Royaume-Uni”; the code itself when CLDR has no name for it."""
    return str(_locale(_reader()).territories.get(code.upper(), code))
