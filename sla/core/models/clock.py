"""One promise on one ticket."""

from datetime import UTC, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.core.enums import Basis, Tier
from accounts.models import Account
from portal.lib.durations import say_stamp
from sla.core.enums import CheckInRule, ClockKind, Coverage, Outcome, Priority, StartCause
from sla.core.models.calendar import Calendar


class ClockQuerySet(models.QuerySet["Clock"]):
    """The words people use about promises. Every word filters; none writes."""

    def running(self) -> Self:
        return self.filter(outcome=Outcome.RUNNING)

    def unflagged(self) -> Self:
        """Nobody has noticed yet that it is overdue."""
        return self.filter(breached_at=None)

    def due_by(self, moment: datetime) -> Self:
        """Due at or before `moment`."""
        return self.filter(due_at__lte=moment)

    def counted_before(self, calendar: Calendar) -> Self:
        """Counted in business hours with an older version of `calendar` than it has now."""
        return self.filter(calendar=calendar, calendar_version__lt=calendar.version, coverage=Coverage.BUSINESS_HOURS)

    def of(self, kind: ClockKind) -> Self:
        return self.filter(kind=kind)

    def ended(self) -> Self:
        return self.exclude(outcome=Outcome.RUNNING)

    def ended_between(self, *stretches: tuple[datetime, datetime]) -> Self:
        """Ended in one of `stretches`, each from its first moment to before its last."""
        within = Q(pk__in=[])
        for start, end in stretches:
            within |= Q(stopped_at__gte=start, stopped_at__lt=end)
        return self.ended().filter(within)

    def judged(self) -> Self:
        """Kept or missed: what percentages are made of."""
        return self.filter(outcome__in=[Outcome.MET, Outcome.MISSED])

    def timed(self) -> Self:
        """Judged, and it took time: the update that a change of status sends is met in the moment it is sent."""
        return self.judged().exclude(rule=CheckInRule.STATUS_CHANGE)

    def overdue(self, now: datetime) -> Self:
        """Running and past due, flagged or not."""
        return self.running().due_by(now)

    def ended_by_agent(self, agent: int | None) -> Self:
        """Ended by that agent; None: by nobody of the desk, but by a customer or a job."""
        return self.filter(ended_by__agent=agent)


class Clock(models.Model):
    """One promise on one ticket: its terms, copied when it started, its due moment, and how it ended.

    The ticket is reached by `ticket_id` only; this app never looks inside it. Moments are UTC. `counted_from` and
    `target_minutes` are the count that gave `due_at`: the start, or the moment of a later change that was better.
    """

    ticket = models.ForeignKey(
        "tickets.Ticket", on_delete=models.CASCADE, related_name="clocks", verbose_name=_("ticket")
    )
    # Copied from the ticket, so that reports about promises read one table.
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_index=False, related_name="clocks", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=ClockKind.choices)
    outcome = models.CharField(_("result"), max_length=9, choices=Outcome.choices, default=Outcome.RUNNING)
    cause = models.CharField(_("reason for the start"), max_length=16, choices=StartCause.choices)

    started_at = models.DateTimeField(_("start"))
    due_at = models.DateTimeField(_("due"))
    due_soon_at = models.DateTimeField(_("three quarters used on"))
    announce_at = models.DateTimeField(_("half used on"))
    stopped_at = models.DateTimeField(_("end"), null=True, blank=True)
    breached_at = models.DateTimeField(_("overdue since"), null=True, blank=True)
    warned_at = models.DateTimeField(_("marked as due soon"), null=True, blank=True)
    announced_at = models.DateTimeField(_("notified"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=_("ended by"),
    )  # fmt: skip
    # Open time of the calendar between start and stop, in seconds: what reports call business time. Null while running.
    business_seconds = models.PositiveBigIntegerField(_("business hours in seconds"), null=True, blank=True)

    # The terms that bind this promise, copied so that no later edit rewrites it.
    tier = models.CharField(_("tier"), max_length=8, choices=Tier.choices)
    basis = models.CharField(_("reason for the tier"), max_length=17, choices=Basis.choices)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices)
    coverage = models.CharField(_("hours that count"), max_length=14, choices=Coverage.choices)
    rule = models.CharField(_("check-in rule"), max_length=20, choices=CheckInRule.choices, blank=True)
    target_minutes = models.PositiveIntegerField(_("target in minutes"), null=True)
    target_version = models.PositiveIntegerField(_("version of the target"), default=1)
    counted_from = models.DateTimeField(_("calculated from"))
    calendar = models.ForeignKey(
        Calendar,
        on_delete=models.PROTECT,
        related_name="clocks",
        verbose_name=_("business-hours calendar of the region"),
    )
    calendar_version = models.PositiveIntegerField(_("version of the business-hours calendar"))

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("SLA clock")
        verbose_name_plural = pgettext_lazy("model", "SLA clocks")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="sla_clock_one_running_per_kind", fields=["ticket", "kind"], condition=Q(outcome=Outcome.RUNNING)
            ),
            models.CheckConstraint(name="sla_clock_kind_known", condition=Q(kind__in=ClockKind.values)),
            models.CheckConstraint(name="sla_clock_outcome_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(name="sla_clock_due_not_before_start", condition=Q(due_at__gte=F("started_at"))),
            models.CheckConstraint(
                name="sla_clock_stopped_not_before_start",
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="sla_clock_running_until_stopped",
                condition=Q(outcome=Outcome.RUNNING, stopped_at=None)
                | (~Q(outcome=Outcome.RUNNING) & Q(stopped_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="sla_clock_met_is_in_time",
                condition=~Q(outcome=Outcome.MET) | Q(stopped_at__lte=F("due_at"), breached_at=None),
            ),
            models.CheckConstraint(
                name="sla_clock_missed_is_flagged",
                condition=~Q(outcome=Outcome.MISSED) | Q(stopped_at__gte=F("due_at"), breached_at__isnull=False),
            ),
        ]
        indexes = [
            # Serves flag_breaches() in domain/sweep.py: the few rows to flag, however many clocks there are.
            models.Index(
                name="sla_clock_to_flag", fields=["due_at"], condition=Q(outcome=Outcome.RUNNING, breached_at=None)
            ),
            # Serves flag_due_soon() in domain/sweep.py.
            models.Index(
                name="sla_clock_to_warn", fields=["due_soon_at"],
                condition=Q(outcome=Outcome.RUNNING, warned_at=None, breached_at=None),
            ),
            # Serves recount_calendars() of the tickets app: the clocks that an older version of their calendar counted.
            models.Index(
                name="sla_clock_by_calendar", fields=["calendar", "calendar_version", "id"],
                condition=Q(outcome=Outcome.RUNNING, coverage=Coverage.BUSINESS_HOURS, breached_at=None),
            ),
            # Serves the reports of domain/attainment.py: the promises that ended in a period.
            models.Index(
                name="sla_clock_ended", fields=["stopped_at"], condition=~Q(outcome=Outcome.RUNNING),
            ),
            # Serves an account's attainment and its replay under another tier.
            models.Index(name="sla_clock_of_account", fields=["account", "stopped_at"]),
            # Serves take_coming_check_ins() in domain/check_ins.py: the plan of the desk.
            models.Index(
                name="sla_clock_to_announce", fields=["announce_at"],
                condition=Q(outcome=Outcome.RUNNING, kind=ClockKind.CHECK_IN, announced_at=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {say_stamp(self.due_at, UTC)} {self.get_outcome_display()}"

    @property
    def is_running(self) -> bool:
        return self.outcome == Outcome.RUNNING

    def is_overdue(self, now: datetime) -> bool:
        """Past its due moment and still running, flagged or not."""
        return self.is_running and self.due_at <= now
