"""Before a contract ends, people hear of it: each distance once, and not when another contract follows."""

from datetime import date, datetime, timedelta

import pytest

from accounts.contracts.domain.renewals import warn_of_ends
from accounts.core.domain.entitlements import following_of
from accounts.core.enums import Tier
from portal.lib import outbox
from portal.models import Notice
from tests import factories
from tests.factories import MONDAY_9AM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def silver(paris, lead):
    account = factories.make_account("Silver", region=paris)
    factories.make_contact(account, "anna@silver.test", name="Anna", role="admin", language="fr")
    factories.make_contact(account, "marc@silver.test", name="Marc")
    factories.make_contract(account, Tier.SILVER, starts=date(2026, 1, 1), ends=date(2026, 12, 31))
    return account


def before_end(days):
    return datetime(2026, 12, 31, 9, 0, tzinfo=MONDAY_9AM.tzinfo) - days * DAY


def told():
    return sorted(Notice.objects.values_list("recipient__email", "key"))


def test_nobody_hears_of_it_ninety_one_days_before(silver):
    assert (warn_of_ends(now=before_end(91)), told()) == (0, [])


def test_administrators_and_leads_hear_at_each_distance_once(silver):
    for days in (90, 89, 60, 30, 29, 7, 6, 0):
        warn_of_ends(now=before_end(days))
        warn_of_ends(now=before_end(days))

    people = [email for email, _key in told()]
    assert people.count("anna@silver.test") == people.count("nadia@punctual.test") == 4
    assert "marc@silver.test" not in people


@pytest.mark.parametrize(
    ("days", "distance"),
    [(91, None), (90, "90"), (61, "90"), (60, "60"), (31, "60"), (30, "30"), (8, "30"), (7, "7"), (0, "7"), (-1, None)],
)
def test_a_distance_begins_on_its_very_day_and_the_last_day_counts(silver, days, distance):
    warn_of_ends(now=before_end(days))

    assert {key.split(":")[3] for _email, key in told()} == ({distance} if distance else set())


def test_a_job_that_was_away_says_only_the_nearest(silver):
    assert warn_of_ends(now=before_end(10)) == 1
    assert {key.split(":")[3] for _email, key in told()} == {"30"}


def test_contracts_that_were_told_do_not_take_the_turn_of_others(silver, paris):
    for number in range(3):
        account = factories.make_account(f"Other {number}", region=paris)
        factories.make_contract(account, Tier.SILVER, starts=date(2026, 1, 1), ends=date(2026, 12, 31))

    assert [warn_of_ends(now=before_end(30), limit=2) for _run in range(3)] == [2, 2, 0]


def test_nothing_is_said_when_another_contract_follows(silver):
    factories.make_contract(silver, Tier.GOLD, starts=date(2027, 1, 1), ends=date(2027, 12, 31))

    assert warn_of_ends(now=before_end(30)) == 0


def test_a_contract_that_begins_later_leaves_a_gap_and_is_no_reason_for_silence(silver):
    factories.make_contract(silver, Tier.GOLD, starts=date(2027, 1, 2), ends=date(2027, 12, 31))

    assert warn_of_ends(now=before_end(30)) == 1


def test_a_contract_that_was_prolonged_is_warned_of_again(silver):
    warn_of_ends(now=before_end(30))
    silver.contracts.update(ends_on=date(2027, 3, 31))

    assert warn_of_ends(now=datetime(2027, 3, 1, 9, 0, tzinfo=MONDAY_9AM.tzinfo)) == 1


def test_a_warning_that_no_longer_holds_is_not_sent(silver, mailoutbox):
    warn_of_ends(now=before_end(30))
    factories.make_contract(silver, Tier.GOLD, starts=date(2027, 1, 1), ends=date(2027, 12, 31))

    outbox.deliver(now=before_end(30))

    assert mailoutbox == []


def test_the_mail_says_what_ends_and_what_happens_then(silver, mailoutbox):
    warn_of_ends(now=before_end(30))
    outbox.deliver(now=before_end(30))

    english = next(mail for mail in mailoutbox if mail.to == ["nadia@punctual.test"])
    assert english.subject == "The Premium Silver contract of Silver ends on 31 December 2026"
    assert "ends on 31 December 2026. No other contract follows it." in english.body


def test_what_follows_a_contract_begins_the_day_after_it(silver):
    ending = silver.contracts.get()
    other = factories.make_account("Other", region=silver.home_region)
    factories.make_contract(other, Tier.GOLD, starts=date(2027, 1, 1), ends=date(2027, 12, 31))
    assert following_of(ending) is None

    later = factories.make_contract(silver, Tier.GOLD, starts=date(2027, 1, 2), ends=date(2027, 12, 31))
    assert following_of(ending) is None
    silver.contracts.filter(pk=later.pk).update(starts_on=date(2027, 1, 1))
    assert following_of(ending) == later
