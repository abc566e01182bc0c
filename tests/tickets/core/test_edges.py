"""Every list of the desk has edges: rows just inside and just outside, at the very moment and beside it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.absences.domain import go_away
from accounts.core.domain.entitlements import entitlements_of
from accounts.core.enums import Tier
from accounts.engineers import domain as engineers
from accounts.models import AwayPeriod, DesignatedEngineer
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from sla.core.enums import Priority
from sla.models import Clock, TalliedMonth
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket
from tickets.core.domain import queue
from tickets.core.domain.check_ins import next_update, send_check_in
from tickets.core.domain.continuity import Share, continuity
from tickets.core.domain.conversation import reply_as_agent, reply_as_customer
from tickets.core.domain.lifecycle import change_status, close_by_customer
from tickets.core.domain.queue import Filters, Reader, View
from tickets.core.domain.routing import assign
from tickets.core.enums import Status
from tickets.cover import domain as cover
from tickets.cover.domain import Uncovered, needs_cover
from tickets.level_3.domain import escalation
from tickets.models import Ticket, Verification
from tickets.verification import domain as verification

DAY, HOUR, MOMENT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)


# --- The queue --------------------------------------------------------------------------------------------------------


def reader(agent, now=MONDAY_9AM, zone="Europe/Paris"):
    return Reader(user=agent.user, agent=agent, now=now, zone=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Europe/Paris", datetime(2026, 11, 9, 23, 0, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 11, 9, 15, 0, tzinfo=UTC)),
        ("America/Toronto", datetime(2026, 11, 10, 5, 0, tzinfo=UTC)),
    ],
)
def test_the_check_ins_of_today_are_those_until_midnight_where_the_reader_is(agent, requester, zone, midnight):
    ticket = make_ticket(requester)
    reply_as_agent(ticket, body="On it.", by=agent.user, now=MONDAY_9AM)
    someone = reader(agent, zone=zone)
    assert someone.midnight == midnight

    found = {}
    for due in (midnight, midnight + MOMENT):
        ticket.clocks.running().update(due_at=due)
        Ticket.objects.update(next_due_at=due)
        found[due] = [row.pk for row in queue.tickets_in(View.CHECK_INS, someone)]

    assert found == {midnight: [ticket.pk], midnight + MOMENT: []}


def test_a_check_in_that_was_sent_is_none_of_today(agent, requester):
    """Sent late in the afternoon: the next one is due tomorrow, and what is due today is a reply."""
    ticket = make_ticket(requester, priority=Priority.URGENT)
    reply_as_agent(ticket, body="On it.", by=agent.user, now=MONDAY_9AM + 6 * HOUR)
    reply_as_customer(ticket, body="And?", by=requester, channel="portal", now=MONDAY_9AM + 6.5 * HOUR)

    someone = reader(agent, MONDAY_9AM + 7 * HOUR)
    assert Ticket.objects.get().next_due_at == MONDAY_9AM + 7.5 * HOUR
    assert list(queue.tickets_in(View.CHECK_INS, someone)) == []


def test_overdue_begins_at_the_due_moment(agent, ticket):
    due = ticket.next_due_at

    found = [queue.counts(reader(agent, now), (View.OVERDUE,)) for now in (due - MOMENT, due)]

    assert found == [{View.OVERDUE: 0}, {View.OVERDUE: 1}]


def test_counts_stop_at_their_limit_and_leave_out_what_is_done(
    agent, lead, requester, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(queue, "MOST_COUNTED", 2)
    mine, *_others = (make_ticket(requester) for _number in range(3))
    assign(mine, agent, by=lead.user, now=MONDAY_9AM)

    assert queue.counts(reader(agent)) == {
        View.MINE: 1, View.UNASSIGNED: 2, View.TEAM: 2, View.OVERDUE: 0, View.CHECK_INS: 0, View.LEVEL_3: 0,
    }  # fmt: skip
    assert queue.counts(reader(agent), (View.TEAM, View.MINE)) == {View.TEAM: 2, View.MINE: 1}
    with django_assert_num_queries(0):
        assert queue.counts(reader(agent), (View.DONE,)) == {}


@pytest.mark.parametrize(
    ("values", "filters"),
    [
        ({}, Filters()),
        ({"priority": "2", "status": "waiting", "tier": "gold"},
         Filters(priority=Priority.HIGH, status=Status.WAITING, tier=Tier.GOLD)),
        ({"account": "7", "region": "999999999999999"}, Filters(account=7, region=999_999_999_999_999)),
        ({"account": "1000000000000000", "region": "²", "language": "de"}, Filters()),
        ({"priority": "9", "status": "gone", "tier": "wood"}, Filters()),
        ({"language": "fr"}, Filters(language="fr")),
        ({"q": f"  a \n b {'c' * 200}"}, Filters(text="a b " + "c" * 96)),
    ],
    ids=str,
)  # fmt: skip
def test_a_filter_is_read_whole_or_narrows_nothing(values, filters):
    assert Filters.read(values) == filters
    assert filters.any == (filters != Filters())


def test_each_filter_keeps_one_ticket_of_two(requester, stranger, agent):
    """Bob's is of another account, region, tier, language, priority and status."""
    marcs = make_ticket(requester, priority=Priority.HIGH)
    bobs = make_ticket(stranger, priority=Priority.LOW, live=True, by=agent.user)
    london = make_account("London").home_region
    Ticket.objects.filter(pk=bobs.pk).update(language="fr")
    kept = {
        name: [ticket.pk for ticket in Filters(**{name: value}).apply(Ticket.objects.all())]
        for name, value in {
            "priority": Priority.HIGH, "status": Status.NEW, "tier": Tier.GOLD, "account": requester.account_id,
            "language": "en",
        }.items()
    }  # fmt: skip

    assert kept == dict.fromkeys(kept, [marcs.pk])
    assert [len(Filters(region=region.pk).apply(Ticket.objects.all())) for region in (marcs.region, london)] == [2, 2]


@pytest.mark.parametrize("after", ["", "x", "~", "2026-11-09T12:00:00~1", "yesterday~1", "2026-11-09T12:00:00+00:00"])
def test_a_place_that_nobody_gave_out_begins_at_the_top(agent, ticket, after):
    assert [row.pk for row in queue.page(View.TEAM, Filters(), reader(agent), after=after).tickets] == [ticket.pk]


def test_a_row_of_todays_check_ins_says_when_we_wrote_last(agent, requester):
    ticket = make_ticket(requester, priority=Priority.URGENT)
    reply_as_agent(ticket, body="On it.", by=agent.user, now=MONDAY_9AM)
    reply_as_agent(ticket, body="Still on it.", by=agent.user, now=MONDAY_9AM + HOUR)
    ticket.messages.create(
        author=agent.user, author_kind="agent", channel="portal", body="Between.", created_at=MONDAY_9AM + HOUR / 2
    )

    (row,) = queue.page(View.CHECK_INS, Filters(), reader(agent)).tickets

    assert (row.last_word_at, row.level_3_state) == (MONDAY_9AM + HOUR, None)


def test_what_is_done_stands_in_no_view_but_its_own(agent, lead, requester):
    mine, nobodys, theirs = (make_ticket(requester) for _number in range(3))
    done = [make_ticket(requester) for _number in range(2)]
    for ticket, to in ((mine, agent), (theirs, lead), (done[0], agent)):
        assign(ticket, to, by=lead.user, now=MONDAY_9AM)
    for ticket in done:
        close_by_customer(ticket, by=requester.user, now=MONDAY_9AM)

    found = {view: list(queue.tickets_in(view, reader(agent)).order_by("pk")) for view in View}

    assert found == {
        View.MINE: [mine], View.UNASSIGNED: [nobodys], View.TEAM: [mine, nobodys, theirs], View.OVERDUE: [],
        View.CHECK_INS: [], View.LEVEL_3: [], View.DONE: done,
    }  # fmt: skip


@pytest.mark.parametrize(("size", "more"), [(1, True), (2, False), (3, False)])
def test_a_page_leads_on_when_there_is_more(agent, requester, size, more):
    tickets = [make_ticket(requester) for _number in range(2)]

    page = queue.page(View.TEAM, Filters(), reader(agent), size=size)

    assert (page.tickets, bool(page.after)) == (tickets[:size], more)


def test_level_3_holds_live_tickets_that_still_wait_for_it(agent, requester):
    waiting, declined, done = (make_ticket(requester) for _number in range(3))
    for ticket in (waiting, declined, done):
        escalation.escalate(ticket, reason="Logs.", by=agent.user, now=MONDAY_9AM)
    escalation.decline(declined, reason="Found.", by=agent.user, now=MONDAY_9AM)
    close_by_customer(done, by=requester.user, now=MONDAY_9AM)

    rows = queue.page(View.LEVEL_3, Filters(), reader(agent)).tickets
    assert [(row, row.level_3_state) for row in rows] == [(waiting, "escalated")]
    (solved,) = queue.page(View.DONE, Filters(), reader(agent)).tickets
    assert (solved, solved.level_3_state) == (done, None)


def test_the_next_update_is_offered_in_whole_minutes(requester):
    now = MONDAY_9AM + timedelta(seconds=59, microseconds=999_999)
    offered = [
        next_update(make_ticket(requester, priority=priority), entitlements_of(requester, now), now=now)
        for priority in (Priority.URGENT, Priority.LOW)
    ]

    assert offered == [MONDAY_9AM + 4 * HOUR, None]


# --- Needs cover ------------------------------------------------------------------------------------------------------


@pytest.fixture
def hers(ticket, london, lead):
    """Marc's ticket, due at noon UTC, is Ann's."""
    ann = make_agent("ann@punctual.test", name="Ann")
    ann.regions.add(london)
    return assign(ticket, ann, by=lead.user, now=MONDAY_9AM)


def is_listed(ticket, now=MONDAY_9AM):
    return [row.ticket.pk for row in needs_cover(now=now)] == [ticket.pk]


def away(agent, starts, ends):
    AwayPeriod.objects.all().delete()
    go_away(agent, starts_at=starts, ends_at=ends, by=agent.user, now=min(starts, MONDAY_9AM) - HOUR)


def test_an_absence_counts_from_its_first_moment_to_its_last(hers):
    due = hers.next_due_at
    found = []
    for starts, ends in (
        (due + MOMENT, due + DAY), (due, due + DAY), (due - HOUR, due + MOMENT), (due - HOUR, due),
    ):  # fmt: skip
        away(hers.assignee, starts, ends)
        found.append(is_listed(hers))

    assert found == [False, True, True, False]


def test_what_is_late_already_counts_from_now(hers):
    """Its owner was away when it was due, and is back; or left since."""
    now = hers.next_due_at + HOUR
    away(hers.assignee, hers.next_due_at - HOUR, now)
    assert not is_listed(hers, now)
    away(hers.assignee, now, now + DAY)
    assert is_listed(hers, now)


def test_seven_days_ahead_are_looked_at_and_not_a_moment_more(hers):
    away(hers.assignee, MONDAY_9AM - HOUR, MONDAY_9AM + 30 * DAY)

    found = []
    for due in (MONDAY_9AM + 7 * DAY, MONDAY_9AM + 7 * DAY + MOMENT):
        Ticket.objects.update(next_due_at=due)
        found.append(is_listed(hers))

    assert found == [True, False]


def test_an_owner_who_is_there_takes_no_place_from_one_who_is_not(hers, requester, lead, monkeypatch):
    monkeypatch.setattr(cover, "MOST", 1)
    theirs = assign(make_ticket(requester), lead, by=lead.user, now=MONDAY_9AM)
    for ticket, days in ((hers, 3), (theirs, 4)):
        Ticket.objects.filter(pk=ticket.pk).update(next_due_at=MONDAY_9AM + days * DAY)
    for starts, ends in ((4, 5), (1, 2)):
        away(hers.assignee, MONDAY_9AM + starts * DAY, MONDAY_9AM + ends * DAY)
        go_away(lead, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + 9 * DAY, by=lead.user, now=MONDAY_9AM)
        assert is_listed(theirs)


@pytest.mark.parametrize(
    ("due", "found"),
    [
        (datetime(2026, 11, 10, 9, 0, tzinfo=UTC) - MOMENT, True),
        (datetime(2026, 11, 10, 9, 0, tzinfo=UTC), True),  # the hour at which she begins
        (datetime(2026, 11, 10, 9, 0, tzinfo=UTC) + MOMENT, False),
        (datetime(2026, 11, 9, 20, 0, tzinfo=UTC), False),  # due now: late, and nobody can be there in time
        (datetime(2026, 11, 9, 20, 0, tzinfo=UTC) + MOMENT, True),
    ],
)
def test_at_night_only_what_is_due_before_the_owner_begins_needs_cover(hers, due, found):
    Ticket.objects.update(next_due_at=due)

    row = Uncovered(hers, None, datetime(2026, 11, 10, 9, 0, tzinfo=UTC), has_left=False, stand_in=None)
    assert needs_cover(now=datetime(2026, 11, 9, 20, 0, tzinfo=UTC)) == ([row] if found else [])


def test_a_night_is_sixteen_hours(hers):
    """On Friday evening the owner begins on Monday: what is due on Saturday noon is no matter for tonight."""
    friday = datetime(2026, 11, 13, 19, 0, tzinfo=UTC)

    found = []
    for due in (friday + 16 * HOUR, friday + 16 * HOUR + MOMENT):
        Ticket.objects.update(next_due_at=due)
        found.append(is_listed(hers, friday))

    assert found == [True, False]


def test_the_nearest_stands_first_and_the_stand_in_is_the_back_up_of_its_own_owner(london, lead):
    account = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    ann, sam = (make_agent(f"{name}@punctual.test", name=name.title()) for name in ("ann", "sam"))
    engineers.designate(account, london, ann, backup=sam, by=lead.user, now=MONDAY_9AM - DAY)
    tom = make_contact(account, "tom@kestrel.test")
    low, urgent, other = (
        make_ticket(tom, priority=priority) for priority in (Priority.LOW, Priority.URGENT, Priority.LOW)
    )
    for ticket, to in ((low, ann), (urgent, ann), (other, lead)):
        assign(ticket, to, by=lead.user, now=MONDAY_9AM)
    for agent in (ann, lead):
        go_away(agent, starts_at=MONDAY_9AM - HOUR, ends_at=MONDAY_9AM + 30 * DAY, by=lead.user, now=MONDAY_9AM)

    assert [(row.ticket, row.stand_in) for row in needs_cover(now=MONDAY_9AM)] == [
        (urgent, sam), (low, sam), (other, None),
    ]  # fmt: skip
    assert [row.ticket for row in needs_cover(now=MONDAY_9AM, owner=lead)] == [other]
    DesignatedEngineer.objects.update(ended_at=MONDAY_9AM)
    assert {row.stand_in for row in needs_cover(now=MONDAY_9AM)} == {None}


# --- Continuity -------------------------------------------------------------------------------------------------------


def test_continuity_counts_ninety_days_and_what_was_opened_while_the_engineer_was_designated(london, lead):
    account = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    lea, sam = (make_agent(f"{name}2@punctual.test", name=name.title()) for name in ("lea", "sam"))
    now = MONDAY_9AM + 90 * DAY
    designated = engineers.designate(account, london, lea, backup=sam, by=lead.user, now=MONDAY_9AM - DAY).engineer
    ticket = make_ticket(make_contact(account, "tom@kestrel.test"))
    reply_as_agent(ticket, body="On it.", by=lea.user, now=MONDAY_9AM + HOUR)
    kept = make_ticket(make_contact(account, "kim@kestrel.test"), now=MONDAY_9AM - 2 * DAY)
    for hours, author in enumerate((lead, sam, sam)):  # opened before Léa was designated: counts for nobody
        reply_as_agent(kept, body="On it.", by=author.user, now=MONDAY_9AM + hours * HOUR)
    one, none = Share(1, 1, 0), Share()

    assert [continuity(account, moment).whole for moment in (now, now + MOMENT)] == [one, none]
    assert [continuity(account, moment).whole for moment in (MONDAY_9AM - MOMENT, MONDAY_9AM)] == [none, one]
    for column, moment, share in (
        ("started_at", MONDAY_9AM, one), ("started_at", MONDAY_9AM + MOMENT, none), ("started_at", None, one),
        ("ended_at", MONDAY_9AM + MOMENT, one), ("ended_at", MONDAY_9AM, none),
    ):  # fmt: skip
        DesignatedEngineer.objects.filter(pk=designated.pk).update(**{column: moment})
        assert continuity(account, now).whole == share, (column, moment)


def test_the_back_up_handled_what_they_answered_most(london, lead):
    account = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    lea, sam = (make_agent(f"{name}2@punctual.test", name=name.title()) for name in ("lea", "sam"))
    engineers.designate(account, london, lea, backup=sam, by=lead.user, now=MONDAY_9AM - DAY)
    for authors in ((lead, sam, sam), (lead, sam), (lead, lead, sam)):
        ticket = make_ticket(make_contact(account, f"{len(account.contacts.all())}@kestrel.test"))
        for hours, author in enumerate(authors):
            reply_as_agent(ticket, body="On it.", by=author.user, now=MONDAY_9AM + hours * HOUR)

    assert continuity(account, MONDAY_9AM + DAY).whole == Share(tickets=3, by_engineer=0, by_backup=1)


# --- The self-check ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2026, 11, 10, 2, tzinfo=UTC) - MOMENT, False),
        (datetime(2026, 11, 10, 2, tzinfo=UTC), True),
        (datetime(2026, 11, 10, 3, tzinfo=ZoneInfo("Europe/Paris")), True),
        (datetime(2026, 11, 10, 3, tzinfo=UTC) - MOMENT, True),
        (datetime(2026, 11, 10, 3, tzinfo=UTC), False),
    ],
)
@pytest.mark.django_db
def test_a_nightly_run_begins_in_the_hour_after_two(now, begins):
    verification.verify_some(now=now)

    assert Verification.objects.exists() == begins


@pytest.mark.parametrize(("before", "runs"), [(20 * HOUR - MOMENT, 1), (20 * HOUR, 2)])
@pytest.mark.django_db
def test_a_run_begins_no_sooner_than_twenty_hours_after_the_one_before(before, runs):
    now = datetime(2026, 11, 10, 2, 5, tzinfo=UTC)
    Verification.objects.create(started_at=now - before, finished_at=now - HOUR)

    verification.verify_some(now=now)

    assert Verification.objects.count() == runs


def test_a_run_that_is_under_way_goes_on_by_day_and_says_what_each_part_found(ticket, lead, monkeypatch):
    Ticket.objects.update(next_due_at=None)
    run = verification.begin(now=MONDAY_9AM - DAY)
    assert verification.begin(now=MONDAY_9AM) == run

    assert [verification.verify_some(now=MONDAY_9AM, batches=1) for _part in range(6)] == [0, 0, 1, 0, 0, 0]
    run.refresh_from_db()
    assert (run.differences, run.finished_at, run.started_at) == (1, MONDAY_9AM, MONDAY_9AM - DAY)
    notice = Notice.objects.get(kind="differences_found")
    due = Clock.objects.order_by("due_at").first().due_at
    assert notice.recipient == lead.user
    assert notice.data == {
        "count": 1,
        "examples": [{
            "ticket": ticket.pk, "number": ticket.number, "clock": None, "cause": "next_due_at", "stored": "None",
            "rebuilt": str(due),
        }],
    }  # fmt: skip


def test_fifty_examples_are_kept_and_five_are_sent(ticket, requester, lead, monkeypatch):
    monkeypatch.setattr(verification, "EXAMPLES", 6)
    for _number in range(7):
        make_ticket(requester)
    Ticket.objects.update(next_due_at=None)

    run = verification.begin(now=MONDAY_9AM)
    while verification.go_on(run, now=MONDAY_9AM):
        pass

    assert (run.differences, len(run.examples)) == (8, 6)
    notice = Notice.objects.get(kind="differences_found")
    assert (notice.data["count"], len(notice.data["examples"])) == (8, 5)


def test_what_happens_in_one_moment_is_read_in_the_order_in_which_it_was_written(ticket, requester, agent):
    reply_as_customer(ticket, body="And?", by=requester, channel="portal", now=MONDAY_9AM + HOUR)
    reply_as_agent(ticket, body="Soon.", by=agent.user, now=MONDAY_9AM + HOUR)
    for status in (Status.WAITING, Status.ON_HOLD):
        change_status(ticket, status, by=agent.user, now=MONDAY_9AM + 2 * HOUR)

    run = verification.begin(now=MONDAY_9AM + 2 * HOUR)
    while verification.go_on(run, now=MONDAY_9AM + 2 * HOUR):
        pass

    assert (run.differences, run.examples) == (0, [])


@pytest.mark.parametrize("part", ["changed", "stands", "next_step", "next_at"])
@pytest.mark.parametrize("value", [None, "", " "])
def test_each_part_of_a_check_in_is_needed(ticket, agent, part, value):
    parts = {"changed": "a", "stands": "b", "next_step": "c", "next_at": MONDAY_9AM + HOUR} | {part: value}
    with pytest.raises(DomainError) as refusal:
        send_check_in(ticket, parts=parts, by=agent.user, now=MONDAY_9AM)

    assert (refusal.value.code, refusal.value.field, ticket.messages.count()) == ("empty", part, 1)


def test_every_month_of_roll_ups_is_looked_at_whichever_was_written_first(db, monkeypatch):
    months = [TalliedMonth.objects.create(first_day=date(2026, month, 1), tallied_at=MONDAY_9AM) for month in (9, 7, 8)]
    seen = []
    monkeypatch.setattr(verification, "month_differences", lambda month: seen.append(month) or [])

    run = verification.begin(now=MONDAY_9AM)
    while verification.go_on(run, now=MONDAY_9AM):
        pass

    assert seen == months


def test_what_belongs_to_no_ticket_has_no_number():
    assert [verification.number_of(pk) for pk in (None, 42)] == ["–", "SUP-1042"]
