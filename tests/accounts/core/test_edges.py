"""Accounts at their edges: what counts at this very moment, what one act leaves of another, and nothing of others."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.absences.domain import go_away
from accounts.contracts.domain.contracts import save_contract
from accounts.core.domain.as_of import entitlements_as_of
from accounts.core.domain.entitlements import entitlements_of
from accounts.core.enums import Basis, ContactRole, SeatState, Tier
from accounts.models import Contact, EntitlementChange, Sponsorship, User
from accounts.reachability.domain import try_again
from accounts.seats.domain import seats
from accounts.sponsorship.domain import meetings, naming, slots
from accounts.sponsorship.domain.rhythm import sponsorship_of
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from tests.factories import MONDAY_9AM, make_account, make_contact, seat

HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)


def test_an_address_that_works_again_keeps_nothing_of_what_was_said(requester, colleague):
    marked = {"unreachable_since": MONDAY_9AM, "unreachable_address": "x@acme.test", "unreachable_reason": "5.1.1 Gone"}
    User.objects.update(**marked)

    try_again(requester.user)

    columns = ("unreachable_address", "unreachable_since", "unreachable_reason")
    rows = [User.objects.filter(pk=person.user_id).values_list(*columns).get() for person in (requester, colleague)]
    assert rows == [
        ("", None, ""), ("x@acme.test", MONDAY_9AM, "5.1.1 Gone"),
    ]  # fmt: skip
    assert (requester.user.is_unreachable, requester.user.unreachable_reason) == (False, "")


def test_an_account_without_a_contract_has_no_seats_to_give(paris):
    account = make_account("Free", region=paris)

    plan = seats.seat_plan(account, MONDAY_9AM)

    assert (plan.limit, plan.seats, plan.contract, seats.seat_limit(account, MONDAY_9AM)) == (0, [], None, 0)


def test_a_seat_of_the_past_was_nominated_active_or_not_there_at_its_very_moments(account, colleague, lead):
    found = seats.nominate(colleague, by=lead.user, now=MONDAY_9AM)
    seats.validate(found, by=lead.user, now=MONDAY_9AM + HOUR)
    seats.withdraw(found, by=lead.user, now=MONDAY_9AM + 2 * HOUR)

    def as_of(moment):
        past = entitlements_as_of(account, moment)
        assert (past.tier, past.limit) == (Tier.GOLD, 3)
        return [(row.seat, row.state, row.tier) for row in past.seats]

    nominated, active = (found, SeatState.NOMINATED, Tier.STANDARD), (found, SeatState.ACTIVE, Tier.GOLD)
    moments = (timedelta(), HOUR, 2 * HOUR)
    assert [as_of(MONDAY_9AM + at - MOMENT) for at in moments] == [[], [nominated], [active]]
    assert [as_of(MONDAY_9AM + at) for at in moments] == [[nominated], [active], []]


def test_a_seat_that_was_withdrawn_gives_nothing_and_the_next_one_counts(colleague, lead):
    found = []
    for hours in (0, 2):
        given = seats.nominate(colleague, by=lead.user, now=MONDAY_9AM + hours * HOUR)
        seats.validate(given, by=lead.user, now=MONDAY_9AM + hours * HOUR)
        found.append((entitlements_of(colleague, MONDAY_9AM + hours * HOUR), given))
        seats.withdraw(given, by=lead.user, now=MONDAY_9AM + (hours + 1) * HOUR)
    after = entitlements_of(colleague, MONDAY_9AM + 4 * HOUR)

    assert [(rights.tier, rights.basis, rights.seat == given) for rights, given in found] == [
        (Tier.GOLD, Basis.SEAT, True), (Tier.GOLD, Basis.SEAT, True),
    ]  # fmt: skip
    assert (after.tier, after.basis, after.seat) == (Tier.STANDARD, Basis.NO_SEAT, None)


@pytest.mark.parametrize(
    ("ends", "dated_at"),
    [
        (date(2026, 11, 9), None),
        (date(2026, 11, 8), datetime(2026, 11, 8, 23, 0, tzinfo=UTC)),  # at midnight in Paris
        (date(2026, 11, 7), datetime(2026, 11, 7, 23, 0, tzinfo=UTC)),
    ],
)
def test_a_contract_that_ends_is_told_to_who_has_a_seat_and_still_signs_in(
    account, account_admin, requester, colleague, lead, agent, ends, dated_at
):
    seat(colleague, by=lead.user)
    Contact.objects.filter(pk=colleague.pk).update(is_active=False)
    contract = account.contracts.get()
    contract.ends_on = ends

    save_contract(contract, by=lead.user, now=MONDAY_9AM)

    told = Notice.objects.filter(kind="contract_changed").order_by("pk")
    changes = EntitlementChange.objects.filter(account=account, contact=None)
    if ends == MONDAY_9AM.date():
        assert (list(told), list(changes)) == ([], [])
        return
    assert [row.recipient for row in told] == [account_admin.user, requester.user]
    assert told[0].data == {"account": account.pk, "before": "gold", "after": "", "limit": 0}
    change = changes.get()
    assert (change.tier, change.basis, change.at) == (Tier.STANDARD, Basis.NO_CONTRACT, MONDAY_9AM)
    assert change.dated_at == dated_at


@pytest.fixture
def sponsorship(london, lead, agent):
    account = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    host = make_contact(account, "host@kestrel.test", role=ContactRole.ADMIN)
    return naming.name_sponsor(account, agent, host=host, by=lead.user, now=MONDAY_9AM)


def test_who_is_away_until_or_from_an_edge_is_free_there(sponsorship, agent):
    go_away(agent, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + HOUR, by=agent.user, now=MONDAY_9AM)
    edges = ((-HOUR, timedelta()), (-HOUR, MOMENT), (HOUR - MOMENT, 2 * HOUR), (HOUR, 2 * HOUR))

    found = [len(slots.taken(agent, MONDAY_9AM + start, MONDAY_9AM + end)) for start, end in edges]

    assert found == [0, 1, 1, 0]


def test_a_sponsor_whose_time_has_ended_sponsors_nobody(sponsorship):
    assert sponsorship_of(sponsorship.account) == sponsorship

    Sponsorship.objects.update(ended_at=MONDAY_9AM + HOUR)

    assert sponsorship_of(sponsorship.account) is None


def test_a_link_of_a_meeting_is_https_or_none(sponsorship, lead):
    meeting = meetings.propose(sponsorship, slots=[MONDAY_9AM + 24 * HOUR], by=lead.user, now=MONDAY_9AM)
    links = []
    for url in (" https://meet.test/a ", ""):
        links.append(meetings.set_link(meeting, url, by=lead.user, now=MONDAY_9AM).join_url)
    with pytest.raises(DomainError) as refusal:
        meetings.set_link(meeting, "http://meet.test/a", by=lead.user, now=MONDAY_9AM)

    assert (links, refusal.value.field) == (["https://meet.test/a", ""], "join_url")


def test_other_times_take_an_appointment_back_in_everybodys_calendar(sponsorship, lead):
    day = MONDAY_9AM + 24 * HOUR
    meeting = meetings.propose(sponsorship, slots=[day], by=lead.user, now=MONDAY_9AM)
    meetings.confirm(meeting, day, by=sponsorship.host.user, now=MONDAY_9AM)
    Notice.objects.all().delete()

    again = meetings.propose_others(meeting, slots=[2 * HOUR + day], by=lead.user, now=MONDAY_9AM + HOUR)

    assert (again.state, again.starts_at, again.sequence) == ("proposed", None, 1)
    assert [slot.starts_at for slot in again.slots.all()] == [2 * HOUR + day]
    taken_back = Notice.objects.filter(kind="meeting", data__step="retracted", data__starts_at=day.isoformat())
    assert {row.recipient.name for row in taken_back} == {"Host", "Léa"}


def test_a_sponsor_works_from_nine_to_half_past_five_on_weekdays_where_they_live(agent):
    friday = datetime(2026, 11, 13, 12, 0, tzinfo=UTC)

    spans = slots.working_spans(agent, friday, friday + 72 * HOUR)

    assert spans == [
        slots.Span(datetime(2026, 11, day, 8, 0, tzinfo=UTC), datetime(2026, 11, day, 16, 30, tzinfo=UTC))
        for day in (13, 16)
    ]
