"""The calendar feed: the coming check-ins of one person, as any calendar application reads them."""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from accounts.core.enums import Tier
from accounts.models import Contact, Meeting
from accounts.sponsorship.domain.meetings import confirm
from sla.business_time import NoOpenTime
from sla.core.enums import Priority
from tests.calendar_app import address_of, events, read, starts, subjects, whole
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket
from tickets.core.domain import feed as rules
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.domain.followers import add_follower, remove_follower
from tickets.core.domain.lifecycle import change_priority
from tickets.core.domain.routing import assign
from tickets.core.enums import Status

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


# --- What is in it ----------------------------------------------------------------------------------------------


def test_a_contact_reads_the_coming_three_check_ins_of_a_ticket(requester):
    ticket = make_ticket(requester, priority=Priority.URGENT, now=MONDAY_9AM + timedelta(minutes=20, seconds=17))
    clock = ticket.clocks.get(kind="check_in")

    response = read(address_of(requester), now=MONDAY_9AM + HOUR)

    # Gold, P1: every 4 business hours. Opened Monday 10:20 in Paris, open 09:00 to 18:00.
    common = {
        "DTSTAMP": "20261109T092017Z",
        "DURATION": "PT15M",
        "SUMMARY": f"Check-in on {ticket.number}: Enrolment fails",
        "DESCRIPTION": "A check-in every 4 business hours (France).",
        "URL": f"http://localhost:8000/tickets/{ticket.number}/",
        "SEQUENCE": "0",
        "TRANSP": "TRANSPARENT",
    }
    assert [whole(event) for event in events(response)] == [
        common | {"UID": f"check-in-{clock.pk}-{n}@localhost", "DTSTART": start, "STATUS": status}
        for n, start, status in (
            (1, "20261109T142000", "CONFIRMED"),
            (2, "20261110T092000", "TENTATIVE"),
            (3, "20261110T132000", "TENTATIVE"),
        )
    ]
    assert {event["DTSTART"].params["TZID"] for event in events(response)} == {"Europe/Paris"}
    calendar = Calendar.from_ical(response.content)
    assert {name: calendar[name].to_ical().decode() for name in calendar} == {
        "PRODID": "-//Punctual//Check-ins//EN",
        "VERSION": "2.0",
        "CALSCALE": "GREGORIAN",
        "X-WR-CALNAME": "Punctual: check-ins for Acme",
        "REFRESH-INTERVAL": "PT15M",
        "X-PUBLISHED-TTL": "PT15M",
    }
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE", "VEVENT", "VEVENT", "VEVENT"]
    assert calendar.walk("VALARM") == []


def test_the_headers_keep_the_answer_private(requester):
    make_ticket(requester)
    response = read(address_of(requester))
    kept = ("Content-Type", "Cache-Control", "Referrer-Policy", "Content-Language", "X-Content-Type-Options")
    assert [response[name] for name in kept] == [
        "text/calendar; charset=utf-8", "private, no-store", "no-referrer", "en", "nosniff",
    ]  # fmt: skip
    assert response.cookies == {}


def test_an_agent_reads_the_check_ins_of_the_tickets_assigned_to_them(requester, lead):
    agent = make_agent("kim@punctual.test", name="Kim")
    mine, other, free = (make_ticket(requester, subject=subject) for subject in ("Mine", "Another's", "Nobody's"))
    assign(mine, agent, by=lead.user, now=MONDAY_9AM)
    assign(other, lead, by=lead.user, now=MONDAY_9AM)
    assert free.assignee is None

    response = read(address_of(agent))

    clock = mine.clocks.get(kind="check_in")
    assert [
        (whole(event)["UID"], str(event["SUMMARY"]), event.decoded("DTSTART"), str(event["STATUS"]), str(event["URL"]))
        for event in events(response)
    ] == [
        (
            f"check-in-{clock.pk}-{n}@localhost",
            f"Check-in on {mine.number}: Mine",
            # P3: at closing time of each business day after the first.
            datetime(2026, 11, 9 + n, 17, 0, tzinfo=UTC),
            status,
            f"http://localhost:8000/desk/tickets/ticket/{mine.pk}/change/",
        )
        for n, status in ((1, "CONFIRMED"), (2, "TENTATIVE"), (3, "TENTATIVE"))
    ]
    assert Calendar.from_ical(response.content)["X-WR-CALNAME"] == "Punctual: your check-ins"
    assert str(events(response)[0]["DESCRIPTION"]) == (
        "A check-in once per business day, calculated in business hours (France)."
    )


def test_requested_and_followed_tickets_are_in_it_and_others_of_the_account_are_not(requester, colleague):
    make_ticket(requester, subject="Requested")
    followed = make_ticket(colleague, subject="Followed")
    add_follower(followed, requester, by=colleague.user, now=MONDAY_9AM)
    make_ticket(colleague, subject="A colleague's")

    assert subjects(read(address_of(requester))) == ["Followed", "Requested"]


def test_a_private_ticket_of_a_colleague_is_not_in_it_even_for_who_administers(requester, account_admin, colleague):
    make_ticket(requester, subject="Private", is_private=True)
    assert [subjects(read(address_of(person))) for person in (requester, colleague, account_admin)] == [
        ["Private"], [], [],
    ]  # fmt: skip


def test_a_private_ticket_that_is_no_longer_followed_leaves_the_feed(requester, colleague):
    ticket = make_ticket(requester, subject="Private", is_private=True)
    add_follower(ticket, colleague, by=requester.user, now=MONDAY_9AM)
    address = address_of(colleague)
    before = subjects(read(address))
    remove_follower(ticket, colleague, by=requester.user, now=MONDAY_9AM)
    assert (before, subjects(read(address))) == (["Private"], [])


def test_tickets_without_a_rhythm_or_in_the_customers_hands_are_not_in_it(requester, agent):
    make_ticket(requester, subject="Low", priority=Priority.LOW)
    for status in (Status.WAITING, Status.SOLVED):
        ticket = make_ticket(requester, subject=status)
        reply_as_agent(ticket, body="Try again.", by=agent.user, now=MONDAY_9AM, status_after=status)
    assert subjects(read(address_of(requester))) == []


def test_an_empty_feed_is_a_whole_calendar(requester):
    lines = read(address_of(requester)).content.decode().split("\r\n")
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])


# --- Time -------------------------------------------------------------------------------------------------------


def test_what_has_passed_is_left_out_and_the_plan_goes_on_from_the_last_quarter_of_an_hour(requester):
    ticket = make_ticket(requester, priority=Priority.URGENT)  # due 14:00 in Paris, 13:00 UTC
    clock = ticket.clocks.get(kind="check_in")
    address = address_of(requester)

    def said(at):
        return [
            (event.decoded("DTSTART").astimezone(UTC).strftime("%d %H:%M"), str(event["STATUS"]), str(event["UID"]))
            for event in events(read(address, now=at))
        ]

    def uid(n):
        return f"check-in-{clock.pk}-{n}@localhost"

    due = clock.due_at
    assert said(due - MINUTE) == [
        ("09 13:00", "CONFIRMED", uid(1)), ("09 17:00", "TENTATIVE", uid(2)), ("10 12:00", "TENTATIVE", uid(3)),
    ]  # fmt: skip
    overdue = [("09 17:00", "TENTATIVE", uid(2)), ("10 12:00", "TENTATIVE", uid(3)), ("10 16:00", "TENTATIVE", uid(4))]
    # At 13:00 itself and until 13:15 nothing moves.
    assert [said(due + minutes * MINUTE) for minutes in (0, 14)] == [overdue, overdue]
    assert said(due + 15 * MINUTE)[0] == ("10 08:15", "TENTATIVE", uid(2))


def test_a_due_moment_that_passes_between_two_quarters_is_left_out_at_once(requester):
    make_ticket(requester, priority=Priority.URGENT, now=MONDAY_9AM + 5 * MINUTE)
    address = address_of(requester)
    seen = [
        [event.decoded("DTSTART").astimezone(UTC).strftime("%d %H:%M") for event in events(read(address, now=at))]
        for at in (MONDAY_9AM + 4 * HOUR + 4 * MINUTE, MONDAY_9AM + 4 * HOUR + 5 * MINUTE)
    ]
    assert seen == [["09 13:05", "10 08:05", "10 12:05"], ["10 08:05", "10 12:05"]]


def test_a_recount_raises_the_sequence_and_the_stamp(requester, agent):
    ticket = make_ticket(requester, priority=Priority.MEDIUM)
    address = address_of(requester)
    before = whole(events(read(address))[0])
    change_priority(ticket, Priority.URGENT, by=agent.user, now=MONDAY_9AM + HOUR)
    after = whole(events(read(address, now=MONDAY_9AM + HOUR))[0])

    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    assert changed == {
        "DTSTAMP": ("20261109T090000Z", "20261109T100000Z"),
        "DTSTART": ("20261110T180000", "20261109T150000"),
        "SEQUENCE": ("0", "1"),
        "DESCRIPTION": (
            "A check-in once per business day\\, calculated in business hours (France).",
            "A check-in every 4 business hours (France).",
        ),
    }


def test_the_reader_sees_their_own_zone_across_a_change_of_the_clocks(requester):
    # Friday before the clocks go back: Monday's closing time is an hour later in UTC.
    requester.user.time_zone = "America/Toronto"
    requester.user.save()
    friday = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)
    make_ticket(requester, now=friday)

    response = read(address_of(requester), now=friday)

    # Paris changes on 25 October, Toronto a week later: for that week 18:00 in Paris is 13:00 there.
    assert [(event["DTSTART"].to_ical().decode(), event["DTSTART"].params["TZID"]) for event in events(response)] == [
        ("20261026T130000", "America/Toronto"),
        ("20261027T130000", "America/Toronto"),
        ("20261028T130000", "America/Toronto"),
    ]
    assert [at for _summary, at in starts(response)] == [
        datetime(2026, 10, day, 17, tzinfo=UTC) for day in (26, 27, 28)
    ]
    (described,) = Calendar.from_ical(response.content).timezones
    assert described["TZID"] == "America/Toronto"
    # Read by the description alone, as an application without a zone of that name would.
    alone = described.to_tz(lookup_tzid=False)
    assert [event.decoded("DTSTART").replace(tzinfo=alone).utcoffset() for event in events(response)] == [-4 * HOUR] * 3


def test_the_second_pass_of_a_repeated_hour_is_said_in_utc(toronto):
    # In Cairo the clocks go back on a Thursday at midnight: 23:00 comes twice, and Toronto closes at the second.
    account = make_account("Nile", region=toronto, tier=Tier.GOLD)
    reader = make_contact(account, "amal@nile.test", time_zone="Africa/Cairo")
    opened = datetime(2026, 10, 28, 15, 0, tzinfo=UTC)
    make_ticket(reader, now=opened)

    first, second, _third = events(read(address_of(reader), now=opened))

    assert (first["DTSTART"].to_ical(), dict(first["DTSTART"].params)) == (b"20261029T210000Z", {})
    assert (second["DTSTART"].to_ical(), second["DTSTART"].params["TZID"]) == (b"20261030T230000", "Africa/Cairo")


def test_a_reader_in_utc_needs_no_description_of_a_zone(requester):
    requester.user.time_zone = "UTC"
    requester.user.save()
    make_ticket(requester)
    response = read(address_of(requester))
    assert Calendar.from_ical(response.content).timezones == []
    assert events(response)[0]["DTSTART"].to_ical() == b"20261110T170000Z"


def test_a_region_that_never_opens_again_leaves_what_was_promised(requester, monkeypatch):
    def closed(clock, *, now):
        raise NoOpenTime

    ticket = make_ticket(requester)
    address = address_of(requester)
    # Such hours are refused when they are entered; they come about when the years go by and nobody enters new ones.
    monkeypatch.setattr(rules, "coming_check_ins", closed)

    due = ticket.clocks.get(kind="check_in").due_at
    assert [at for _summary, at in starts(read(address))] == [due]
    assert starts(read(address, now=due)) == []


def test_a_feed_holds_the_meetings_of_the_account_that_it_was_made_for(requester, lead):
    """Marc is a contact of Delta as well; each of his calendars has the meeting of its own account."""
    delta = Contact.objects.create(user=requester.user, account=make_account("Delta", tier=Tier.PLATINUM))
    at = MONDAY_9AM + timedelta(days=9)
    for contact in (requester, delta):
        meeting = Meeting.objects.create(account=contact.account, sponsor=lead, proposed_at=MONDAY_9AM)
        meeting.slots.create(starts_at=at)
        confirm(meeting, at, by=requester.user, now=MONDAY_9AM)
        at += timedelta(days=1)

    found = [
        [entry.at for entry in rules.entries_for(requester.user, contact, now=MONDAY_9AM)]
        for contact in (requester, delta)
    ]

    assert found == [[MONDAY_9AM + timedelta(days=9)], [MONDAY_9AM + timedelta(days=10)]]
