"""Who was told that nobody has a ticket whose customer waits for a reply."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sla.models import Clock
from tickets.core.enums import AlertStep
from tickets.core.models.ticket import Ticket


class AlertQuerySet(models.QuerySet["Alert"]):
    def waiting(self, now: datetime) -> Self:
        """Something is to be looked at: the next step may be due."""
        return self.filter(next_at__lte=now)


class Alert(models.Model):
    """One running response clock of a ticket that nobody has; `step`: the last of the ladder that was told, if any.

    Begun by the acts that leave a ticket without an assignee, moved on by domain/alerts.py. `next_at` None: it has
    ended, because somebody has the ticket, the customer has a reply, or the last step was told. `round` rises each
    time the ticket is given back, so that people are told again.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("ticket"))
    clock = models.OneToOneField(Clock, on_delete=models.CASCADE, related_name="alert", verbose_name=_("SLA clock"))
    round = models.PositiveSmallIntegerField(_("step"), default=1)
    step = models.PositiveSmallIntegerField(_("notified"), choices=AlertStep.choices, null=True)
    next_at = models.DateTimeField(_("next step"), null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.CheckConstraint(
                name="tickets_alert_step_known", condition=Q(step=None) | Q(step__in=AlertStep.values)
            ),
            models.CheckConstraint(
                name="tickets_alert_ends_with_leads",
                condition=Q(step=None) | ~Q(step=AlertStep.LEADS) | Q(next_at=None),
            ),
        ]
        indexes = [
            # Serves tell_next_steps() in domain/alerts.py: what is due, however many alerts there were.
            models.Index(name="tickets_alert_due", fields=["next_at", "id"], condition=Q(next_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.ticket.number} · {self.get_step_display()}"
