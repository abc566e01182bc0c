"""The calendar feed: in whose words it is written, who may read it, and how it is read."""

import io
import logging
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.core.domain.contacts import change
from accounts.core.enums import ContactRole, Tier
from accounts.feeds.domain import revoke_feed
from accounts.models import CalendarFeed, Contact
from portal.lib import logs
from sla.core.enums import Priority
from tests.calendar_app import address_of, events, read, subjects
from tests.factories import MONDAY_9AM, make_account, make_ticket
from tickets.core.domain import feed as rules
from tickets.core.domain.conversation import add_note
from tickets.core.domain.feed import check_ins_for
from tickets.core.domain.lifecycle import change_priority
from tickets.core.domain.routing import assign

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


# --- Words ------------------------------------------------------------------------------------------------------


def test_the_feed_speaks_the_readers_language_in_lines_that_every_program_can_read(colleague):
    subject = "Été : l’inscription échoue, encore et encore ; voir « Réglages\\Accès » 🛠️👩‍💻 dès l’école élémentaire"
    ticket = make_ticket(colleague, subject=subject)

    response = read(address_of(colleague), **{"Accept-Language": "en"})

    assert response["Content-Language"] == "fr"
    assert str(events(response)[0]["SUMMARY"]).endswith(subject)
    assert ticket.number in str(events(response)[0]["SUMMARY"])
    lines = response.content.split(b"\r\n")
    assert [line for line in lines if len(line) > 75 or b"\n" in line] == []
    assert b"".join(lines).decode()  # no sign is torn apart by the folding


@pytest.mark.parametrize(
    "subject",
    ["Two\r\nlines", "Two\nBEGIN:VEVENT", "Two\u2028lines", "A\x0bbell\x07", "Semi;colon, back\\slash \\n"],
)
def test_a_subject_cannot_add_lines_to_the_file(requester, subject):
    make_ticket(requester)
    requester.requested_tickets.update(subject=subject)
    response = read(address_of(requester))
    said = {str(event["SUMMARY"]).partition(": ")[2] for event in events(response)}
    expected = " ".join(subject.replace("\x07", " ").replace("\u2028", " ").split())
    assert (said, len(events(response))) == ({expected}, 3)


# --- Who may read it --------------------------------------------------------------------------------------------


def test_no_word_of_another_account_and_no_note_is_in_it(requester, stranger, agent):
    """Safety cases 38 and 41: neither CANARY-B (another account) nor CANARY-INT (internal) shows in the feed."""
    mine = make_ticket(requester, subject="Ours", body="Our words")
    add_note(mine, body="CANARY-INT-NOTE", by=agent.user, now=MONDAY_9AM)
    foreign = make_ticket(stranger, subject="CANARY-B-SUBJECT", body="CANARY-B-BODY")
    # Even where a row that no verb writes says that they follow it.
    foreign.followers.create(contact=requester, added_by=stranger.user, added_at=MONDAY_9AM)
    assign(mine, agent, by=agent.user, now=MONDAY_9AM)

    customers, staffs = read(address_of(requester)), read(address_of(agent))

    assert (subjects(customers), subjects(staffs)) == (["Ours"], ["Ours"])
    assert [word for word in (b"CANARY", b"Our words") if word in customers.content + staffs.content] == []


def test_a_person_of_two_accounts_has_two_feeds_each_with_its_own(requester, paris):
    beta = make_account("Beta", region=paris, tier=Tier.SILVER)
    other = Contact.objects.create(user=requester.user, account=beta)
    make_ticket(requester, subject="For Acme")
    make_ticket(other, subject="For Beta")

    ours, theirs = address_of(requester), address_of(other)

    assert [subjects(read(address)) for address in (ours, theirs)] == [["For Acme"], ["For Beta"]]


def shown(response):
    """Everything of a refusal but the id of the request."""
    return (
        response.status_code, response.content, {k: v for k, v in response.items() if k != "X-Request-Id"},
    )  # fmt: skip


def test_every_address_that_does_not_work_is_answered_alike(requester, account_admin, agent):
    make_ticket(requester)
    never = shown(read("/calendar/cal_" + "a" * 43 + ".ics"))
    revoked = address_of(requester)
    revoke_feed(requester.user, requester, now=MONDAY_9AM)
    replaced = address_of(account_admin)
    address_of(account_admin)
    left = address_of(requester)
    change(
        requester, role=ContactRole.MEMBER, region=None, phone="", is_active=False, by=account_admin.user,
        now=MONDAY_9AM,
    )  # fmt: skip
    gone = address_of(agent)
    agent.user.is_active = False
    agent.user.save()

    assert never[:2] == (404, b"This calendar link does not work. Create a new one in your profile.")
    assert [shown(read(address)) == never for address in (revoked, replaced, left, gone, "/calendar/x.ics")] == [
        True
    ] * 5
    assert (never[2]["Cache-Control"], never[2]["Referrer-Policy"]) == ("private, no-store", "no-referrer")


def test_an_account_that_ended_reads_nothing(requester):
    address = address_of(requester)
    requester.account.is_active = False
    requester.account.save()
    assert read(address).status_code == 404


def test_the_token_opens_nothing_else(requester):
    ticket = make_ticket(requester)
    token = address_of(requester).removeprefix("/calendar/").removesuffix(".ics")
    client = Client()
    answers = [
        client.get(f"/tickets/{ticket.number}/", headers={"authorization": f"Bearer {token}"}).status_code,
        client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"}).status_code,
        client.get(f"/calendar/?token={token}").status_code,
    ]
    assert answers == [302, 401, 404]


def test_guessing_is_slowed_down_and_a_good_address_still_works(requester):
    address = address_of(requester)
    statuses = [read(f"/calendar/guess-{n}.ics").status_code for n in range(61)]
    assert statuses == [404] * 60 + [429]
    refused = read("/calendar/cal_" + "a" * 43 + ".ics")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert read(address).status_code == 200
    cache.clear()
    assert read("/calendar/guess.ics").status_code == 404


def test_no_log_line_shows_the_token(requester, monkeypatch):
    """Safety case 217, outside the database: not for a refusal, not for a crash, not for a server's own line."""
    address = address_of(requester)
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.FactFormatter())
    servers = logging.StreamHandler(written)
    root, gunicorn = logging.getLogger(), logging.getLogger("gunicorn.access")
    root.addHandler(handler)
    gunicorn.addHandler(servers)
    monkeypatch.setattr("tickets.agenda.pages.feed.agenda", lambda *_given, **_more: 1 / 0)
    level = gunicorn.level
    gunicorn.setLevel(logging.INFO)
    try:
        crashed = read(address)
        revoke_feed(requester.user, requester, now=MONDAY_9AM)
        missing = read(address)
        mistyped = read(f"{address}/")
        gunicorn.info('%(h)s "%(r)s" %(s)s', {"h": "10.0.0.1", "r": f"GET {address} HTTP/1.1", "s": "200"})
        logging.getLogger("tests").warning("asked with %s", "sup_live_" + token[4:])
    finally:
        root.removeHandler(handler)
        gunicorn.removeHandler(servers)
        gunicorn.setLevel(level)

    assert [answer.status_code for answer in (crashed, missing, mistyped)] == [500, 404, 404]
    said = written.getvalue()
    assert (token in said, token[4:] in said) == (False, False)
    facts = [line.split(" ", 1)[1] for line in said.splitlines() if line.startswith("2026-") and "gunicorn" not in line]
    assert [fact.partition(" {")[0] for fact in facts] == [
        "ERROR django.request Internal Server Error: /calendar/[token].ics",
        "WARNING django.request Not Found: /calendar/[token].ics",
        "WARNING django.request Not Found: /calendar/[token].ics/",
        "WARNING tests asked with [token]",
    ]
    assert '10.0.0.1 "GET /calendar/[token].ics HTTP/1.1" 200' in said.splitlines()


# --- How it is read ---------------------------------------------------------------------------------------------


def test_nothing_new_is_answered_as_such_until_something_changes(requester):
    make_ticket(requester)
    address = address_of(requester)
    first = read(address)
    again = read(address, now=MONDAY_9AM + 14 * MINUTE, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (again["Cache-Control"], again["Referrer-Policy"]) == ("private, no-store", "no-referrer")

    make_ticket(requester, now=MONDAY_9AM + 15 * MINUTE)
    changed = read(address, now=MONDAY_9AM + 15 * MINUTE, **{"If-None-Match": first["ETag"]})
    assert (changed.status_code, len(events(changed))) == (200, 6)
    assert changed["ETag"] != first["ETag"]


def test_a_head_request_says_the_same_without_the_text(requester):
    make_ticket(requester)
    address = address_of(requester)
    whole_answer, head = read(address), read(address, method="HEAD")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", whole_answer["ETag"])
    assert head["Content-Length"] == str(len(whole_answer.content))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_feed_can_only_be_read(requester, method):
    assert read(address_of(requester), method=method).status_code == 405


def test_reading_is_noted_at_most_once_an_hour(requester):
    address = address_of(requester)
    seen = []
    for minutes in (0, 59, 60):
        read(address, now=MONDAY_9AM + minutes * MINUTE)
        seen.append(CalendarFeed.objects.get().last_read_at)
    assert seen == [MONDAY_9AM, MONDAY_9AM, MONDAY_9AM + HOUR]


def test_the_number_of_queries_does_not_grow_with_the_tickets(requester, agent):
    counts = {}
    address = address_of(requester)
    for tickets in (1, 12):
        while requester.requested_tickets.count() < tickets:
            ticket = make_ticket(requester)
            change_priority(ticket, Priority.HIGH, by=agent.user, now=MONDAY_9AM)
        read(address)  # the opening hours are known, the read is noted
        with CaptureQueriesContext(connection) as queries:
            assert len(events(read(address))) == 3 * tickets
        counts[tickets] = len(queries)
    # The feed with its people, the clocks with their tickets, the changes of their due moments.
    assert counts == {1: 4, 12: 4}


def test_the_nearest_tickets_are_kept_when_there_are_too_many(requester, monkeypatch):
    monkeypatch.setattr(rules, "MOST_TICKETS", 2)
    for day, subject in ((2, "Third"), (0, "First"), (1, "Second")):
        make_ticket(requester, subject=subject, now=MONDAY_9AM + timedelta(days=day))
    said = check_ins_for(requester.user, requester, now=MONDAY_9AM + timedelta(days=2))
    assert list(dict.fromkeys(check_in.ticket.subject for check_in in said)) == ["First", "Second"]
