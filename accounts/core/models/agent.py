"""Members of staff and when they are away."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import StaffRole
from accounts.core.models.account import Region
from accounts.core.models.user import User
from portal.lib.durations import say_short_day


class AgentQuerySet(models.QuerySet["Agent"]):
    def present(self, now: datetime) -> Self:
        """Active and not away at `now`."""
        away = AwayPeriod.objects.covering(now).filter(agent=models.OuterRef("pk"))
        return self.filter(user__is_active=True).exclude(models.Exists(away))

    def leads(self) -> Self:
        """Those who answer for the desk: they hear of every overdue promise."""
        return self.filter(user__is_active=True, role__in=[StaffRole.LEAD, StaffRole.ADMINISTRATOR])


class Agent(models.Model):
    """A member of staff on the desk: what they may do, speak, cover and know."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="agent", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=13, choices=StaffRole.choices, default=StaffRole.AGENT)
    level = models.PositiveSmallIntegerField(_("support level"), choices=[(1, "1"), (2, "2"), (3, "3")], default=1)
    languages = models.JSONField(
        _("languages"), default=list, blank=True, help_text=_('Language codes, such as ["en", "fr"].')
    )
    skills = models.JSONField(_("skills"), default=list, blank=True, help_text=_("Products this agent knows."))
    regions = models.ManyToManyField(Region, related_name="agents", blank=True, verbose_name=_("regions"))

    objects = AgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        ordering = ["user__name"]
        constraints = [
            models.CheckConstraint(name="accounts_agent_role_known", condition=models.Q(role__in=StaffRole.values)),
            models.CheckConstraint(name="accounts_agent_level_known", condition=models.Q(level__range=(1, 3))),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def name(self) -> str:
        return self.user.name


class AwayPeriodQuerySet(models.QuerySet["AwayPeriod"]):
    def covering(self, now: datetime) -> Self:
        return self.filter(starts_at__lte=now, ends_at__gt=now)

    def not_over(self, now: datetime) -> Self:
        """Begun or coming."""
        return self.filter(ends_at__gt=now)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class AwayPeriod(models.Model):
    """A stretch of time in which an agent takes no new tickets."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="away_periods", verbose_name=_("agent"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(
        _("reason"),
        max_length=120,
        blank=True,
        help_text=_("Visible to the support team only. Customers see the end date."),
    )

    objects = AwayPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("away period")
        verbose_name_plural = _("away periods")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                name="accounts_away_ends_after_start", condition=models.Q(ends_at__gt=models.F("starts_at"))
            ),
        ]
        indexes = [
            # Serves present(), asked for every new ticket, and the lists of who is away: what is over is not read.
            models.Index(name="accounts_away_not_over", fields=["agent", "ends_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.agent} ({say_short_day(self.starts_at)} – {say_short_day(self.ends_at)})"
