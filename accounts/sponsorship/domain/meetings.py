"""The appointment: proposed, confirmed, moved, cancelled, held or missed. Each verb locks the account first."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.core.domain.people import leads
from accounts.core.enums import MeetingEventKind, MeetingState
from accounts.core.models import Agent, User
from accounts.sponsorship.domain import notices
from accounts.sponsorship.domain.naming import NoSponsor, locked_account
from accounts.sponsorship.domain.rhythm import includes_sponsor
from accounts.sponsorship.domain.slots import find_slots, meetings_of
from accounts.sponsorship.models import Meeting, MeetingEvent, MeetingSlot, Sponsorship
from portal.lib.durations import say_moment
from portal.lib.errors import DomainError, Stale
from portal.lib.names import city
from portal.lib.zones import zone

MOST_SLOTS = 3


class Clash(DomainError):
    """The sponsor has another meeting at that time."""

    code = "clash"


@transaction.atomic
def propose(
    sponsorship: Sponsorship,
    *,
    period_on: date | None = None,
    slots: Iterable[datetime] | None = None,
    minutes: int = 60,
    by: User | None,
    now: datetime,
) -> Meeting:
    """Propose a meeting, with the moments given or those that suit both sides, and ask the customer to choose.

    Raises IntegrityError when the period has its meeting already.
    """
    account = locked_account(sponsorship.account_id)
    if not includes_sponsor(account, now):
        raise NoSponsor
    chosen = _sound(slots, now=now) if slots is not None else None
    if chosen is None:
        chosen = find_slots(account, sponsorship.sponsor, now=now, minutes=minutes)
    meeting = Meeting.objects.create(
        account=account, sponsor=sponsorship.sponsor, deputy=sponsorship.deputy, host=sponsorship.host,
        period_on=period_on, length_minutes=minutes, proposed_at=now,
    )  # fmt: skip
    _offer(meeting, chosen, by=by, now=now)
    return meeting


@transaction.atomic
def propose_others(meeting: Meeting, *, slots: Iterable[datetime] | None = None, by: User, now: datetime) -> Meeting:
    """Replace the proposed moments. A confirmed appointment is taken back by it, and everybody’s calendar is told."""
    meeting = locked(meeting)
    if not meeting.is_coming:
        raise _too_late(meeting)
    chosen = _sound(slots, now=now) if slots is not None else find_slots(meeting.account, meeting.sponsor, now=now)
    if meeting.state == MeetingState.CONFIRMED:
        before = meeting.starts_at
        meeting.sequence += 1
        meeting.state, meeting.starts_at, meeting.reminded_days = MeetingState.PROPOSED, None, None
        meeting.version += 1
        meeting.save()
        _retract(meeting, before, now=now)
    meeting.slots.all().delete()
    _offer(meeting, chosen, by=by, now=now)
    return meeting


@transaction.atomic
def ask_for_others(meeting: Meeting, *, text: str, by: User, now: datetime) -> Meeting:
    """The customer says, in a sentence, why none of the moments suits; the sponsor reads it and proposes others."""
    meeting = locked(meeting)
    if not meeting.is_coming:
        raise _too_late(meeting)
    text = " ".join(text.split())[:300]
    if not text:
        raise DomainError(_("Enter the days or hours that suit you."), code="required", field="text")
    event = note(meeting, MeetingEventKind.ASKED, by=by, now=now, text=text)
    notices.notify("asked", meeting, notices.ours(meeting), now=now, mark=str(event.pk), text=text, who=by.name)
    return meeting


@transaction.atomic
def confirm(meeting: Meeting, starts_at: datetime, *, by: User, now: datetime) -> Meeting:
    """Choose one of the proposed moments: the appointment stands, and the invitation goes to both sides.

    Raises Stale when it was chosen, moved or cancelled meanwhile, Clash when the sponsor is taken at that time.
    """
    meeting = locked(meeting)
    if meeting.state == MeetingState.CONFIRMED:
        if meeting.starts_at == starts_at:
            return meeting
        raise Stale(_("Somebody else has just chosen another time for this meeting. It is shown above."))
    if meeting.state != MeetingState.PROPOSED:
        raise _too_late(meeting)
    if not meeting.slots.filter(starts_at=starts_at).exists():
        raise Stale(_("This time is no longer proposed. Choose one of the times below."), field="slot")
    _appoint(meeting, starts_at, by=by, now=now)
    note(meeting, MeetingEventKind.CONFIRMED, by=by, now=now, starts_at=starts_at.isoformat())
    return meeting


@transaction.atomic
def move(meeting: Meeting, starts_at: datetime, *, by: User, now: datetime) -> Meeting:
    """Staff set the time, as agreed by other means. Calendars learn of it under the same entry."""
    meeting = locked(meeting)
    if not meeting.is_coming:
        raise _too_late(meeting)
    before = meeting.starts_at
    if before == starts_at:
        return meeting
    _appoint(meeting, starts_at, by=by, now=now)
    note(
        meeting, MeetingEventKind.MOVED if before else MeetingEventKind.CONFIRMED, by=by, now=now,
        starts_at=starts_at.isoformat(), **({"before": before.isoformat()} if before else {}),
    )  # fmt: skip
    return meeting


@transaction.atomic
def set_link(meeting: Meeting, url: str, *, by: User, now: datetime) -> Meeting:
    """Where to join. Only https: nothing else may stand behind a link that customers click (#209)."""
    meeting = locked(meeting)
    url = url.strip()
    if url and not _is_https(url):
        raise DomainError(
            _("The link must start with https://. Copy it from the invitation."), code="url", field="join_url"
        )
    if url != meeting.join_url and meeting.is_coming:
        meeting.join_url = url
        meeting.version += 1
        if meeting.state == MeetingState.CONFIRMED:
            meeting.sequence += 1
            notices.notify("confirmed", meeting, notices.everybody(meeting), now=now)
        meeting.save()
    return meeting


@transaction.atomic
def cancel(meeting: Meeting, *, reason: str, by: User, now: datetime) -> Meeting:
    """It does not take place; the reason is told to both sides, and calendars remove it."""
    meeting = locked(meeting)
    if not meeting.is_coming:
        raise _too_late(meeting)
    was_confirmed, meeting.reason = meeting.state == MeetingState.CONFIRMED, _reason(reason)
    meeting.state = MeetingState.CANCELLED
    meeting.sequence += 1
    meeting.version += 1
    meeting.save()
    note(meeting, MeetingEventKind.CANCELLED, by=by, now=now, text=meeting.reason)
    notices.notify("cancelled", meeting, notices.everybody(meeting), now=now, was_confirmed=was_confirmed)
    return meeting


@transaction.atomic
def record_meeting(meeting: Meeting, *, by: User, now: datetime) -> Meeting:
    """Record that it took place. Also of one that the job took for missed: then nobody had recorded it."""
    meeting = locked(meeting)
    if meeting.state == MeetingState.HELD:
        return meeting
    if meeting.starts_at is None or meeting.state == MeetingState.CANCELLED:
        raise _too_late(meeting)
    if meeting.starts_at > now:
        raise DomainError(_("This meeting has not started yet. Record it afterwards."), code="not_yet")
    meeting.state, meeting.reason = MeetingState.HELD, ""
    meeting.version += 1
    meeting.save()
    note(meeting, MeetingEventKind.HELD, by=by, now=now)
    return meeting


@transaction.atomic
def miss(meeting: Meeting, *, reason: str, by: User | None, now: datetime) -> Meeting:
    """Record that it did not take place although it was owed; leads hear of it once."""
    meeting = locked(meeting)
    if not meeting.is_coming:
        raise _too_late(meeting)
    if by is not None and meeting.starts_at is not None and meeting.starts_at > now:
        raise DomainError(_("This meeting has not started yet. Move it or cancel it instead."), code="not_yet")
    meeting.state, meeting.reason = MeetingState.MISSED, _reason(reason)
    meeting.version += 1
    meeting.save()
    note(meeting, MeetingEventKind.MISSED, by=by, now=now, text=meeting.reason)
    notices.notify("missed", meeting, [*notices.ours(meeting), *leads()], now=now)
    return meeting


def locked(meeting: Meeting) -> Meeting:
    """The meeting as it is now, held until the transaction ends; its account is locked before it."""
    locked_account(meeting.account_id)
    Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    return Meeting.objects.with_people().get(pk=meeting.pk)


def note(meeting: Meeting, kind: MeetingEventKind, *, by: User | None, now: datetime, **data: object) -> MeetingEvent:
    """One line of the history."""
    return MeetingEvent.objects.create(meeting=meeting, kind=kind, at=now, by=by, data=data)


def say_when(at: datetime, meeting: Meeting, *, now: datetime) -> str:
    """`Tue 10 Nov 14:00 (London), Tue 10 Nov 23:00 (Tokyo)`: the moment on the clocks of both sides."""
    zones = dict.fromkeys([meeting.account.home_region.time_zone, meeting.sponsor.user.time_zone])
    return ", ".join(f"{say_moment(at, now, zone(name))} ({city(name)})" for name in zones)


def _offer(meeting: Meeting, slots: list[datetime], *, by: User | None, now: datetime) -> None:
    MeetingSlot.objects.bulk_create(MeetingSlot(meeting=meeting, starts_at=at) for at in slots)
    event = note(meeting, MeetingEventKind.PROPOSED, by=by, now=now, slots=[at.isoformat() for at in slots])
    people = notices.everybody(meeting) if slots else notices.ours(meeting)
    notices.notify("proposed", meeting, people, now=now, mark=str(event.pk), slots=[at.isoformat() for at in slots])


def _appoint(meeting: Meeting, starts_at: datetime, *, by: User, now: datetime) -> None:
    if starts_at <= now:
        raise DomainError(_("This time is in the past. Select a later time."), code="past", field="slot")
    # Two accounts share a sponsor: the one row that both wait for.
    Agent.objects.select_for_update(no_key=True, of=("self",)).get(pk=meeting.sponsor_id)
    ends_at = starts_at + timedelta(minutes=meeting.length_minutes)
    others = meetings_of(meeting.sponsor, starts_at, ends_at, besides=meeting)
    if others:
        raise _clash(meeting, others[0].starts_at or starts_at, now=now)
    if meeting.starts_at is not None:
        meeting.sequence += 1
    meeting.state, meeting.starts_at, meeting.reminded_days = MeetingState.CONFIRMED, starts_at, None
    meeting.version += 1
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError:
        raise _clash(meeting, starts_at, now=now) from None
    notices.notify("confirmed", meeting, notices.everybody(meeting), now=now)


def _clash(meeting: Meeting, at: datetime, *, now: datetime) -> Clash:
    return Clash(
        _("%(name)s already has a meeting at that time: %(when)s. Select another time.")
        % {"name": meeting.sponsor.name, "when": say_when(at, meeting, now=now)},
        field="slot",
    )


def _retract(meeting: Meeting, before: datetime | None, *, now: datetime) -> None:
    at = before.isoformat() if before else None
    notices.notify("retracted", meeting, notices.everybody(meeting), now=now, starts_at=at)


def _sound(slots: Iterable[datetime], *, now: datetime) -> list[datetime]:
    chosen = sorted(set(slots))
    if not chosen or len(chosen) > MOST_SLOTS:
        raise DomainError(_("Enter one to three times."), code="slots", field="slots")
    if chosen[0] <= now:
        raise DomainError(_("Enter times in the future."), code="past", field="slots")
    return chosen


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise DomainError(_("Enter the reason. Both sides see it."), code="reason", field="reason")
    return reason


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    printable = url.isascii() and url.isprintable() and " " not in url
    return parts.scheme == "https" and bool(parts.hostname) and printable and len(url) <= 500


def _too_late(meeting: Meeting) -> Stale:
    return Stale(
        _("This meeting already has the status “%(state)s”. Reload the page.") % {"state": meeting.get_state_display()}
    )
