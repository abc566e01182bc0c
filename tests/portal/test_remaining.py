"""What an account still has: its own figures, whatever the others have."""

from datetime import timedelta

from accounts.core.enums import ContactRole, Tier
from accounts.hours.domain import hours, hours_years
from accounts.sponsorship.domain import meetings, naming
from portal.remaining import Remaining, remaining_of
from tests import factories
from tests.factories import MONDAY_9AM


def test_each_account_has_its_own_seats_and_hours(paris, lead, agent):
    accounts = [factories.make_account(name, region=paris, tier=Tier.GOLD) for name in ("Alpha", "Beta", "Gamma")]
    for number, account in enumerate(accounts):
        for person in range(number):
            contact = factories.make_contact(account, f"p{person}@{account.name.lower()}.test")
            factories.seat(contact, by=lead.user)
    hours_years.update_contract_years(now=MONDAY_9AM)
    hours.use(accounts[0], 60, work="Review", by=agent.user, now=MONDAY_9AM)
    hours.use(accounts[1], 90, work="Review", by=agent.user, now=MONDAY_9AM + timedelta(hours=1))

    left = [remaining_of(account, MONDAY_9AM + timedelta(days=1)) for account in accounts]

    assert left == [
        Remaining(0, 420, 480, None),
        Remaining(1, 390, 480, None),
        Remaining(2, 480, 480, None),
    ]


def test_each_account_has_its_own_next_meeting(london, lead, agent):
    accounts = [factories.make_account(name, region=london, tier=Tier.PLATINUM) for name in ("Alpha", "Beta", "Gamma")]
    agreed = []
    for account, sponsor in zip(accounts, (lead, agent), strict=False):
        host = factories.make_contact(account, f"host@{account.name.lower()}.test", role=ContactRole.ADMIN)
        sponsorship = naming.name_sponsor(account, sponsor, host=host, by=lead.user, now=MONDAY_9AM)
        starts_at = MONDAY_9AM + timedelta(days=5 - len(agreed))
        meeting = meetings.propose(sponsorship, slots=[starts_at], by=lead.user, now=MONDAY_9AM)
        meetings.confirm(meeting, starts_at, by=host.user, now=MONDAY_9AM)
        agreed.append(starts_at)

    assert [remaining_of(account, MONDAY_9AM).meeting_at for account in accounts] == [*agreed, None]
