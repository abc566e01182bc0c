"""Promises after the fact: recount after a holiday, explanation, dry run and self-check, with the memory they take."""

import time
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from accounts.core.enums import Basis, Tier
from bench.bulk import blank, copy, settle
from bench.figures import Cost, count, measured, ms, peak_memory, ratio, show
from bench.people import load_people
from sla.core.domain.calendars import new_version
from sla.core.domain.clocks import build_clock
from sla.core.domain.due_calculation import stored_calculation
from sla.core.domain.explanation import explain_clock
from sla.core.domain.terms import terms_for
from sla.core.domain.what_if import if_calendar, with_changes
from sla.core.domain.wording import lines
from sla.core.enums import ClockEventKind, ClockKind, Priority, StartCause
from sla.models import Calendar, CalendarException, Clock, ClockEvent
from tickets.core.domain.recounts import recount_calendars
from tickets.core.enums import Channel, EventKind, Status
from tickets.models import Message, Ticket, TicketEvent
from tickets.verification import domain as verification

NOW = datetime(2026, 11, 9, 22, 0, tzinfo=UTC)
HOLIDAY = date(2026, 11, 10)
CHUNK = 10_000
EXPLAINED = 300

# The least that any recount must write: the due moment, the event, the ticket, its history. No thinking.
BARE = (
    "UPDATE sla_clock SET due_at = due_at + interval '24 hours', due_soon_at = due_soon_at + interval '24 hours', "
    "announce_at = announce_at + interval '24 hours', calendar_version = calendar_version + 1 WHERE id % 2 = 0",
    "INSERT INTO sla_clockevent (clock_id, kind, occurred_at, recorded_at, data) "
    "SELECT id, 'due_changed', now(), now(), '{}' FROM sla_clock WHERE id % 2 = 0",
    "UPDATE tickets_ticket SET next_due_at = next_due_at + interval '24 hours', version = version + 1",
    "INSERT INTO tickets_ticketevent (ticket_id, kind, created_at, data) "
    "SELECT id, 'due_changed', now(), '{}' FROM tickets_ticket",
)


def main(*, quick: bool) -> None:
    size = 10_000 if quick else 100_000
    calendar = load(size)
    rows = [explanations(size)]
    rows.append(dry_run(calendar, size))
    rows.append(recount(calendar, size))
    rows.append(self_check(size))
    show(
        f"Promises: {count(size)} running clocks in business hours",
        ("work", "clocks", "wall s", "ms a clock", "clocks/s", "statements", "peak memory MB"),
        rows,
    )


def row(name: str, clocks: int, cost: Cost) -> list[str]:
    return [
        name, count(clocks), f"{cost.wall:.2f}", ms(cost.wall / clocks), count(round(clocks / cost.wall)),
        count(len(cost.statements)), f"{peak_memory():.0f}",
    ]  # fmt: skip


def explanations(size: int) -> list[str]:
    """One clock at a time, as a page asks: read, cut into stretches, checked, said in sentences."""
    step = max(size // EXPLAINED, 1)
    keys = list(Clock.objects.order_by("pk").values_list("pk", flat=True)[::step])[:EXPLAINED]
    with measured() as cost:
        for pk in keys:
            clock = Clock.objects.select_related("calendar__region").get(pk=pk)
            lines(explain_clock(clock), now=NOW, zone_name="Europe/Paris")
    return row("explanation", len(keys), cost)


def dry_run(calendar: Calendar, size: int) -> list[str]:
    with measured() as cost:
        found = if_calendar(calendar, with_changes(calendar, closed={HOLIDAY: ("Closed", "Fermé")}), now=NOW)
    print(f"  dry run: {count(found.moved)} of {count(found.running)} would move", flush=True)
    return row("dry run of a holiday", size, cost)


def recount(calendar: Calendar, size: int) -> list[str]:
    """After the holiday is really entered; the same rows by bare SQL, undone, for the ratio."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for statement in BARE:
            cursor.execute(statement)
        cursor.execute("ROLLBACK")
    bare = time.perf_counter() - begun
    CalendarException.objects.create(calendar=calendar, day=HOLIDAY, name_en="Closed", name_fr="Fermé", intervals=[])
    new_version(calendar, by=None, now=NOW)
    before = peak_memory()
    with measured() as cost:
        recount_calendars(now=NOW, most=10 * size)
    late = Clock.objects.running().counted_before(calendar).count()
    print(
        f"  recount: {late} left behind; {ratio(cost.wall, bare)} the time of the same writes in four bare statements; "
        f"memory grew by {peak_memory() - before:.0f} MB",
        flush=True,
    )
    return row("recount after it", size, cost)


def self_check(size: int) -> list[str]:
    run = verification.begin(now=NOW)
    with measured() as cost:
        while verification.go_on(run, now=NOW):
            pass
    if run.differences:
        print(f"  self-check: {run.differences} differences, such as {run.examples[0]}", flush=True)
    return row("self-check", size, cost)


def load(size: int) -> Calendar:
    """Tickets of one region with a running answer and check-in each, opened late in the day: both fall due tomorrow."""
    cast = load_people(1000, now=NOW)
    region = cast.large.home_region
    terms = terms_for(tier=Tier.STANDARD, basis=Basis.NO_SEAT, priority=Priority.HIGH, region=region)
    began = NOW - timedelta(hours=6)
    ticket = blank(Ticket) | {
        "subject": "A case", "priority": Priority.HIGH, "status": Status.NEW, "channel": Channel.PORTAL,
        "tier": Tier.STANDARD, "opened_at": began, "updated_at": began, "status_changed_at": began,
        "account_id": cast.large.pk, "requester_id": cast.reader.pk, "region_id": region.pk,
    }  # fmt: skip
    message = blank(Message) | {
        "author_id": cast.reader.user_id, "author_kind": "customer", "channel": Channel.PORTAL, "body": "A case.",
        "created_at": began,
    }  # fmt: skip
    tickets, messages, clocks, events, history = [], [], [], [], []
    for n in range(size // 2):
        opened = began + timedelta(seconds=n % 3600)
        pair = [build_clock(kind, terms, cause=StartCause.OPENED, now=opened) for kind in ClockKind]
        for at, clock in enumerate(pair):
            assert clock is not None
            clock.pk, clock.ticket_id, clock.account_id = 2 * n + at + 1, n + 1, cast.large.pk
            events.append(
                blank(ClockEvent) | {
                    "id": clock.pk, "clock_id": clock.pk, "kind": ClockEventKind.STARTED, "occurred_at": opened,
                    "recorded_at": opened,
                    "data": {"due_at": clock.due_at.isoformat(), "count": stored_calculation(clock).as_json()},
                }
            )  # fmt: skip
            clocks.append(clock)
        due = min(clock.due_at for clock in pair if clock)
        tickets.append(ticket | {"id": n + 1, "opened_at": opened, "next_due_at": due})
        messages.append(message | {"id": n + 1, "ticket_id": n + 1})
        history.append(
            blank(TicketEvent) | {"id": n + 1, "ticket_id": n + 1, "kind": EventKind.OPENED, "created_at": opened}
        )
        if len(tickets) == CHUNK or n == size // 2 - 1:
            for kind, rows in (
                (Ticket, tickets), (Message, messages), (Clock, clocks), (ClockEvent, events), (TicketEvent, history),
            ):  # fmt: skip
                copy(kind, rows)
                rows.clear()
    settle(Ticket, Message, Clock, ClockEvent, TicketEvent)
    return terms.calendar
