"""Continuity: who handled the tickets of an account that has a designated engineer."""

from datetime import timedelta

import pytest

from accounts.core.enums import Tier
from accounts.engineers import domain as engineers
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket
from tickets.core.domain.continuity import Continuity, Share, continuity
from tickets.core.domain.conversation import reply_as_agent

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def kestrel(london, lead):
    """Léa is designated with Sam as her back-up since 100 days; Kim is anybody."""
    account = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    people = [make_agent(f"{name}2@punctual.test", name=name.title()) for name in ("lea", "sam", "kim")]
    engineers.designate(account, london, people[0], backup=people[1], by=lead.user, now=MONDAY_9AM - 100 * DAY)
    return make_contact(account, "tom@kestrel.test"), *people


def answered(requester, *authors, at=MONDAY_9AM):
    ticket = make_ticket(requester, now=at)
    for hours, author in enumerate(authors, start=1):
        reply_as_agent(ticket, body="On it.", by=author.user, now=at + hours * HOUR)
    return ticket


def test_a_ticket_counts_for_who_answered_first_or_most(kestrel, london):
    tom, lea, sam, kim = kestrel
    answered(tom, lea, kim, kim)  # first
    answered(tom, kim, lea, lea)  # most
    answered(tom, sam)  # the back-up
    answered(tom, kim, lea)  # half is not most
    answered(tom)  # nobody has answered yet: not counted

    whole = Share(tickets=4, by_engineer=2, by_backup=1)
    assert continuity(tom.account, MONDAY_9AM + DAY) == Continuity(whole, {london.pk: whole}, {lea.pk: whole})
    assert (whole.of_engineer, whole.of_both) == (0.5, 0.75)


def test_what_was_opened_under_the_engineer_before_counts_for_them(kestrel, london, lead):
    tom, lea, sam, kim = kestrel
    answered(tom, lea, at=MONDAY_9AM - 2 * DAY)
    current = tom.account.designated_engineers.current().get()
    engineers.replace(current, agent=kim, backup=sam, by=lead.user, now=MONDAY_9AM - DAY)
    answered(tom, lea)

    found = continuity(tom.account, MONDAY_9AM + DAY)

    assert found.engineers == {lea.pk: Share(1, 1, 0), kim.pk: Share(1, 0, 0)}
    assert found.whole == Share(tickets=2, by_engineer=1)


def test_older_than_ninety_days_and_other_accounts_do_not_count(kestrel, ticket, agent, london):
    tom, lea, _sam, _kim = kestrel
    answered(tom, lea, at=MONDAY_9AM - 91 * DAY)
    reply_as_agent(ticket, body="On it.", by=agent.user, now=MONDAY_9AM + HOUR)
    # Of the same region, answered by the very same engineer.
    answered(make_contact(make_account("Wren", region=london, tier=Tier.PLATINUM), "wim@wren.test"), lea)

    assert continuity(tom.account, MONDAY_9AM + DAY) == Continuity(Share(), {}, {})
    assert continuity(ticket.account, MONDAY_9AM + DAY).whole.of_both is None


def test_it_takes_one_statement(kestrel, django_assert_num_queries):
    tom, lea, _sam, _kim = kestrel
    for _ in range(3):
        answered(tom, lea)

    with django_assert_num_queries(1):
        continuity(tom.account, MONDAY_9AM + DAY)
