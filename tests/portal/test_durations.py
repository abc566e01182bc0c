"""The copy deck for time, word by word."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from django.utils.formats import date_format

from portal.lib import durations, names
from portal.lib.durations import (
    say_both,
    say_briefly,
    say_business_hours,
    say_by,
    say_distance,
    say_due,
    say_duration,
    say_elsewhere,
    say_meeting,
    say_meeting_in,
    say_moment,
    say_on,
    say_relative,
    say_stamp,
    say_stretch,
    say_whole_day,
    say_with_day,
)  # fmt: skip
from portal.lib.zones import zone_names

PARIS, TORONTO, TOKYO = ZoneInfo("Europe/Paris"), ZoneInfo("America/Toronto"), ZoneInfo("Asia/Tokyo")
# Tuesday 10 November 2026, 17:30 in Paris.
NOW = datetime(2026, 11, 10, 16, 30, tzinfo=UTC)


def at(day, hour, minute=0, month=11, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=PARIS)


def plain(words):
    return words.replace(durations.NBSP, " ")


@pytest.mark.parametrize(
    ("minutes", "english", "french"),
    [
        (0, "0 min", "0 min"),
        (1, "1 min", "1 min"),
        (22, "22 min", "22 min"),
        (60, "1 h", "1 h"),
        (65, "1 h 5 min", "1 h 05"),
        (72, "1 h 12 min", "1 h 12"),
        (1440, "24 h", "24 h"),
        (2730, "45 h 30 min", "45 h 30"),
        (-14, "14 min", "14 min"),
    ],
)
def test_lengths_never_become_days(minutes, english, french):
    assert plain(say_duration(timedelta(minutes=minutes))) == english
    with translation.override("fr"):
        assert plain(say_duration(timedelta(minutes=minutes))) == french


@pytest.mark.parametrize(
    ("start", "english", "french"),
    [
        (at(10, 18), "from today 18:00", "dès aujourd’hui 18:00"),
        (at(11, 9), "from tomorrow 09:00", "dès demain 09:00"),
        (at(9, 9), "from yesterday 09:00", "dès hier 09:00"),
        (at(12, 18), "from Thu 12 Nov 18:00", "dès jeu. 12 nov. 18:00"),
    ],
)
def test_a_stretch_without_an_end_is_said_without_an_elision(start, english, french):
    assert say_stretch(start, None, NOW, PARIS) == english
    with translation.override("fr"):
        assert say_stretch(start, None, NOW, PARIS) == french


def test_seconds_are_cut_off_and_never_said():
    assert plain(say_duration(timedelta(seconds=119))) == "1 min"
    assert plain(say_duration(timedelta(seconds=59))) == "less than 1 min"


def test_a_number_and_its_unit_stay_on_one_line():
    assert " " not in say_duration(timedelta(minutes=72))
    with translation.override("fr"):
        assert say_duration(timedelta(minutes=72)) == "1\u00a0h\u00a012"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(hours=24), "24 h"),
        (timedelta(hours=26, minutes=40), "1 day 2 h"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=6, hours=5), "6 days 5 h"),
        (timedelta(days=9, hours=5), "9 days"),
    ],
)
def test_distances_beyond_a_day_are_said_in_days(length, said):
    assert plain(say_distance(length)) == said


def test_how_far_away_a_moment_is():
    assert plain(say_relative(NOW + timedelta(minutes=72), NOW)) == "in 1 h 12 min"
    assert plain(say_relative(NOW - timedelta(minutes=14), NOW)) == "14 min ago"


@pytest.mark.parametrize(
    ("moment", "said", "french"),
    [
        (at(10, 20, 30), "today 20:30", None),
        (at(11, 9), "tomorrow 09:00", None),
        (at(9, 16, 5), "yesterday 16:05", None),
        (at(12, 9), "Thu 12 Nov 09:00", "jeu. 12 nov. 09:00"),
        (at(3, 8, month=11), "Tue 3 Nov 08:00", "mar. 3 nov. 08:00"),
        (at(1, 8, month=12), "Tue 1 Dec 08:00", "mar. 1er déc. 08:00"),
        (at(4, 8, month=1, year=2027), "Mon 4 Jan 2027 08:00", "lun. 4 janv. 2027 08:00"),
    ],
)
def test_a_moment_is_said_as_people_say_it(moment, said, french):
    assert say_moment(moment, NOW, PARIS) == said
    if french:
        with translation.override("fr"):
            assert say_moment(moment, NOW, PARIS) == french


def test_the_day_is_the_day_of_the_reader():
    night = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)

    assert say_moment(night, NOW, PARIS) == "tomorrow 00:30"
    assert say_moment(night, NOW, TORONTO) == "today 18:30"


def test_a_day_that_was_just_said_is_not_said_again():
    assert say_moment(at(12, 18), NOW, PARIS, after=at(12, 9)) == "18:00"
    assert say_moment(at(13, 18), NOW, PARIS, after=at(12, 9)) == "Fri 13 Nov 18:00"
    assert say_briefly(at(10, 20, 30), NOW, PARIS) == "20:30"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(10, 18, 42), "18:42 today (in 1 h 12 min)"),
        (at(10, 17, 16), "17:16 today (14 min ago)"),
        (at(11, 9), "tomorrow 09:00 (in 15 h 30 min)"),
        (at(12, 9, 30), "Thu 12 Nov 09:30"),
    ],
)
def test_a_due_moment_comes_with_its_distance_while_that_is_clear(moment, said):
    assert plain(say_due(moment, NOW, PARIS)) == said


def test_two_zones_are_said_with_their_cities_the_readers_first():
    due = at(10, 20, 30)

    assert say_both(due, NOW, TORONTO, PARIS) == "today 14:30 (Toronto), 20:30 in Paris"
    assert say_both(due, NOW, TORONTO, PARIS, say=say_on) == "today at 14:30 (Toronto), 20:30 in Paris"
    assert say_both(due, NOW, PARIS, PARIS) == "today 20:30"
    assert say_elsewhere(due, NOW, TOKYO, PARIS) == "Wed 11 Nov 04:30 in Tokyo"
    assert say_elsewhere(due, NOW, UTC, PARIS) == "19:30 UTC"
    with translation.override("fr"):
        assert say_both(due, NOW, TORONTO, PARIS) == "aujourd’hui 14:30 (Toronto), soit 20:30 à Paris"
        assert say_elsewhere(due, NOW, ZoneInfo("Africa/Cairo"), PARIS) == "21:30 au Caire"


def test_a_mail_names_the_day_in_a_sentence_and_the_hours_of_both_zones():
    due = at(10, 20, 30)

    assert say_with_day(due, PARIS, PARIS) == "Tue 10 Nov 20:30 (Paris)"
    assert plain(say_with_day(due, PARIS, PARIS, say=say_by)) == "Tuesday 10 November at 20:30 (Paris)"
    assert plain(say_with_day(due, TORONTO, PARIS, say=say_on)) == (
        "on Tuesday 10 November at 14:30 (Toronto), 20:30 in Paris"
    )


def test_a_meeting_is_said_by_the_clocks_of_both_sides_with_its_day_once():
    morning, night = at(4, 10, month=12), at(4, 22, month=12)

    assert say_meeting_in(morning, [PARIS, ZoneInfo("Europe/London")]) == (
        "Friday 4 December 2026 at 10:00 (Paris), 09:00 (London)"
    )
    assert say_meeting_in(night, [PARIS, TOKYO]) == (
        "Friday 4 December 2026 at 22:00 (Paris), Saturday 5 December 2026 at 06:00 (Tokyo)"
    )
    with translation.override("fr"):
        assert say_meeting_in(morning, [PARIS, ZoneInfo("Europe/London")]) == (
            "vendredi 4 décembre 2026 à 10:00 (Paris), 09:00 (Londres)"
        )


@pytest.mark.parametrize(
    ("minutes", "said", "french"),
    [
        (60, "1 business hour", "1 heure ouvrée"),
        (240, "4 business hours", "4 heures ouvrées"),
        (90, "1 h 30 min in business hours", "1 h 30 en heures ouvrées"),
    ],
)
def test_an_amount_of_business_hours_is_counted_in_words(minutes, said, french):
    length = timedelta(minutes=minutes)

    assert plain(say_business_hours(length)) == said
    with translation.override("fr"):
        assert plain(say_business_hours(length)) == french


def test_a_zone_of_the_same_hour_is_not_said():
    assert say_elsewhere(at(10, 20), NOW, ZoneInfo("Europe/Berlin"), PARIS) == ""


@pytest.mark.parametrize(
    ("moment", "on", "by", "french"),
    [
        (at(10, 20, 30), "today at 20:30", "20:30 today", "aujourd’hui à 20:30"),
        (at(11, 9), "tomorrow at 09:00", "09:00 tomorrow", "demain à 09:00"),
        (at(9, 16, 5), "yesterday at 16:05", "16:05 yesterday", "hier à 16:05"),
        (at(12, 9), "on Thursday 12 November at 09:00", "Thursday 12 November at 09:00", "jeudi 12 novembre à 09:00"),
        (at(1, 8, month=12), "on Tuesday 1 December at 08:00", "Tuesday 1 December at 08:00",
         "mardi 1er décembre à 08:00"),
        (at(4, 8, month=1, year=2027), "on Monday 4 January 2027 at 08:00", "Monday 4 January 2027 at 08:00",
         "lundi 4 janvier 2027 à 08:00"),
    ],
)  # fmt: skip
def test_a_moment_in_a_sentence_has_its_preposition(moment, on, by, french):
    assert (plain(say_on(moment, NOW, PARIS)), plain(say_by(moment, NOW, PARIS))) == (on, by)
    with translation.override("fr"):
        assert plain(say_on(moment, NOW, PARIS)) == plain(say_by(moment, NOW, PARIS)) == french


@pytest.mark.parametrize(
    ("month", "short", "french"),
    [
        (1, "1 Jan 2026", "1er janv. 2026"), (2, "1 Feb 2026", "1er févr. 2026"), (3, "1 Mar 2026", "1er mars 2026"),
        (4, "1 Apr 2026", "1er avr. 2026"), (5, "1 May 2026", "1er mai 2026"), (6, "1 Jun 2026", "1er juin 2026"),
        (7, "1 Jul 2026", "1er juil. 2026"), (8, "1 Aug 2026", "1er août 2026"), (9, "1 Sep 2026", "1er sept. 2026"),
        (10, "1 Oct 2026", "1er oct. 2026"), (11, "1 Nov 2026", "1er nov. 2026"), (12, "1 Dec 2026", "1er déc. 2026"),
    ],
)  # fmt: skip
def test_every_month_has_its_short_name(month, short, french):
    moment = at(1, 8, month=month)
    assert say_stamp(moment, PARIS) == f"{short}, 08:00"
    with translation.override("fr"):
        assert say_stamp(moment, PARIS) == f"{french}, 08:00"
        assert date_format(moment, "N").replace("É", "é") == french.split()[1], "and Django says the same"


def test_a_day_that_is_read_much_later_names_its_year():
    moment = at(1, 14, month=7)

    assert say_whole_day(moment.date()) == "Wednesday 1 July 2026"
    assert say_meeting(moment, TORONTO) == "Wed 1 Jul 2026 08:00"
    with translation.override("fr"):
        assert say_whole_day(moment.date()) == "mercredi 1er juillet 2026"
        assert say_meeting(moment, TORONTO) == "mer. 1er juil. 2026 08:00"


def test_django_itself_writes_the_day_before_the_month_and_hours_up_to_24():
    moment = at(29, 21, 8)

    assert plain(date_format(moment, "DATETIME_FORMAT")) == "29 Nov 2026, 21:08"
    with translation.override("fr"):
        assert plain(date_format(moment, "DATETIME_FORMAT")) == "29 nov. 2026, 21:08"


@pytest.mark.parametrize(
    ("zone", "english", "french"),
    [
        ("Europe/London", "London", "Londres"),
        ("Africa/Cairo", "Cairo", "Le Caire"),
        ("Africa/Algiers", "Algiers", "Alger"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires", "Buenos Aires"),
        ("America/Montreal", "Montreal", "Montreal"),
        ("Asia/Tokyo", "Tokyo", "Tokyo"),
        ("UTC", "UTC", "UTC"),
        ("Mars/Olympus_Mons", "Olympus Mons", "Olympus Mons"),
    ],
)
def test_a_city_is_named_in_the_language_of_the_reader(zone, english, french):
    assert names.city(zone) == english
    with translation.override("fr"):
        assert names.city(zone) == french


def test_every_zone_that_a_person_may_choose_has_a_city():
    for language in ("en", "fr"):
        with translation.override(language):
            assert [zone for zone in zone_names() if not names.city(zone).strip()] == []


def test_languages_and_countries_are_named_in_the_language_of_the_reader():
    assert (names.language_name("ja"), names.country("GB"), names.language_name("xx"), names.country("XX")) == (
        "Japanese", "United Kingdom", "xx", "XX",
    )  # fmt: skip
    with translation.override("fr"):
        assert (names.language_name("ja"), names.country("GB")) == ("japonais", "Royaume-Uni")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(days=1), "24\xa0h"),
        (timedelta(days=1, hours=3), "1\xa0day 3\xa0h"),
        (timedelta(days=6, hours=23), "6\xa0days 23\xa0h"),
        (timedelta(days=7, hours=3), "7\xa0days"),
        (-timedelta(days=2, minutes=59), "2\xa0days"),
    ],
)
def test_hours_are_said_beside_days_until_a_week_is_full(length, said):
    assert say_distance(length).replace(" ", "\xa0") == said.replace(" ", "\xa0")
