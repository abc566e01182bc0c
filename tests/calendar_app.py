"""A calendar application: it knows one address, sends no cookie, and reads what comes as RFC 5545 says."""

from datetime import UTC

import time_machine
from django.test import Client
from icalendar import Calendar

from accounts.feeds.domain import renew_feed
from accounts.models import Agent
from tests.factories import MONDAY_9AM


def address_of(person, *, now=MONDAY_9AM):
    """A fresh address of a contact or an agent."""
    _feed, token = renew_feed(person.user, None if isinstance(person, Agent) else person, now=now)
    return f"/calendar/{token}.ics"


def read(address, *, now=MONDAY_9AM, method="GET", **headers):
    """What a calendar application gets: no cookie, no language, the address only."""
    with time_machine.travel(now, tick=False):
        return Client(raise_request_exception=False).generic(method, address, headers=headers)


def events(response):
    assert response.status_code == 200, response.content
    return Calendar.from_ical(response.content).walk("VEVENT")


def whole(event):
    """Everything an entry says; moments as they are written in the file."""
    return {name: event[name].to_ical().decode() for name in event}


def starts(response):
    return [(str(event["SUMMARY"]), event.decoded("DTSTART").astimezone(UTC)) for event in events(response)]


def subjects(response):
    return sorted({str(event["SUMMARY"]).partition(": ")[2] for event in events(response)})
