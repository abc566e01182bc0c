"""The self-check: everything that is kept twice is reckoned anew from what happened, and compared.

A run goes through all clocks, all tickets, the roll-ups of the reports and the ledger of hours, batch by batch: its row
says how far it is, so a killed run goes on where it stopped, and memory stays flat.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Subquery

from accounts.core.domain.people import leads
from accounts.hours.domain import hours_verification
from portal.lib import outbox
from sla.attainment.domain.tallies import month_differences
from sla.core.enums import ClockKind
from sla.models import Clock, TalliedMonth
from sla.verification.domain.verification import Difference, clock_batch
from tickets.core.enums import DONE, OUR_TURN, AuthorKind, EventKind
from tickets.core.models import Message, Ticket, TicketEvent
from tickets.core.models.ticket import FIRST_NUMBER, PREFIX, TicketQuerySet
from tickets.verification.models import Part, Verification

logger = logging.getLogger(__name__)

BATCH = 1000
EXAMPLES = 50
# A run begins at night, by UTC, and no sooner than so long after the one before.
NIGHT, A_DAY = 2, timedelta(hours=20)

Found = Callable[[Difference], None]


def verify_some(*, now: datetime, batches: int = 100) -> int:
    """Go on with the nightly run, or begin one when it is time; return how many differences this part found."""
    run = Verification.objects.filter(finished_at=None).first()
    if run is None:
        last = Verification.objects.first()
        if now.astimezone(UTC).hour != NIGHT or (last and now - last.started_at < A_DAY):
            return 0
        run = begin(now=now)
    before = run.differences
    for _batch in range(batches):
        if not go_on(run, now=now):
            break
    return run.differences - before


def begin(*, now: datetime) -> Verification:
    """A new run; the one that is under way when there is one."""
    run, _new = Verification.objects.get_or_create(finished_at=None, defaults={"started_at": now})
    return run


def go_on(run: Verification, *, now: datetime, found: Found | None = None) -> bool:
    """Look through the next batch of `run`; False when it is finished. `found` hears of each difference."""
    last, looked_at, differences = _LOOK[Part(run.part)](run.cursor, now)
    for difference in differences:
        logger.error("verify.difference", extra=difference.as_json())
        if found:
            found(difference)
    run.differences += len(differences)
    run.examples = [*run.examples, *(row.as_json() for row in differences)][:EXAMPLES]
    if run.part == Part.CLOCKS:
        run.clocks += looked_at
    elif run.part == Part.TICKETS:
        run.tickets += looked_at
    run.cursor = last or 0
    if last is None:
        following = list(Part)[list(Part).index(Part(run.part)) + 1 :]
        run.part = following[0] if following else run.part
        run.finished_at = None if following else now
    with transaction.atomic():
        run.save()
        if run.finished_at and run.differences:
            outbox.write(
                "differences_found", key=f"differences:{run.pk}", recipients=leads(),
                data={"count": run.differences, "examples": [_numbered(row) for row in run.examples[:5]]}, now=now,
            )  # fmt: skip
    return run.finished_at is None


def _numbered(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"number": number_of(row["ticket"])}


def number_of(ticket_id: int | None) -> str:
    """`SUP-1042`; a dash for what belongs to no ticket."""
    return "–" if ticket_id is None else f"{PREFIX}{ticket_id + FIRST_NUMBER}"


def _clocks(after: int, now: datetime) -> tuple[int | None, int, list[Difference]]:
    return clock_batch(after, now=now, size=BATCH)


def _reports(after: int, now: datetime) -> tuple[int | None, int, list[Difference]]:
    """The roll-ups of one month."""
    month = TalliedMonth.objects.filter(pk__gt=after).order_by("pk").first()
    if month is None:
        return None, 0, []
    found = [Difference(None, None, "report", said, "") for said in month_differences(month)]
    return month.pk, 1, found


def _hours(_after: int, _now: datetime) -> tuple[int | None, int, list[Difference]]:
    """The whole ledger of professional-services hours: read row by row, however long."""
    found = [
        Difference(
            None, None, f"hours: year {row.year}, line {row.line}, {row.what}", str(row.found), str(row.expected)
        )
        for row in hours_verification.differences()
    ]
    return None, 0, found


def _tickets(after: int, now: datetime) -> tuple[int | None, int, list[Difference]]:
    rows = list(_with_facts(Ticket.objects.filter(pk__gt=after).order_by("pk"))[:BATCH])
    if not rows:
        return None, 0, []
    suspects = [row.pk for row in rows if list(ticket_differences(row))]
    return rows[-1].pk, len(rows), [found for pk in suspects for found in _again(pk)]


def _again(pk: int) -> list[Difference]:
    """Looked at again with the ticket locked: people work while this reads."""
    with transaction.atomic():
        Ticket.objects.select_for_update(of=("self",)).get(pk=pk)
        return list(ticket_differences(_with_facts(Ticket.objects.filter(pk=pk)).get()))


def _with_facts(tickets: TicketQuerySet) -> Any:
    """Each ticket with what its clocks, messages and events say of it, in one statement."""
    running = Clock.objects.running().filter(ticket=OuterRef("pk"))
    moves = TicketEvent.objects.filter(ticket=OuterRef("pk"), kind=EventKind.STATUS).order_by("-created_at", "-pk")
    words = Message.objects.filter(ticket=OuterRef("pk")).order_by("-created_at", "-pk")
    return tickets.annotate(
        earliest=Subquery(running.order_by().values("ticket").annotate(at=Min("due_at")).values("at")),
        owes_answer=Exists(running.filter(kind=ClockKind.RESPONSE)),
        owes_check_in=Exists(running.filter(kind=ClockKind.CHECK_IN)),
        last_status=Subquery(moves.values("data__new")[:1]),
        last_side=Subquery(words.values("author_kind")[:1]),
    )


def ticket_differences(ticket: Any) -> Iterator[Difference]:
    """What the row of a ticket, with its facts, says otherwise than its clocks, messages and events."""

    def differs(cause: str, stored: object, rebuilt: object) -> Difference:
        return Difference(ticket.pk, None, cause, str(stored), str(rebuilt))

    if ticket.next_due_at != ticket.earliest:
        yield differs("next_due_at", ticket.next_due_at, ticket.earliest)
    if ticket.last_status and ticket.last_status != ticket.status:
        yield differs("status", ticket.status, ticket.last_status)
    if ticket.status in DONE and (ticket.owes_answer or ticket.owes_check_in):
        yield differs("clock_on_done", ticket.status, "running")
    if ticket.owes_check_in and ticket.status not in OUR_TURN:
        yield differs("check_in_on_their_turn", ticket.status, "running")
    unanswered = ticket.last_side == AuthorKind.CUSTOMER and ticket.status not in DONE
    if unanswered and not ticket.owes_answer:
        yield differs("no_response_clock", "none", "unanswered message")


_LOOK: dict[Part, Callable[[int, datetime], tuple[int | None, int, list[Difference]]]] = {
    Part.CLOCKS: _clocks, Part.TICKETS: _tickets, Part.REPORTS: _reports,
    Part.HOURS: _hours,
}  # fmt: skip
