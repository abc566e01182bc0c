"""A real Chromium against a live server. Run by `make test` when a Chromium is found: `pytest -m browser`."""

import os
import shutil
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts.absences.domain import go_away
from portal.lib.clock import now
from sla.core.domain.sweep import sweep
from sla.core.enums import Priority
from sla.coverage.domain.rota import open_rota, plan_weeks
from tests.browser.analyses import analysed
from tests.factories import make_ticket
from tickets.core.domain.check_ins import send_check_in
from tickets.core.domain.clock_events import act_on_clock_events
from tickets.core.domain.conversation import add_note, reply_as_agent, reply_as_customer
from tickets.core.domain.lifecycle import ask_for_priority
from tickets.core.domain.merging import merge
from tickets.core.domain.routing import assign
from tickets.core.enums import Channel, Status

HOUR = timedelta(hours=1)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
        ],
    }


@pytest.fixture
def open_context(browser, live_server):
    """`open_context(**options)`: a browser context of its own on the live server; closed after the test."""
    contexts = []

    def open_one(**options):
        contexts.append(browser.new_context(base_url=live_server.url, **options))
        return contexts[-1]

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(live_server):
    """`sign_in(context, person)`: give a browser context the session of a contact or an agent."""

    def give(context, person):
        client = Client()
        client.force_login(person.user, backend="accounts.identity.backends.PersonBackend")
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return give


@pytest.fixture
def desk_in_use(transactional_db, requester, colleague, account_admin, agent, lead):
    """Tickets in every state that a page can show, relative to now."""
    at = now()
    overdue = make_ticket(requester, priority=Priority.URGENT, now=at - 3 * HOUR, subject="Nobody can sign in")
    assign(overdue, agent, by=lead.user, now=at - 2 * HOUR)
    fresh = make_ticket(
        colleague, priority=Priority.HIGH, now=at - timedelta(minutes=5), subject="Printer <b>offline</b>"
    )
    ask_for_priority(fresh, Priority.URGENT, reason="The whole site is down", by=colleague.user, now=at)
    talk = make_ticket(
        requester, priority=Priority.MEDIUM, now=at - 30 * HOUR, subject="Enrolment fails on new tablets"
    )
    reply_as_agent(talk, body="Which version do you see under **About**?", by=agent.user, now=at - 29 * HOUR)
    reply_as_customer(talk, body="14.2", by=requester, channel=Channel.PORTAL, now=at - 28 * HOUR)
    add_note(talk, body="Looks like the known bug.", by=agent.user, now=at - 27 * HOUR)
    reply_as_agent(
        talk, body="Try 14.3, it is out today.", by=agent.user, now=at - 26 * HOUR, status_after=Status.WAITING
    )
    merged = make_ticket(requester, now=at - 25 * HOUR, subject="Enrolment fails, again")
    twin = make_ticket(requester, now=at - 2 * HOUR, subject="Enrolment of new tablets")
    merge(merged, into=twin, by=lead.user, now=at - HOUR)
    told = make_ticket(requester, priority=Priority.URGENT, now=at - 2 * HOUR, subject="Kiosks show an old page")
    parts = {"changed": "The cache was **emptied**.", "stands": "Half of them are right.", "next_step": "We watch."}
    send_check_in(told, parts=parts | {"next_at": at - HOUR + timedelta(minutes=30)}, by=agent.user, now=at - HOUR)
    choosing = make_ticket(account_admin, now=at, subject="Printer of the reception")
    low = make_ticket(account_admin, priority=Priority.LOW, now=at - 50 * HOUR, subject="Change our logo")
    reply_as_agent(low, body="Done.", by=lead.user, now=at - 49 * HOUR, status_after=Status.SOLVED)
    sweep(now=at)
    act_on_clock_events(now=at)
    return {
        "overdue": overdue, "fresh": fresh, "talk": talk, "solved": low, "merged": merged, "twin": twin, "told": told,
        "analysis": analysed(low, agent, lead, at=at - HOUR),
        "choosing": choosing,
        "rota": _planned(overdue.region, agent, lead, at=at),
    }  # fmt: skip


def _planned(region, agent, lead, *, at):
    """A rota of two weeks in which somebody is away, and with nothing planned after them."""
    for person in (agent, lead):
        person.languages = ["en"]
        person.save()
    rota = open_rota(region, "en", weekday=0, hour="09:00", by=lead.user, now=at)
    plan_weeks(rota, [agent, lead], first_day=at.date(), weeks=2, by=lead.user, now=at)
    go_away(agent, starts_at=at + HOUR, ends_at=at + 90 * HOUR, by=agent.user, now=at)
    return rota
