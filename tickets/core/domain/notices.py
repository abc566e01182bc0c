"""Who hears of what: every function writes outbox rows in the verb's transaction; beat delivers them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.core.domain.people import leads
from accounts.models import Agent, Contact, User
from portal.lib import outbox
from sla.core.domain.clocks import Change, DueChange
from sla.core.enums import ClockKind
from sla.models import Clock
from tickets.core.enums import AlertStep
from tickets.core.models import Follower, Message, Ticket


def about(ticket: Ticket, **more: Any) -> dict[str, Any]:
    """What every mail about a ticket says; ids and ISO moments only, words are chosen when the mail is rendered."""
    return {
        "ticket": ticket.pk,
        "number": ticket.number,
        "subject": ticket.subject,
        "thread": f"ticket:{ticket.pk}",
        **more,
    }


def customers_of(ticket: Ticket) -> list[int]:
    """The requester and the followers who can still sign in, as user ids."""
    followers = ticket.followers.filter(contact__is_active=True).values_list("contact__user", flat=True)
    return [ticket.requester.user_id, *followers]


def acknowledge(ticket: Ticket, *, now: datetime) -> None:
    """The customer learns the number and by when we answer. An acknowledgement never stops a clock."""
    outbox.write(
        "ticket_opened", key=f"opened:{ticket.pk}", recipients=customers_of(ticket), data=about(ticket), now=now
    )


def notify_customers(message: Message, *, now: datetime) -> None:
    """An agent wrote: the requester and the followers read it."""
    ticket = message.ticket
    outbox.write(
        "agent_wrote", key=f"message:{message.pk}", recipients=customers_of(ticket),
        data=about(ticket, message=message.pk), now=now,
    )  # fmt: skip


def notify_desk(message: Message, *, now: datetime) -> None:
    """A customer wrote: the assignee hears of it, and so do the followers on the customer's side."""
    ticket = message.ticket
    recipients = [user for user in customers_of(ticket) if user != message.author_id]
    if ticket.assignee:
        recipients.append(ticket.assignee.user_id)
    outbox.write(
        "customer_wrote", key=f"message:{message.pk}", recipients=recipients,
        data=about(ticket, message=message.pk), now=now,
    )  # fmt: skip


def notify_assignee(ticket: Ticket, *, by: User | None, now: datetime) -> None:
    """The ticket is theirs now; nobody is told of what they did themselves."""
    if ticket.assignee and (by is None or ticket.assignee.user_id != by.pk):
        outbox.write(
            "ticket_assigned", key=f"assigned:{ticket.pk}:{ticket.version}", recipients=[ticket.assignee.user_id],
            data=about(ticket), now=now,
        )  # fmt: skip


def notify_passed_on(ticket: Ticket, former: Agent | None, *, by: User, now: datetime) -> None:
    """The ticket is somebody else's now, or the team's: whoever had it hears of it, unless they did it."""
    if former and former.user_id != by.pk:
        outbox.write(
            "ticket_passed_on", key=f"passed_on:{ticket.pk}:{ticket.version}", recipients=[former.user_id],
            data=about(ticket, to=ticket.assignee.name if ticket.assignee else ""), now=now,
        )  # fmt: skip


def notify_closed_by_customer(ticket: Ticket, *, by: User, now: datetime) -> None:
    """A customer says that it is done: the assignee and the others on the customer's side hear of it."""
    outbox.write(
        "customer_closed", key=f"customer_closed:{ticket.pk}:{ticket.version}",
        recipients=[user for user in (*customers_of(ticket), *_owner(ticket)) if user != by.pk],
        data=about(ticket, by=by.name), now=now,
    )  # fmt: skip


def notify_merged(ticket: Ticket, into: Ticket, people: Iterable[Contact], *, by: User, now: datetime) -> None:
    """`ticket` went into another one: its people and both assignees hear where it goes on."""
    recipients = [*(person.user_id for person in people), *_owner(ticket), *_owner(into)]
    outbox.write(
        "ticket_merged", key=f"merged:{ticket.pk}:{into.pk}", recipients=[user for user in recipients if user != by.pk],
        data=about(into, merged=ticket.number, merged_subject=ticket.subject), now=now,
    )  # fmt: skip


def notify_follower(ticket: Ticket, contact: Contact, *, by: User, now: datetime) -> None:
    """Somebody else made `contact` a follower."""
    if contact.user_id != by.pk:
        outbox.write(
            "follower_added", key=f"follower_added:{ticket.pk}:{now.isoformat()}", recipients=[contact.user_id],
            data=about(ticket, by=by.name), now=now,
        )  # fmt: skip


def notify_priority_asked(ticket: Ticket, *, now: datetime) -> None:
    """The customer asks for another priority: the assignee decides, or the leads when nobody owns the ticket."""
    outbox.write(
        "priority_asked", key=f"priority_asked:{ticket.pk}:{ticket.version}", recipients=_owner_or_leads(ticket),
        data=about(ticket, asked=ticket.asked_priority), now=now,
    )  # fmt: skip


def notify_due_changed(moved: Mapping[Ticket, list[DueChange]], change: Change, *, now: datetime) -> None:
    """What we owe is due at another moment: the customer's side hears of it, once for all clocks of a ticket.

    Nobody is told of what they did themselves. Three statements, however many tickets.
    """
    followers: dict[int, list[int]] = {}
    rows = Follower.objects.filter(ticket__in=list(moved), contact__is_active=True)
    for ticket_id, user_id in rows.values_list("ticket", "contact__user") if moved else ():
        followers.setdefault(ticket_id, []).append(user_id)
    outbox.write_all(
        [
            outbox.NoticeDraft(
                "due_changed",
                key=f"due_changed:{ticket.pk}:{change.cause}:{change.at.isoformat()}",
                recipients=[
                    user
                    for user in (ticket.requester.user_id, *followers.get(ticket.pk, []))
                    if change.by is None or user != change.by.pk
                ],
                data=about(
                    ticket, cause=change.cause.value, detail=dict(change.detail),
                    moved=[
                        {
                            "clock": found.clock.pk, "kind": found.clock.kind,
                            "old": found.old_due_at.isoformat(), "new": found.new_due_at.isoformat(),
                        }
                        for found in rows
                        if found.new_due_at
                    ],
                ),
            )
            for ticket, rows in moved.items()
        ],
        now=now,
    )  # fmt: skip


def notify_unassigned(
    ticket: Ticket, clock: Clock, step: AlertStep, recipients: list[int], *, time: int, now: datetime
) -> None:
    """A customer waits for a reply and nobody has the ticket: a step of the ladder hears of it.

    `time`: how often the ladder of this clock has begun.
    """
    outbox.write(
        "unassigned", key=f"unassigned:{clock.pk}:{time}:{step.value}", recipients=recipients,
        data=_of_clock(ticket, clock) | {"step": step.value}, now=now,
    )  # fmt: skip


def warn(ticket: Ticket, clock: Clock, *, now: datetime) -> None:
    """A promise has used three quarters of its time."""
    outbox.write(
        "due_soon",
        key=f"due_soon:{clock.pk}",
        recipients=_owner_or_leads(ticket),
        data=_of_clock(ticket, clock),
        now=now,
    )


def notify_overdue(ticket: Ticket, clock: Clock, *, now: datetime) -> None:
    """A promise is broken: the assignee and all leads hear of it, once."""
    recipients = [*_owner(ticket), *leads()]
    outbox.write("overdue", key=f"overdue:{clock.pk}", recipients=recipients, data=_of_clock(ticket, clock), now=now)


def announce_check_in(ticket: Ticket, clock: Clock, *, now: datetime) -> None:
    """A check-in comes due: whoever owns the ticket still has half of the time to write it."""
    outbox.write(
        "check_in_due", key=f"check_in:{clock.pk}", recipients=_owner_or_leads(ticket), data=_of_clock(ticket, clock),
        now=now,
    )  # fmt: skip


def _of_clock(ticket: Ticket, clock: Clock) -> dict[str, Any]:
    return about(ticket, clock=clock.pk, kind=ClockKind(clock.kind).value, due_at=clock.due_at.isoformat())


def _owner(ticket: Ticket) -> list[int]:
    return [ticket.assignee.user_id] if ticket.assignee else []


def _owner_or_leads(ticket: Ticket) -> list[int]:
    return _owner(ticket) or leads()
