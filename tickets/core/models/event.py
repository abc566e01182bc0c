"""The history of a ticket."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.core.enums import EventKind, RoutedBy
from tickets.core.models.ticket import Ticket

# Nobody chose where the ticket went.
BY_ITSELF = frozenset({RoutedBy.NOBODY, RoutedBy.DESIGNATED, RoutedBy.BACKUP, RoutedBy.MATCH})


class TicketEvent(models.Model):
    """Something happened to a ticket. Append-only; written by the verb, in its transaction."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events", verbose_name=_("ticket"))
    kind = models.CharField(_("kind"), max_length=16, choices=EventKind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("date"))
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(name="tickets_event_kind_known", condition=Q(kind__in=EventKind.values)),
        ]
        indexes = [
            # Serves the history of a ticket page.
            models.Index(name="tickets_event_history", fields=["ticket", "created_at", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def tells_itself(self) -> bool:
        """Its sentence is whole: nobody did it, or another event says who."""
        routed = self.kind == EventKind.ASSIGNED and self.data.get("routed_by") in BY_ITSELF
        return routed or self.kind in {EventKind.OVERDUE, EventKind.DUE_CHANGED}
