"""The description of a time zone says the same offsets as the zone itself, all year, in every kind of zone."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.lib.vtimezone import vtimezone
from portal.lib.zones import zone

# One change a half year, in both hemispheres, on a week day, by half an hour, for one month; and none at all.
ZONES = [
    "Europe/Paris", "America/Toronto", "Australia/Sydney", "Africa/Cairo", "Australia/Lord_Howe", "Africa/Casablanca",
    "Asia/Tokyo", "Europe/Dublin", "America/St_Johns",
]  # fmt: skip


@pytest.mark.parametrize("name", ZONES)
def test_every_offset_of_two_years_is_described(name):
    parts = vtimezone(name, 2026, 2027).subcomponents
    # As RFC 5545 reads it: an onset is a local time under the offset from before.
    onsets = sorted((part.DTSTART - part.TZOFFSETFROM, part.TZOFFSETTO) for part in parts)
    wrong = []
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at < datetime(2028, 1, 1, tzinfo=UTC):
        said = [offset for onset, offset in onsets if onset <= at.replace(tzinfo=None)][-1]
        if said != at.astimezone(zone(name)).utcoffset():
            wrong.append(at)
        at += timedelta(minutes=30)
    assert wrong == []


def test_paris_is_described_as_the_standard_asks():
    assert vtimezone("Europe/Paris", 2026, 2026).to_ical().decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris",
        "BEGIN:STANDARD",
        "DTSTART:20251231T010000",
        "TZNAME:CET",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:20260329T020000",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20261025T030000",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]
