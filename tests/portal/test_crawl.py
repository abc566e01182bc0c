"""Every link that a sample person is shown leads somewhere, in both languages, now and at other moments.

The suite opens one page of each pattern as every person, each in one language; `make prove` opens many, in both, and
lets the time really pass: to the night, the weekend, and a year later.
"""

from datetime import UTC, datetime, time, timedelta

import pytest

from accounts.models import User
from portal.demo import SIGN_INS, passing
from portal.lib import clock
from tests.crawl import Links, Walk, pattern
from tests.long import LONG

pytestmark = pytest.mark.usefixtures("demonstration", "db")
LANGUAGES = ["en", "fr"]
EMAILS = [email for _name, email, _words in SIGN_INS]
EACH = 12 if LONG else 1
# Neighbours in the list, who are much alike, read different languages.
WALKS = [(email, language) for email in EMAILS for language in LANGUAGES]
WALKS = WALKS if LONG else [(email, LANGUAGES[number % 2]) for number, email in enumerate(EMAILS)]


def walked(email, language, *, each=EACH):
    person = User.objects.get(email=email)
    person.language = language
    person.save(update_fields=["language"])
    walk = Walk(person, each=each, by_name=LONG).go()
    # A walk that saw little has proved little.
    assert walk.opened > 25, sorted(walk.patterns)
    return walk.broken


@pytest.mark.thorough
@pytest.mark.parametrize(("email", "language"), WALKS)
def test_every_link_answers(email, language):
    assert walked(email, language) == []


def at_night(now: datetime) -> datetime:
    """The next time that it is three in the morning in Paris, near enough."""
    return datetime.combine(now.date() + timedelta(days=1), time(2, 0), UTC)


def at_the_weekend(now: datetime) -> datetime:
    """Sunday at noon."""
    return datetime.combine(now.date() + timedelta(days=7 - now.isoweekday() or 7), time(12, 0), UTC)


def a_year_later(now: datetime) -> datetime:
    return now + timedelta(days=365)


MOMENTS = [at_night, at_the_weekend, a_year_later]
# In the suite one person a moment, and both faces a year later, when contracts have ended and every promise is overdue.
TOM, LEA = "tom@kestrel-air.example", "lea@punctual.example"
SOME = {at_night: [TOM], at_the_weekend: [LEA], a_year_later: [TOM, LEA]}


@pytest.mark.thorough
@pytest.mark.parametrize("moment", MOMENTS)
def test_every_link_answers_at_other_moments(moment):
    """In the suite the jobs run once, as after a long sleep of the machine; the long version lets them all run."""
    goal = moment(clock.now())
    if LONG:
        passing.set_off(goal)
        assert passing.pass_time(seconds=3600)
    else:
        passing.set_time(goal)
        passing.run_jobs()

    walks = [(email, language) for email in EMAILS for language in LANGUAGES]
    if not LONG:
        walks = [(email, LANGUAGES[EMAILS.index(email) % 2]) for email in SOME[moment]]
    assert {walk: broken for walk in walks if (broken := walked(*walk))} == {}


def test_a_link_to_nowhere_is_found(monkeypatch):
    """This file can fail: a page that shows a link to an address that nobody has."""
    monkeypatch.setattr(
        "portal.views.render",
        lambda request, template, *context: __import__("django.http").http.HttpResponse('<a href="/no-such-page">'),
    )
    walk = Walk(User.objects.get(email="dave@maple-freight.example"))
    walk.go()

    assert "404 /no-such-page from /help/" in walk.broken


def test_addresses_of_one_kind_are_one_pattern():
    assert [
        pattern(address)
        for address in ("/tickets/SUP-1042/why/", "/desk/sla/target/7/change/", "/tickets/?tab=all&q=x", "/help/")
    ] == ["/tickets/#/why/", "/desk/sla/target/#/change/", "/tickets/?q&tab", "/help/"]


def test_links_are_read_from_anchors_fragments_and_forms_that_ask():
    html = '<a href="/a"></a><div hx-get="/b"></div><form action="/c"></form><form method="post" action="/d"></form>'

    assert Links(html).found == ["/a", "/b", "/c"]
