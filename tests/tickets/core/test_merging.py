"""Two tickets become one: the survivor keeps the earlier due moment of the two; what must stay apart stays apart."""

from datetime import timedelta

import pytest

from portal.lib.errors import DomainError
from sla.core.domain.sweep import sweep
from sla.core.enums import ClockEventKind, ClockKind, Outcome, Priority, StartCause
from tests.factories import MONDAY_9AM, make_contact, make_ticket
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.domain.lifecycle import change_status
from tickets.core.domain.merging import CannotMerge, merge
from tickets.core.enums import Status
from tickets.models import Ticket

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HALF_PAST = MONDAY_9AM + 30 * MINUTE


def running(ticket):
    rows = ticket.clocks.filter(outcome=Outcome.RUNNING).order_by("kind")
    return list(rows.values_list("kind", "started_at", "due_at"))


def told(ticket):
    """What the survivor's clocks say of the merge: whether it moved them, from when to when."""
    rows = ticket.clocks.filter(events__kind=ClockEventKind.DUE_CHANGED).order_by("kind")
    names = ("kind", "events__data__applied", "events__data__old_due_at", "events__data__new_due_at")
    return list(rows.filter(events__data__cause="merged").values_list(*names))


@pytest.mark.parametrize("later", [HOUR, MINUTE, timedelta(0)], ids=["an hour", "a minute", "none"])
def test_a_ticket_that_is_due_later_or_at_the_same_moment_moves_nothing(requester, lead, later):
    into = make_ticket(requester, priority=Priority.HIGH)
    before = running(into)
    other = make_ticket(requester, priority=Priority.HIGH, now=MONDAY_9AM + later)

    merge(other, into=into, by=lead.user, now=MONDAY_9AM + later)

    assert running(into) == before
    assert told(into) == [(kind, False, due.isoformat(), due.isoformat()) for kind, _started, due in before]


def test_a_ticket_that_is_due_earlier_gives_its_start_and_its_due_moment(requester, lead):
    other = make_ticket(requester, priority=Priority.HIGH)
    earlier = running(other)
    into = make_ticket(requester, priority=Priority.HIGH, now=HALF_PAST)
    before = running(into)

    merge(other, into=into, by=lead.user, now=MONDAY_9AM + HOUR)

    assert running(into) == earlier
    assert told(into) == [
        (kind, True, old.isoformat(), new.isoformat())
        for (kind, _started, old), (_kind, _since, new) in zip(before, earlier, strict=True)
    ]
    assert running(other) == []


def test_a_survivor_that_is_due_at_this_very_moment_is_overdue_and_stays_as_it_was(requester, lead):
    into = make_ticket(requester, priority=Priority.HIGH)
    due = into.clocks.get(kind=ClockKind.RESPONSE).due_at
    other = make_ticket(requester, priority=Priority.URGENT, now=MONDAY_9AM)

    merge(other, into=into, by=lead.user, now=due)

    clock = into.clocks.get(kind=ClockKind.RESPONSE)
    assert (clock.due_at, clock.breached_at, clock.outcome) == (due, due, Outcome.RUNNING)


def test_a_question_that_moves_to_a_ticket_without_one_goes_on_with_its_own_promise(requester, lead, agent):
    into = make_ticket(requester, priority=Priority.HIGH)
    reply_as_agent(into, body="Which version?", by=agent.user, now=MONDAY_9AM, status_after=Status.WAITING)
    other = make_ticket(requester, priority=Priority.HIGH, now=HALF_PAST)
    asked = other.clocks.get(kind=ClockKind.RESPONSE)

    merge(other, into=into, by=lead.user, now=MONDAY_9AM + HOUR)

    taken = into.clocks.get(kind=ClockKind.RESPONSE, outcome=Outcome.RUNNING)
    assert (taken.started_at, taken.due_at, taken.cause) == (asked.started_at, asked.due_at, StartCause.MERGED)
    into.refresh_from_db()
    assert into.status == Status.OPEN


def refused(ticket, into, lead):
    with pytest.raises(DomainError) as refusal:
        merge(ticket, into=into, by=lead.user, now=MONDAY_9AM)
    assert not Ticket.objects.exclude(merged_into=None).exists()
    return type(refusal.value), refusal.value.code


def test_what_must_stay_apart_is_not_merged(requester, stranger, account_admin, lead, agent):
    mine, foreign = make_ticket(requester), make_ticket(stranger)
    private, hers = make_ticket(requester, is_private=True), make_ticket(account_admin, is_private=True)
    done = make_ticket(requester)
    reply_as_agent(done, body="Done.", by=agent.user, now=MONDAY_9AM, status_after=Status.SOLVED)

    for pair in ((mine, mine), (mine, foreign), (foreign, mine), (mine, private), (private, mine), (private, hers)):
        assert refused(*pair, lead) == (CannotMerge, "cannot_merge")
    for pair in ((mine, done), (done, mine)):
        assert refused(*pair, lead)[1] == "closed"


def test_two_private_tickets_of_one_person_can_be_merged(requester, lead):
    into = make_ticket(requester, is_private=True)

    merge(make_ticket(requester, is_private=True), into=into, by=lead.user, now=MONDAY_9AM)

    assert Ticket.objects.exclude(merged_into=None).get().merged_into == into


def test_who_has_left_does_not_follow_the_survivor(requester, account, lead):
    gone = make_contact(account, "gone@acme.test")
    other, into = make_ticket(requester, followers=[gone]), make_ticket(requester)
    gone.is_active = False
    gone.save()

    merge(other, into=into, by=lead.user, now=MONDAY_9AM)

    assert not into.followers.filter(contact=gone).exists()


def test_a_check_in_alone_does_not_wake_a_survivor_that_waits_for_the_customer(requester, lead, agent):
    into, other = make_ticket(requester), make_ticket(requester)
    reply_as_agent(into, body="Which version?", by=agent.user, now=MONDAY_9AM, status_after=Status.WAITING)
    reply_as_agent(other, body="We look.", by=agent.user, now=MONDAY_9AM)

    merge(other, into=into, by=lead.user, now=HALF_PAST)

    into.refresh_from_db()
    assert (into.status, running(into)) == (Status.WAITING, [])
    change_status(into, Status.OPEN, by=agent.user, now=HALF_PAST)
    assert [kind for kind, _started, _due in running(into)] == [ClockKind.CHECK_IN]


def test_a_survivor_that_was_called_due_soon_is_so_again_by_its_new_due_moment(requester, lead):
    """The warning spoke of the survivor's own due moment; the one that it takes over is not three quarters used."""
    into = make_ticket(requester, priority=Priority.LOW)
    own = into.clocks.get(kind=ClockKind.RESPONSE, outcome=Outcome.RUNNING)
    warned = own.due_soon_at
    sweep(now=warned)
    other = make_ticket(requester, priority=Priority.URGENT, now=warned)

    merge(other, into=into, by=lead.user, now=warned)

    own.refresh_from_db()
    assert own.due_soon_at > warned
    assert own.warned_at is None
    sweep(now=own.due_soon_at)
    own.refresh_from_db()
    assert own.warned_at == own.due_soon_at
