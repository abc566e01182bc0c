"""What is spoken about and what comes of it: agenda, minutes, decisions, and actions that stay until they are done."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.core.enums import MeetingEventKind, MeetingState
from accounts.core.models import Contact, User
from accounts.sponsorship.domain import notices
from accounts.sponsorship.domain.meetings import locked, note
from accounts.sponsorship.models import AgendaItem, Meeting, MeetingAction
from portal.lib.errors import DomainError, Stale
from portal.lib.typed import as_line, within

MOST_ITEMS = 40
MOST_ACTIONS = 60
LONGEST = 50_000
MAX_LINE_CHARS = 300


@transaction.atomic
def add_to_agenda(meeting: Meeting, text: str, *, by: User, now: datetime) -> AgendaItem:
    """Put a subject at the end of the agenda; both sides may, until the meeting is over."""
    meeting = locked(meeting)
    if not meeting.is_coming:
        raise Stale(_("This meeting has ended. Add the subject to the agenda of the next one."))
    text = _line(text, field="text", missing=_("Enter the subject to discuss."))
    last = meeting.agenda.aggregate(last=Max("number"))["last"] or 0
    if meeting.agenda.count() >= MOST_ITEMS:
        raise DomainError(_("The agenda is full. Keep this subject for the next meeting."), code="full", field="text")
    return AgendaItem.objects.create(meeting=meeting, number=last + 1, text=text, author=by, added_at=now)


@transaction.atomic
def tick_agenda(meeting: Meeting, item: int, *, by: User, now: datetime) -> AgendaItem:
    """Mark a subject as spoken about, or take the mark away."""
    meeting = locked(meeting)
    found = meeting.agenda.filter(pk=item).first()
    if found is None:
        raise Stale(_("This subject is no longer on the agenda. Reload the page."))
    found.done_at = None if found.done_at else now
    found.save(update_fields=["done_at"])
    return found


@transaction.atomic
def write_minutes(
    meeting: Meeting, *, minutes: str, decisions: str, version: int, publish: bool, by: User, now: datetime
) -> Meeting:
    """Keep the minutes and decisions (Markdown); with `publish` the customer reads them and is told, once.

    `version` is the one that the writer began from: Stale when somebody else saved since.
    """
    meeting = locked(meeting)
    if meeting.state != MeetingState.HELD:
        raise DomainError(_("First record that the meeting took place."), code="not_held")
    if meeting.version != version:
        raise Stale(_("Somebody else has saved the minutes. Your text is kept below: compare, then save again."))
    within(minutes, most=LONGEST, field="minutes")
    within(decisions, most=LONGEST, field="decisions")
    if publish and not minutes.strip():
        raise DomainError(_("Enter the minutes before you publish them."), code="required", field="minutes")
    meeting.minutes, meeting.decisions = minutes.replace("\x00", "").strip(), decisions.replace("\x00", "").strip()
    meeting.version += 1
    if publish and meeting.published_at is None:
        meeting.published_at = now
        note(meeting, MeetingEventKind.PUBLISHED, by=by, now=now)
        notices.notify("minutes", meeting, notices.everybody(meeting), now=now)
    meeting.save()
    return meeting


@transaction.atomic
def add_action(
    meeting: Meeting, text: str, *, owner_name: str, due_on: date, owner: User | None = None, by: User, now: datetime
) -> MeetingAction:
    """Note what somebody will do, and by when. `owner` is found among the people of both sides when a name fits."""
    meeting = locked(meeting)
    text = _line(text, field="text", missing=_("Enter what has to be done."))
    name = _line(owner_name, field="owner_name", missing=_("Enter the person who will do it."))[:120]
    if meeting.actions.count() >= MOST_ACTIONS:
        raise DomainError(
            _("This meeting has too many open actions. Mark some as done first."), code="full", field="text"
        )
    return MeetingAction.objects.create(
        meeting=meeting, text=text, owner_name=name, owner=owner or _person(meeting, name), due_on=due_on
    )


@transaction.atomic
def finish_action(action: MeetingAction, *, by: User, now: datetime) -> MeetingAction:
    """It is done, and leaves the agenda of the meetings to come."""
    locked(action.meeting)
    MeetingAction.objects.unfinished().filter(pk=action.pk).update(done_at=now, done_by=by)
    action.refresh_from_db()
    return action


def open_actions(account_id: int) -> QuerySet[MeetingAction]:
    """What any meeting of the account left to do: carried over from meeting to meeting."""
    unfinished = MeetingAction.objects.unfinished().filter(meeting__account=account_id)
    return unfinished.select_related("meeting").order_by("due_on", "pk")


def _person(meeting: Meeting, name: str) -> User | None:
    for agent in (meeting.sponsor, meeting.deputy):
        if agent is not None and agent.name.casefold() == name.casefold():
            return agent.user
    contact = Contact.objects.active().filter(account=meeting.account_id, user__name__iexact=name).first()
    return contact.user if contact else None


def _line(text: str, *, field: str, missing: str) -> str:
    text = as_line(text)
    if not text:
        raise DomainError(missing, code="required", field=field)
    return within(text, most=MAX_LINE_CHARS, field=field)
