"""Calendar feeds: an address that is shown once, stored as a hash, replaced and revoked by whoever made it."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.core.enums import StaffRole
from accounts.feeds.domain import feed_owner, live_feed, renew_feed, revoke_feed
from accounts.models import Agent, CalendarFeed, Contact
from portal.lib.errors import NotAllowed
from portal.lib.secret import digest
from tests.factories import MONDAY_9AM, make_account

NOW = MONDAY_9AM
HOUR = timedelta(hours=1)
PAGE = "/account/calendar/"
ADDRESS = re.compile(r"http://localhost:8000/calendar/(cal_[A-Za-z0-9_-]{43})\.ics")


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(NOW, tick=False):
        yield


# --- The rules --------------------------------------------------------------------------------------------------


def test_the_token_is_random_and_only_its_hash_is_stored(requester):
    feed, token = renew_feed(requester.user, requester, now=NOW)

    assert re.fullmatch(r"cal_[A-Za-z0-9_-]{43}", token)
    assert (feed.digest, feed.created_at, feed.last_read_at, feed.revoked_at) == (digest(token), NOW, None, None)
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    # Safety case 217: no plain secret in the database.
    assert token not in out.getvalue()
    assert token[4:] not in out.getvalue()


def test_a_new_address_ends_the_one_before(requester):
    first, old = renew_feed(requester.user, requester, now=NOW)
    second, new = renew_feed(requester.user, requester, now=NOW + HOUR)

    assert (feed_owner(old, now=NOW + HOUR), feed_owner(new, now=NOW + HOUR)) == (None, second)
    first.refresh_from_db()
    assert (first.revoked_at, live_feed(requester.user, requester)) == (NOW + HOUR, second)


def test_a_revoked_address_opens_nothing_and_twice_is_once(requester):
    feed, token = renew_feed(requester.user, requester, now=NOW)
    assert [revoke_feed(requester.user, requester, now=NOW + hours * HOUR) for hours in (1, 2)] == [True, False]
    feed.refresh_from_db()
    assert (feed_owner(token, now=NOW + 2 * HOUR), feed.revoked_at) == (None, NOW + HOUR)


def test_a_customer_makes_no_feed_of_staff_and_none_of_others(requester, stranger):
    for contact in (None, stranger):
        with pytest.raises(NotAllowed):
            renew_feed(requester.user, contact, now=NOW)
    assert CalendarFeed.objects.count() == 0


def test_staff_make_no_feed_of_an_account(agent, account):
    contact = Contact.objects.create(user=agent.user, account=account)
    with pytest.raises(NotAllowed):
        renew_feed(agent.user, contact, now=NOW)
    assert CalendarFeed.objects.count() == 0


def test_the_database_keeps_one_live_feed_of_a_customer_and_one_of_staff(requester, agent):
    for user, contact in ((requester.user, requester), (agent.user, None)):
        renew_feed(user, contact, now=NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            CalendarFeed.objects.create(user=user, contact=contact, digest="0" * 64, created_at=NOW)
    assert CalendarFeed.objects.live().count() == 2


def test_two_accounts_of_a_person_have_feeds_of_their_own(requester, paris):
    other = Contact.objects.create(user=requester.user, account=make_account("Beta", region=paris))
    ours, our_token = renew_feed(requester.user, requester, now=NOW)
    theirs, their_token = renew_feed(requester.user, other, now=NOW)

    revoke_feed(requester.user, other, now=NOW)

    assert (feed_owner(our_token, now=NOW), feed_owner(their_token, now=NOW)) == (ours, None)


def test_the_owner_is_found_in_one_query_and_a_read_is_noted_once_an_hour(requester):
    feed, token = renew_feed(requester.user, requester, now=NOW)
    seen = []
    for minutes in (0, 59, 60):
        feed_owner(token, now=NOW + timedelta(minutes=minutes))
        seen.append(CalendarFeed.objects.get(pk=feed.pk).last_read_at)
    assert seen == [NOW, NOW, NOW + HOUR]

    with CaptureQueriesContext(connection) as queries:
        found = feed_owner(token, now=NOW + HOUR)
        facts = (found, found.user.staff_role, found.contact.account.name)
    assert (facts, len(queries)) == ((feed, None, "Acme"), 1)


@pytest.mark.parametrize("token", ["", "cal_", "cal_" + "a" * 43, "x" * 47, "cal_" + "é" * 43, "sup_live_" + "a" * 43])
def test_what_was_never_a_token_finds_nothing(requester, token):
    feed, _token = renew_feed(requester.user, requester, now=NOW)
    assert feed_owner(token, now=NOW) is None
    feed.refresh_from_db()
    assert feed.last_read_at is None


def test_who_is_not_active_any_more_has_no_feed(requester):
    feed, token = renew_feed(requester.user, requester, now=NOW)
    for table in (requester.account, requester, requester.user):
        type(table).objects.filter(pk=table.pk).update(is_active=False)
        assert feed_owner(token, now=NOW) is None, table
        type(table).objects.filter(pk=table.pk).update(is_active=True)
    assert feed_owner(token, now=NOW) == feed


def test_a_changed_role_ends_older_feeds(requester, agent):
    _feed, customers = renew_feed(requester.user, requester, now=NOW)
    Agent.objects.create(user=requester.user, role=StaffRole.ADMINISTRATOR)
    _feed, staffs = renew_feed(agent.user, None, now=NOW)
    agent.delete()
    assert (feed_owner(customers, now=NOW), feed_owner(staffs, now=NOW)) == (None, None)


# --- The page ---------------------------------------------------------------------------------------------------


def made(response):
    """The token that the page shows, which must be exactly one."""
    found = set(ADDRESS.findall(response.content.decode()))
    assert len(found) == 1
    return found.pop()


def test_the_profile_leads_to_the_calendar(client_for, requester):
    assert f'href="{PAGE}"' in client_for(requester).get("/account/profile/").content.decode()


def test_a_contact_makes_an_address_that_is_shown_this_one_time(client_for, requester):
    client = client_for(requester)
    before = client.get(PAGE).content.decode()
    assert ("Create calendar link" in before, "Revoke calendar link" in before) == (True, False)

    token = made(client.post(PAGE))

    feed = CalendarFeed.objects.get()
    assert (feed.user, feed.contact, feed_owner(token, now=NOW)) == (requester.user, requester, feed)
    page = client.get(PAGE)
    # Safety case 61: neither token nor hash on the page that lists the feed.
    assert not ADDRESS.search(page.content.decode())
    assert feed.digest not in page.content.decode()
    assert "Revoke calendar link" in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_an_agent_makes_an_address_too(client_for, agent):
    agent.user.language = "en"
    agent.user.save()
    client = client_for(agent)
    assert "tickets assigned to you" in client.get(PAGE).content.decode()
    token = made(client.post(PAGE))
    assert feed_owner(token, now=NOW) == CalendarFeed.objects.get(user=agent.user, contact=None)


def test_the_page_says_that_a_new_address_replaced_the_old_one(client_for, requester):
    client = client_for(requester)
    pages = [client.post(PAGE) for _ in range(2)]
    assert ["The previous link no longer works." in page.content.decode() for page in pages] == [False, True]
    tokens = [made(page) for page in pages]
    assert [feed_owner(token, now=NOW) is not None for token in tokens] == [False, True]


def test_the_page_says_when_the_address_was_last_read(client_for, requester):
    _feed, token = renew_feed(requester.user, requester, now=NOW - 24 * HOUR)
    client = client_for(requester)
    assert "Not used by a calendar yet." in client.get(PAGE).content.decode()
    feed_owner(token, now=NOW - HOUR)
    assert "today at 09:00" in client.get(PAGE).content.decode()


def test_revoking_ends_the_address_and_only_for_this_account(client_for, requester, paris):
    other = Contact.objects.create(user=requester.user, account=make_account("Beta", region=paris))
    _feed, ours = renew_feed(requester.user, requester, now=NOW)
    theirs, their_token = renew_feed(requester.user, other, now=NOW)

    answer = client_for(requester).post(f"{PAGE}revoke/", follow=True)

    assert "Calendar link revoked. It no longer works." in answer.content.decode()
    assert (feed_owner(ours, now=NOW), feed_owner(their_token, now=NOW)) == (None, theirs)


def test_revoking_nothing_says_nothing(client_for, requester):
    answer = client_for(requester).post(f"{PAGE}revoke/", follow=True)
    assert (answer.status_code, "no longer works" in answer.content.decode()) == (200, False)
    assert CalendarFeed.objects.count() == 0
