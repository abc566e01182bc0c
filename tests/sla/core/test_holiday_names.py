"""Public holidays have a French name wherever we have regions, and where customers are likely to be."""

import pytest

from accounts.models import Region
from sla.core.domain.calendars import public_holidays
from sla.core.domain.holiday_names import french_name


@pytest.mark.parametrize(
    ("country", "subdivision"),
    [("CA", "ON"), ("GB", ""), ("GB", "SCT"), ("JP", ""), ("US", ""), ("IE", ""), ("AU", ""), ("DE", "")],
)
def test_no_holiday_of_a_known_country_keeps_its_english_name(country, subdivision):
    region = Region(code="x", time_zone="UTC", country=country, subdivision=subdivision)
    same_in_both = {"Holi", "Dussehra", "Maha Shivaratri"}

    found = {names for year in range(2025, 2031) for names in public_holidays(region, year).values()}

    assert len(found) > 5
    kept = {english for english, french in found if english.partition(" (")[0] == french.partition(" (")[0]}
    assert kept <= same_in_both


def test_french_regions_keep_the_names_of_the_library():
    region = Region(code="x", time_zone="UTC", country="FR")
    assert ("Christmas Day", "Noël") in public_holidays(region, 2026).values()


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("Boxing Day", "Lendemain de Noël"),
        ("Boxing Day (observed)", "Lendemain de Noël (reporté)"),
        ("Good Friday; Emperor's Birthday", "Vendredi saint ; Anniversaire de l’empereur"),
        ("Name Day of the Mayor", "Name Day of the Mayor"),
    ],
)
def test_names_are_translated_with_what_stands_behind_them(english, french):
    assert french_name(english) == french
