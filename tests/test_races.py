"""Many at once: threads released together, each on its own connection, on the database the run uses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from accounts.domain import seats
from accounts.domain.feeds import feed_owner, renew_feed
from accounts.enums import Tier
from accounts.models import CalendarFeed, Seat
from portal.lib import outbox
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from sla.domain.sweep import sweep
from sla.enums import ClockKind, Priority
from sla.models import Clock, ClockEvent
from tests.factories import MONDAY_9AM, make_account, make_contact, make_ticket
from tickets.domain.clock_events import act_on_clock_events
from tickets.domain.conversation import reply_as_agent
from tickets.models import Message

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
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
    assert set(responses.values_list("outcome", "overdue_at")) == {("missed", MONDAY_9AM + HOUR)}
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
