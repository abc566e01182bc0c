"""Meetings when several decide at once: one time, one appointment of a sponsor, one proposal of a period."""

from datetime import UTC, datetime

import pytest

from accounts.core.enums import ContactRole, Tier
from accounts.models import Meeting
from accounts.sponsorship.domain import meetings, naming, scheduling
from portal.lib.errors import DomainError, Stale
from tests import factories
from tests.test_races import at_once
from tickets.core.domain.routing import take_most_urgent

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


@pytest.fixture
def sponsorship(london, lead):
    return naming.name_sponsor(_platinum("Kestrel Air", london), lead, by=lead.user, now=NOW)


def _platinum(name, region):
    return factories.make_account(name, region=region, tier=Tier.PLATINUM)


def test_two_administrators_who_choose_different_times_at_once_get_one(sponsorship):
    people = [
        factories.make_contact(sponsorship.account, f"admin{n}@kestrel.test", role=ContactRole.ADMIN) for n in range(2)
    ]
    meeting = meetings.propose(sponsorship, by=None, now=NOW)
    slots = [slot.starts_at for slot in meeting.slots.all()]

    results = at_once(
        *[
            lambda p=p, s=s: meetings.confirm(meeting, s, by=p.user, now=NOW)
            for p, s in zip(people, slots[:2], strict=True)
        ]
    )

    won = [result for result in results if isinstance(result, Meeting)]
    assert (len(won), [type(r) for r in results if isinstance(r, DomainError)]) == (1, [Stale])
    assert Meeting.objects.get().starts_at == won[0].starts_at
    assert Meeting.objects.get().events.filter(kind="confirmed").count() == 1


def test_two_accounts_that_choose_overlapping_times_of_one_sponsor_at_once_get_one(sponsorship, london, lead):
    other = naming.name_sponsor(_platinum("Second", london), lead, by=lead.user, now=NOW)
    at = [datetime(2026, 11, 20, 10, minutes, tzinfo=UTC) for minutes in (0, 30)]
    asked = [
        meetings.propose(who, slots=[slot], by=lead.user, now=NOW)
        for who, slot in zip((sponsorship, other), at, strict=True)
    ]

    results = at_once(
        *[lambda m=m, s=s: meetings.confirm(m, s, by=lead.user, now=NOW) for m, s in zip(asked, at, strict=True)]
    )

    assert sorted(type(result).__name__ for result in results) == ["Clash", "Meeting"]
    assert Meeting.objects.filter(state="confirmed").count() == 1


def test_parallel_runs_of_the_job_propose_a_period_once(sponsorship):
    runs = at_once(*[lambda: scheduling.propose_due(now=NOW)] * 4)

    assert sorted(runs) == [0, 0, 0, 1]
    assert Meeting.objects.get().period_on.isoformat() == "2026-10-01"


def test_agents_who_take_the_most_urgent_at_once_get_different_tickets(requester, lead, agent):
    tickets = [factories.make_ticket(requester) for _number in range(3)]

    taken = at_once(*[lambda who=who: take_most_urgent(who, now=NOW) for who in (lead, agent)])

    assert len({ticket.pk for ticket in taken} & {ticket.pk for ticket in tickets}) == 2
