"""Executive sponsors: who stands for us towards an account, the meetings with them, and what came of these."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import MeetingEventKind, MeetingState
from accounts.core.models.account import Account
from accounts.core.models.agent import Agent
from accounts.core.models.contact import Contact
from accounts.core.models.user import User
from portal.lib.durations import say_short_day

# A rhythm divides the year, so that its periods begin in the same months every year.
RHYTHMS = (1, 2, 3, 4, 6, 12)


class SponsorshipQuerySet(models.QuerySet["Sponsorship"]):
    def live(self) -> Self:
        return self.filter(ended_at=None)


class Sponsorship(models.Model):
    """One person's time as executive sponsor of an account. Rows are never deleted, only ended."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="sponsorships", verbose_name=_("account")
    )
    sponsor = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", verbose_name=_("executive sponsor"))
    deputy = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )
    host = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("host on the customer side"),
    )  # fmt: skip
    rhythm_months = models.PositiveSmallIntegerField(_("months between meetings"), default=3)
    started_at = models.DateTimeField(_("assigned"))
    started_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("assigned by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = SponsorshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("executive sponsorship")
        verbose_name_plural = _("executive sponsorships")
        ordering = ["account", "-started_at"]
        constraints = [
            models.UniqueConstraint(
                name="accounts_sponsorship_one_live", fields=["account"], condition=models.Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="accounts_sponsorship_rhythm_known", condition=models.Q(rhythm_months__in=RHYTHMS)
            ),
            models.CheckConstraint(
                name="accounts_sponsorship_deputy_is_another",
                condition=models.Q(deputy=None) | ~models.Q(deputy=models.F("sponsor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.sponsor}"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> Self:
        """Staff see every meeting, a contact those of the accounts they belong to."""
        if user.is_staff:
            return self
        return self.filter(account__in=Account.objects.visible_to(user))

    def coming(self) -> Self:
        return self.filter(state__in=[MeetingState.PROPOSED, MeetingState.CONFIRMED])

    def ahead(self, now: datetime) -> Self:
        """Agreed on and still to come, the next one first."""
        return self.filter(state=MeetingState.CONFIRMED, starts_at__gt=now).order_by("starts_at", "pk")

    def over(self) -> Self:
        return self.exclude(state__in=[MeetingState.PROPOSED, MeetingState.CONFIRMED])

    def with_people(self) -> Self:
        """What pages, mails and calendars say about a meeting besides its own columns, in one statement."""
        return self.select_related("account__home_region", "sponsor__user", "deputy__user", "host__user")


class Meeting(models.Model):
    """One exchange with the executive sponsor: proposed, confirmed, and then held, missed or cancelled.

    `period_on` is the first day of the period whose meeting this is, None for one that was agreed besides. The people
    are copied from the sponsorship when it is proposed: who took part stays true when somebody else follows.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("account"))
    sponsor = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="sponsor_meetings", verbose_name=_("executive sponsor")
    )
    deputy = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )
    host = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("host")
    )
    period_on = models.DateField(_("period"), null=True, blank=True)
    state = models.CharField(_("status"), max_length=9, choices=MeetingState.choices, default=MeetingState.PROPOSED)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    length_minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    join_url = models.URLField(_("link to join the meeting"), max_length=500, blank=True)
    proposed_at = models.DateTimeField(_("proposed"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    decisions = models.TextField(_("decisions"), blank=True)
    published_at = models.DateTimeField(_("minutes published"), null=True, blank=True)
    # How often the appointment changed, for calendars (RFC 5545: SEQUENCE), and the record, for who edits it.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    # The days before the appointment whose reminder was written last.
    reminded_days = models.PositiveSmallIntegerField(null=True, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            # Parallel runs of the job propose a period once.
            models.UniqueConstraint(name="accounts_meeting_one_per_period", fields=["account", "period_on"]),
            models.UniqueConstraint(
                name="accounts_meeting_sponsor_not_twice", fields=["sponsor", "starts_at"],
                condition=models.Q(state=MeetingState.CONFIRMED),
            ),
            models.CheckConstraint(
                name="accounts_meeting_state_known", condition=models.Q(state__in=MeetingState.values)
            ),
            models.CheckConstraint(
                name="accounts_meeting_confirmed_says_when",
                condition=~models.Q(state__in=[MeetingState.CONFIRMED, MeetingState.HELD])
                | models.Q(starts_at__isnull=False),
            ),
            models.CheckConstraint(
                name="accounts_meeting_reason_of_failure",
                condition=~models.Q(state__in=[MeetingState.MISSED, MeetingState.CANCELLED]) | ~models.Q(reason=""),
            ),
            # The length is part of a calendar entry and of every clash.
            models.CheckConstraint(
                name="accounts_meeting_length_sensible", condition=models.Q(length_minutes__range=(15, 240))
            ),
        ]  # fmt: skip
        indexes = [
            # Serves the job's reminders and missed ones, the desk's month and a sponsor's clashes.
            models.Index(
                name="accounts_meeting_confirmed", fields=["starts_at"],
                condition=models.Q(state=MeetingState.CONFIRMED),
            ),
            # Serves the series of one account, newest first.
            models.Index(name="accounts_meeting_series", fields=["account", "-proposed_at"]),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account} · {say_short_day(self.starts_at)}" if self.starts_at else str(self.account)

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at + timedelta(minutes=self.length_minutes) if self.starts_at else None

    @property
    def is_coming(self) -> bool:
        return self.state in {MeetingState.PROPOSED, MeetingState.CONFIRMED}


class MeetingSlot(models.Model):
    """A moment we propose for a meeting. Replaced as a set when others are wanted; the history keeps the old ones."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="slots", verbose_name=_("meeting"))
    starts_at = models.DateTimeField(_("starts"))

    class Meta:
        verbose_name = _("proposed time")
        verbose_name_plural = _("proposed times")
        ordering = ["starts_at"]
        constraints = [models.UniqueConstraint(name="accounts_slot_once", fields=["meeting", "starts_at"])]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class AgendaItem(models.Model):
    """Something one of the sides wants to speak about."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda", verbose_name=_("meeting"))
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.CharField(_("subject"), max_length=300)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("author"))
    added_at = models.DateTimeField(_("added"))
    done_at = models.DateTimeField(_("discussed"), null=True, blank=True)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(name="accounts_agenda_number_once", fields=["meeting", "number"])]

    def __str__(self) -> str:
        return self.text


class MeetingActionQuerySet(models.QuerySet["MeetingAction"]):
    def unfinished(self) -> Self:
        return self.filter(done_at=None)


class MeetingAction(models.Model):
    """What somebody promised at a meeting. It stands on the agenda of every later one until it is done."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="actions", verbose_name=_("meeting"))
    text = models.CharField(_("action"), max_length=300)
    owner_name = models.CharField(_("assigned to"), max_length=120)
    # The owner as one of us or of them, when it is one: the one who hears that it is overdue.
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account of the person")
    )
    due_on = models.DateField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    flagged_at = models.DateTimeField(_("marked as overdue"), null=True, blank=True)

    objects = MeetingActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["due_on", "pk"]
        indexes = [
            # Serves the job that flags what became overdue.
            models.Index(
                name="accounts_action_to_flag", fields=["due_on"], condition=models.Q(done_at=None, flagged_at=None)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text


class MeetingEvent(models.Model):
    """What happened to a meeting. Only added to."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="events", verbose_name=_("meeting"))
    kind = models.CharField(_("type"), max_length=12, choices=MeetingEventKind.choices)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    # {"slots": [ISO moments], "before": ISO moment, "text": what was said}
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("event in the history of a meeting")
        verbose_name_plural = _("history of meetings")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_kind_display()
