"""Many at once: threads released together, each on its own connection, on the database the run uses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from accounts.absences.domain import go_away
from accounts.core.enums import Tier
from accounts.engineers import domain as engineers
from accounts.feeds.domain import feed_owner, renew_feed
from accounts.models import AwayPeriod, CalendarFeed, DesignatedEngineer, Seat
from accounts.seats.domain import seats
from portal.lib import outbox
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from sla.core.domain.sweep import sweep
from sla.core.enums import ClockKind, Priority
from sla.models import Clock, ClockEvent
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket
from tickets.core.domain.clock_events import act_on_clock_events
from tickets.core.domain.conversation import reply_as_agent
from tickets.models import Message

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


def at_once(*acts):
    """Run the acts in parallel, let go at the same moment; returns what each returned or raised."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait()
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_twenty_requests_for_three_seats_give_three(paris, lead):
    account = make_account(tier=Tier.GOLD)
    people = [make_contact(account, f"p{n}@acme.test") for n in range(20)]

    results = at_once(*[lambda p=p: seats.nominate(p, by=lead.user, now=MONDAY_9AM) for p in people])

    assert sorted(s.number for s in results if isinstance(s, Seat)) == [1, 2, 3]
    assert {type(r) for r in results if not isinstance(r, Seat)} == {seats.SeatsFull}
    assert sorted(Seat.objects.taken().values_list("number", flat=True)) == [1, 2, 3]


def test_twenty_nominations_with_a_region_for_one_free_seat_give_one(london, tokyo, lead):
    """#87 The region of a Gold seat changes nothing about the cap."""
    account = make_account(region=london, tier=Tier.GOLD)
    account.regions.add(tokyo)
    first, second, *people = [make_contact(account, f"p{n}@acme.test") for n in range(22)]
    for holder in (first, second):
        seats.nominate(holder, region=london, by=lead.user, now=MONDAY_9AM)

    results = at_once(
        *[lambda p=p, r=(london, tokyo)[n % 2]: seats.nominate(p, region=r, by=lead.user, now=MONDAY_9AM)
          for n, p in enumerate(people)]
    )  # fmt: skip

    assert [s.number for s in results if isinstance(s, Seat)] == [3]
    assert {type(r) for r in results if not isinstance(r, Seat)} == {seats.SeatsFull}
    assert Seat.objects.taken().count() == 3


def test_withdrawing_replacing_and_nominating_at_once_never_exceed_the_cap(london, lead):
    """#88 #89 Whatever is mixed, no more people are seated than the contract has seats, each number once."""
    account = make_account(region=london, tier=Tier.GOLD)
    people = [make_contact(account, f"p{n}@acme.test") for n in range(9)]
    held = [seats.nominate(person, by=lead.user, now=MONDAY_9AM) for person in people[:3]]

    at_once(
        lambda: seats.withdraw(held[0], by=lead.user, now=MONDAY_9AM),
        lambda: seats.replace(held[1], contact=people[3], by=lead.user, now=MONDAY_9AM),
        lambda: seats.change_region(held[2], london, by=lead.user, now=MONDAY_9AM),
        *[lambda p=p: seats.nominate(p, by=lead.user, now=MONDAY_9AM) for p in people[3:]],
    )

    taken = list(Seat.objects.taken().values_list("number", flat=True))
    assert len(taken) <= 3
    assert sorted(taken) == sorted(set(taken))


def test_two_leads_designate_at_once_and_one_engineer_is_named(london, lead, agent):
    account = make_account(region=london, tier=Tier.PLATINUM)
    other = make_agent("sam@punctual.test")

    results = at_once(
        *[lambda a=a: engineers.designate(account, london, a, by=lead.user, now=MONDAY_9AM) for a in (agent, other)] * 3
    )

    named = [result.engineer for result in results if isinstance(result, engineers.Designated)]
    assert len(named) == 1
    assert {r.code for r in results if isinstance(r, DomainError)} == {"already_designated"}
    assert list(DesignatedEngineer.objects.current()) == named


def test_two_leads_replace_at_once_and_the_history_has_no_gap(london, lead, agent):
    account = make_account(region=london, tier=Tier.PLATINUM)
    people = [make_agent(f"{name}@punctual.test") for name in ("sam", "kim", "ann")]
    first = engineers.designate(account, london, agent, by=lead.user, now=MONDAY_9AM).engineer

    at_once(*[lambda p=p: engineers.replace(first, agent=p, by=lead.user, now=MONDAY_9AM + HOUR) for p in people])

    rows = list(DesignatedEngineer.objects.order_by("pk"))
    assert [(row.started_at, row.ended_at) for row in rows] == [
        (MONDAY_9AM, MONDAY_9AM + HOUR), (MONDAY_9AM + HOUR, None),
    ]  # fmt: skip


def test_the_same_absence_entered_twice_at_once_is_one(agent, lead):
    times = {"starts_at": MONDAY_9AM + HOUR, "ends_at": MONDAY_9AM + 9 * HOUR, "now": MONDAY_9AM}

    results = at_once(*[lambda p=p: go_away(agent, by=p.user, **times) for p in (agent, lead)] * 3)

    assert [r.code for r in results if isinstance(r, DomainError)] == ["overlaps"] * 5
    assert AwayPeriod.objects.count() == 1


def test_ten_new_addresses_of_a_calendar_at_once_leave_one_that_works(requester, agent):
    for user, contact in ((requester.user, requester), (agent.user, None)):
        made = at_once(*[lambda u=user, c=contact: renew_feed(u, c, now=MONDAY_9AM)] * 10)

        working = [feed for feed, token in made if feed_owner(token, now=MONDAY_9AM)]
        assert (len(made), working) == (10, list(CalendarFeed.objects.of(user, contact).live()))
        assert len(working) == 1


def test_two_agents_answer_at_once_and_both_are_heard(requester, agent, lead):
    ticket = make_ticket(requester, priority=Priority.URGENT)

    at_once(
        *[
            lambda a=a: reply_as_agent(ticket, body=f"by {a.name}", by=a.user, now=MONDAY_9AM + HOUR)
            for a in (agent, lead)
        ]
    )

    outcomes = Clock.objects.filter(ticket=ticket).order_by("pk").values_list("kind", "outcome")
    assert Message.objects.filter(ticket=ticket).count() == 3
    assert sorted(outcomes) == [("check_in", "met"), ("check_in", "met"), ("check_in", "running"), ("response", "met")]


def test_a_late_answer_and_four_sweeps_raise_one_flag(requester, agent):
    tickets = [make_ticket(requester, priority=Priority.URGENT) for _ in range(5)]
    late = MONDAY_9AM + 2 * HOUR

    at_once(
        *[lambda: sweep(now=late)] * 4,
        *[lambda t=t: reply_as_agent(t, body="Late", by=agent.user, now=late) for t in tickets],
    )

    responses = Clock.objects.filter(kind=ClockKind.RESPONSE)
    assert set(responses.values_list("outcome", "breached_at")) == {("missed", MONDAY_9AM + HOUR)}
    assert ClockEvent.objects.filter(kind="overdue").count() == 5


def test_four_copies_of_the_telling_job_tell_each_person_once(requester, lead):
    for _ in range(6):
        make_ticket(requester, priority=Priority.URGENT)
    sweep(now=MONDAY_9AM + HOUR)

    counts = at_once(*[lambda: act_on_clock_events(now=MONDAY_9AM + HOUR)] * 4)

    assert sum(counts) == 6
    assert Notice.objects.filter(kind="overdue").count() == 6


def test_four_copies_of_the_delivery_send_each_mail_once(requester, mailoutbox):
    make_ticket(requester)
    waiting = Notice.objects.filter(sent_at=None).count()

    counts = at_once(*[lambda: outbox.deliver(now=MONDAY_9AM)] * 4)

    assert (sum(counts), len(mailoutbox)) == (waiting, waiting)
