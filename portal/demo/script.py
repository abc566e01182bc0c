"""The language of the stories: what a person does to a ticket, and when.

Moments are written in five ways: `25m` (minutes before now), `25w` (as many minutes of business time before now),
`3d 10:05` (three working days ago at 10:05, in the zone of the ticket's region), `+40m` (after the act before) and
`+40w` (after the act before, in business time).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from accounts.core.domain.entitlements import entitlements_of
from accounts.models import Region
from portal.demo.cast import Stage, working_day
from sla.core.domain.calendars import business_calendar
from sla.core.enums import Priority
from sla.models import Calendar
from tickets.core.domain import check_ins, conversation, followers, lifecycle, merging, opening, routing
from tickets.core.domain.attachments import accept_upload
from tickets.core.enums import Channel, LanguageChoice, Status
from tickets.models import Attachment, Ticket
from tickets.workarounds import domain as workarounds

Play = Callable[[Stage, Ticket, datetime], Ticket | None]
# French signs that never begin a line, and the opening quotation mark that never ends one.
_KEPT_TOGETHER = re.compile(r" (?=[:;?!»])|(?<=«) ")
_MOMENT = re.compile(r"(?P<later>\+)?(?P<count>\d+)(?P<unit>[mwd])(?: (?P<hour>\d\d):(?P<minute>\d\d))?")


@dataclass(frozen=True)
class Act:
    """One thing that happens to a ticket. `play` returns another ticket when the story goes on there."""

    at: str
    play: Play


@dataclass(frozen=True)
class Story:
    """One ticket from its opening on."""

    at: str
    who: str
    priority: Priority
    subject: str
    body: str
    acts: Sequence[Act] = ()
    product: str = "Orlin Fleet"
    channel: Channel = Channel.PORTAL
    by: str = ""
    live: bool = False
    own_language: bool = False
    private: bool = False
    followers: Sequence[str] = ()
    files: dict[str, str] = field(default_factory=dict)
    # The region whose days and hours its moments are told in, where a story meets another one; else the requester's.
    told_in: str = ""

    def opened(self, stage: Stage, now: datetime) -> Ticket:
        new = opening.OpenTicket(
            requester=stage.contacts[self.who],
            subject=typeset(self.subject),
            body=typeset(self.body),
            priority=self.priority,
            channel=self.channel,
            language_choice=LanguageChoice.OWN if self.own_language else LanguageChoice.ENGLISH,
            product=self.product,
            followers=[stage.contacts[key] for key in self.followers],
            attachments=_uploads(self.files, stage, self.by or self.who, now),
            is_private=self.private,
            live=self.live,
        )
        return opening.open_ticket(new, by=stage.user(self.by or self.who), now=now)


def write(at: str, who: str, body: str, *, channel: Channel = Channel.PORTAL, **files: str) -> Act:
    """The customer's side writes; on a closed ticket the story goes on in the follow-up."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> Ticket:
        named = {name.replace("_", "."): text for name, text in files.items()}
        message = conversation.reply_as_customer(
            ticket, body=typeset(body), by=stage.contacts[who], channel=channel, now=now,
            attachments=_uploads(named, stage, who, now),
        )  # fmt: skip
        return message.ticket

    return Act(at, play)


def reply(at: str, who: str, body: str, *, then: Status | None = None) -> Act:
    """An agent answers, and may move the ticket in the same act. Whoever answers first takes the ticket."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        agent = stage.agents[who]
        ticket.refresh_from_db(fields=["assignee"])
        if ticket.assignee is None:
            routing.assign(ticket, agent, by=agent.user, now=now)
        conversation.reply_as_agent(ticket, body=typeset(body), by=agent.user, now=now, status_after=then)

    return Act(at, play)


def workaround(at: str, who: str, description: str) -> Act:
    """An agent says how the customer can go on before the ticket is solved."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        workarounds.record_workaround(ticket, description=typeset(description), by=stage.user(who), now=now)

    return Act(at, play)


def check_in(at: str, who: str, *texts: str, then: Status | None = None) -> Act:
    """An agent says unasked where things stand: in one text, or what changed, where it stands and the next step."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        agent, said = stage.agents[who], [typeset(text) for text in texts]
        if len(said) == 1:
            check_ins.send_check_in(ticket, body=said[0], by=agent.user, now=now, status_after=then)
            return
        ticket.refresh_from_db()
        next_at = check_ins.next_update(ticket, entitlements_of(ticket.requester, now), now=now)
        parts = dict(zip(check_ins.WORDS, said, strict=True)) | {"next_at": next_at or now + timedelta(days=1)}
        check_ins.send_check_in(ticket, parts=parts, by=agent.user, now=now, status_after=then)

    return Act(at, play)


def note(at: str, who: str, body: str) -> Act:
    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        conversation.add_note(ticket, body=typeset(body), by=stage.user(who), now=now)

    return Act(at, play)


def assign(at: str, who: str, to: str) -> Act:
    """`to` empty: back to the team."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        routing.assign(ticket, stage.agents.get(to), by=stage.user(who), now=now)

    return Act(at, play)


def status(at: str, who: str, to: Status) -> Act:
    """A change of status without words."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        lifecycle.change_status(ticket, to, by=stage.user(who), now=now)

    return Act(at, play)


def priority(at: str, who: str, to: Priority, reason: str) -> Act:
    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        lifecycle.change_priority(ticket, to, by=stage.user(who), now=now, reason=reason)

    return Act(at, play)


def ask(at: str, who: str, to: Priority, reason: str) -> Act:
    """The customer asks for another priority."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        lifecycle.ask_for_priority(ticket, to, reason=typeset(reason), by=stage.user(who), now=now)

    return Act(at, play)


def skip(at: str, who: str, reason: str) -> Act:
    """An agent leaves out a check-in."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        conversation.skip_check_in(ticket, reason=reason, by=stage.user(who), now=now)

    return Act(at, play)


def close(at: str, who: str) -> Act:
    """The customer says that it is done."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        lifecycle.close_by_customer(ticket, by=stage.user(who), now=now)

    return Act(at, play)


def follow(at: str, who: str, *, by: str) -> Act:
    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        followers.add_follower(ticket, stage.contacts[who], by=stage.user(by), now=now)

    return Act(at, play)


def unfollow(at: str, who: str) -> Act:
    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        followers.remove_follower(ticket, stage.contacts[who], by=stage.user(who), now=now)

    return Act(at, play)


def region(at: str, who: str, to: str) -> Act:
    """An agent gives the ticket to another region."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        lifecycle.change_region(ticket, stage.regions[to], by=stage.user(who), now=now)

    return Act(at, play)


def language(at: str, who: str, to: LanguageChoice) -> Act:
    """The requester chooses between English around the clock and their language in business hours."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        lifecycle.change_language(ticket, to, by=stage.user(who), now=now)

    return Act(at, play)


def matching(at: str, code: str) -> Act:
    """From here on the region gives its new tickets to the best match."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> None:
        place = stage.regions[code]
        place.matches_tickets = True
        place.save(update_fields=["matches_tickets"])

    return Act(at, play)


def merge(at: str, who: str, into: str) -> Act:
    """An agent merges the ticket into the one whose subject is `into`; the story goes on there."""

    def play(stage: Stage, ticket: Ticket, now: datetime) -> Ticket:
        survivor = Ticket.objects.get(subject=typeset(into), account=ticket.account_id)
        return merging.merge(ticket, into=survivor, by=stage.user(who), now=now)

    return Act(at, play)


def typeset(text: str) -> str:
    """`text` with the non-breaking spaces of French, which nobody sees in a source file."""
    return _KEPT_TOGETHER.sub("\u00a0", text)


def moment(words: str, *, region: Region, before: datetime, now: datetime) -> datetime:
    """The moment that `words` name; `before` is the one of the act before. Raises ValueError after `now`."""
    found = _MOMENT.fullmatch(words)
    if not found:
        raise ValueError(f"{words!r} names no moment.")
    count, unit = int(found["count"]), found["unit"]
    if unit == "d":
        at = working_day(region, count, now=now).replace(hour=int(found["hour"]), minute=int(found["minute"]))
    elif unit == "m":
        at = before + timedelta(minutes=count) if found["later"] else now - timedelta(minutes=count)
    elif found["later"]:
        at = business_calendar(Calendar.objects.get(region=region)).add(before, timedelta(minutes=count))
    else:
        at = _business_time_ago(timedelta(minutes=count), region, now)
    if at > now:
        raise ValueError(f"{words!r} lies {at - now} after now.")
    return at


def _business_time_ago(amount: timedelta, region: Region, now: datetime) -> datetime:
    """The latest moment since which `amount` of open time has passed."""
    hours = business_calendar(Calendar.objects.get(region=region))
    for opens, closes in reversed(hours.windows(now - timedelta(days=30), now)):
        if amount <= closes - opens:
            return closes - amount
        amount -= closes - opens
    raise ValueError(f"{region.code} has been closed for a month.")


def _uploads(files: dict[str, str], stage: Stage, who: str, now: datetime) -> list[Attachment]:
    return [
        accept_upload(ContentFile(text.encode(), name=name), by=stage.user(who), now=now)
        for name, text in files.items()
    ]
