"""The on-call rota: who is on duty for a region and a language when its business hours are over."""

from datetime import UTC, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent, Region
from portal.lib.durations import say_stamp
from sla.core.models.calendar import HOUR, MONDAY_FIRST


class RotaQuerySet(models.QuerySet["Rota"]):
    def current(self) -> Self:
        """Not ended."""
        return self.filter(ended_at=None)


class Rota(models.Model):
    """One rota: its weeks begin on a weekday at an hour of its region. An ended one is kept for what happened then."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="rotas", verbose_name=_("region"))
    language = models.CharField(_("language"), max_length=5)
    # For the weeks that are planned from now on; shifts that were planned keep their moments.
    weekday = models.PositiveSmallIntegerField(_("handover day"), choices=MONDAY_FIRST, default=0)
    hour = models.CharField(_("handover time"), max_length=5, default="09:00", validators=[HOUR])
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = RotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("on-call rota")
        verbose_name_plural = _("on-call rotas")
        ordering = ["region__name_en", "language"]
        constraints = [
            models.UniqueConstraint(
                name="sla_rota_one_per_language", fields=["region", "language"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(name="sla_rota_weekday_known", condition=Q(weekday__range=(0, 6))),
        ]

    def __str__(self) -> str:
        return f"{self.region} · {self.language}"


class ShiftQuerySet(models.QuerySet["Shift"]):
    def covering(self, at: datetime) -> Self:
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def not_over(self, now: datetime) -> Self:
        return self.filter(ends_at__gt=now)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class Shift(models.Model):
    """One agent on call from one moment to another. `planned_for`: who had it before it was handed to `agent`.

    No two shifts of a rota share time: a migration adds an exclusion constraint (PostgreSQL) or triggers (SQLite) named
    sla_shift_apart.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="shifts", verbose_name=_("on-call rota"))
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="shifts", verbose_name=_("agent"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    planned_for = models.ForeignKey(
        Agent, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("planned for")
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("planned by")
    )
    changed_at = models.DateTimeField(_("planned"))

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("on-call shift")
        verbose_name_plural = _("on-call shifts")
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(name="sla_shift_starts_once", fields=["rota", "starts_at"]),
            models.CheckConstraint(name="sla_shift_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
        ]
        indexes = [
            # Serves on_call_now() in domain/on_call.py, asked for unassigned tickets: who is on call, in all rotas.
            models.Index(name="sla_shift_by_end", fields=["ends_at", "starts_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.agent} ({say_stamp(self.starts_at, UTC)} – {say_stamp(self.ends_at, UTC)})"
