"""The history of clocks, and the rows by which the tickets app hears of it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sla.core.enums import ClockEventKind
from sla.core.models.clock import Clock


class ClockEventQuerySet(models.QuerySet["ClockEvent"]):
    def unhandled(self) -> Self:
        """Flags that nobody was told of yet."""
        return self.filter(handled_at=None, kind__in=TELLING)


# The kinds that somebody has to be told about.
TELLING = (ClockEventKind.DUE_SOON, ClockEventKind.OVERDUE)


class ClockEvent(models.Model):
    """Something happened to a clock. Append-only, except for `handled_at`.

    `occurred_at` is the true moment (of a flag: the due moment itself), `recorded_at` when it was noticed.
    """

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="events", verbose_name=_("SLA clock"))
    kind = models.CharField(_("kind"), max_length=11, choices=ClockEventKind.choices)
    occurred_at = models.DateTimeField(_("date"))
    recorded_at = models.DateTimeField(_("recorded"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("by"),
    )  # fmt: skip
    data = models.JSONField(_("details"), default=dict, blank=True)
    handled_at = models.DateTimeField(_("notified"), null=True, blank=True)

    objects = ClockEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("SLA clock event")
        verbose_name_plural = _("SLA clock events")
        ordering = ["pk"]
        constraints = [
            # A flag is raised once, whoever notices first: the sweep, or the act that stops or changes the clock.
            models.UniqueConstraint(
                name="sla_clockevent_flag_once", fields=["clock", "kind"], condition=Q(kind__in=TELLING)
            ),
            models.CheckConstraint(name="sla_clockevent_kind_known", condition=Q(kind__in=ClockEventKind.values)),
        ]
        indexes = [
            # Serves act_on_clock_events() of the tickets app: what was flagged and not told.
            models.Index(name="sla_clockevent_to_tell", fields=["id"], condition=Q(handled_at=None, kind__in=TELLING)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d %H:%M}"
