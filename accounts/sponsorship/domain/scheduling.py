"""The periodic work: propose each period once, remind, notice what nobody recorded, flag what is overdue."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext

from accounts.core.domain.entitlements import contract_day
from accounts.core.enums import MeetingState
from accounts.sponsorship.domain import notices
from accounts.sponsorship.domain.meetings import miss, propose
from accounts.sponsorship.domain.rhythm import includes_sponsor, present_period
from accounts.sponsorship.models import Meeting, MeetingAction, Sponsorship
from portal.lib import outbox
from portal.lib.errors import DomainError

REMINDERS = (1, 7)
UNRECORDED = timedelta(days=3)
# A proposed meeting whose every moment passed so long ago is not going to be chosen any more.
UNCHOSEN = timedelta(days=14)
BATCH = 200


def schedule_meetings(*, now: datetime) -> int:
    """One run of the job; returns how many rows it moved. Parallel runs and runs after a pause do nothing twice."""
    return propose_due(now=now) + remind(now=now) + notice_missed(now=now) + flag_actions(now=now)


def propose_due(*, now: datetime) -> int:
    """Propose the meeting of the present period to each account that has none; past periods are not made up for."""
    proposed = 0
    live = Sponsorship.objects.live().filter(account__is_active=True)
    for sponsorship in live.select_related("account__home_region", "sponsor__user", "deputy__user", "host__user"):
        period = present_period(sponsorship, now)
        if Meeting.objects.filter(account=sponsorship.account_id, period_on=period).exists():
            continue
        if not includes_sponsor(sponsorship.account, now):
            continue
        try:
            with transaction.atomic():
                propose(sponsorship, period_on=period, by=None, now=now)
        except IntegrityError:
            continue  # another run was faster: the key of the period keeps one
        proposed += 1
    return proposed


def remind(*, now: datetime) -> int:
    """Write the reminders seven days and one day ahead, each once for an appointment.

    After a pause only the nearest one is written, and none for a stretch that had begun when it was confirmed.
    """
    coming = Meeting.objects.filter(
        state=MeetingState.CONFIRMED, starts_at__gt=now, starts_at__lte=now + timedelta(days=max(REMINDERS))
    ).filter(Q(reminded_days=None) | Q(reminded_days__gt=min(REMINDERS)))
    return sum(_remind(meeting, now=now) for meeting in list(coming.with_people()[:BATCH]))


@transaction.atomic
def _remind(meeting: Meeting, *, now: datetime) -> int:
    left = (meeting.starts_at or now) - now
    days = next(days for days in REMINDERS if left <= timedelta(days=days))
    if meeting.reminded_days is not None and meeting.reminded_days <= days:
        return 0
    # The condition travels with the update: of two runs one writes, and none for an appointment that was moved.
    same = Meeting.objects.filter(
        pk=meeting.pk, state=MeetingState.CONFIRMED, sequence=meeting.sequence, starts_at=meeting.starts_at,
        reminded_days=meeting.reminded_days,
    )  # fmt: skip
    if not same.update(reminded_days=days):
        return 0
    notices.notify("reminder", meeting, notices.everybody(meeting), now=now, mark=f"{days}", days=days)
    return 1


def notice_missed(*, now: datetime) -> int:
    """Record as missed what nobody recorded three days after, and what nobody chose a time for."""
    forgotten = Meeting.objects.filter(state=MeetingState.CONFIRMED, starts_at__lte=now - UNRECORDED)
    unchosen = Meeting.objects.filter(
        state=MeetingState.PROPOSED, proposed_at__lte=now - UNCHOSEN, slots__isnull=False
    ).exclude(slots__starts_at__gt=now - UNCHOSEN)
    missed = 0
    for meeting in [*forgotten[:BATCH], *unchosen.distinct()[:BATCH]]:
        reason = NOT_RECORDED if meeting.state == MeetingState.CONFIRMED else NOT_CHOSEN
        try:
            miss(meeting, reason=reason, by=None, now=now)
        except DomainError:
            continue  # recorded, moved or cancelled between our look and the lock
        missed += 1
    return missed


NOT_RECORDED = "Nobody recorded it within three days."
NOT_CHOSEN = "None of the proposed times was chosen."


def say_reason(meeting: Meeting) -> str:
    """The reason in the reader's language where the job wrote it, as it was typed where a person did."""
    known = {
        NOT_RECORDED: gettext("Nobody recorded the meeting within three days."),
        NOT_CHOSEN: gettext("None of the proposed times was chosen."),
    }
    return known.get(meeting.reason, meeting.reason)


def flag_actions(*, now: datetime) -> int:
    """Flag each overdue action once, and tell its owner and the sponsor. Due days are the account's own."""
    latest = (now + timedelta(days=1)).date()  # no zone is further ahead
    late = MeetingAction.objects.filter(done_at=None, flagged_at=None, due_on__lt=latest)
    late = late.select_related("meeting__account__home_region", "meeting__sponsor", "meeting__deputy")
    flagged = 0
    for action in list(late.order_by("due_on", "pk")[:BATCH]):
        if action.due_on < contract_day(action.meeting.account, now):
            flagged += _flag(action, now=now)
    return flagged


@transaction.atomic
def _flag(action: MeetingAction, *, now: datetime) -> int:
    if not MeetingAction.objects.filter(pk=action.pk, done_at=None, flagged_at=None).update(flagged_at=now):
        return 0
    people = [action.meeting.sponsor.user_id, *([action.owner_id] if action.owner_id else [])]
    data = {"meeting": action.meeting_id, "action": action.pk}
    outbox.write("meeting_action", key=f"meeting_action:{action.pk}", recipients=people, data=data, now=now)
    return 1
