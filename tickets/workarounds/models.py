"""Workarounds: how the customer can go on working before the ticket is solved."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.core.enums import WorkaroundEnding
from tickets.core.models.ticket import Ticket


class WorkaroundQuerySet(models.QuerySet["Workaround"]):
    def in_place(self) -> Self:
        """Neither rejected by the customer nor replaced or withdrawn by us."""
        return self.filter(ended_at=None)

    def for_page(self) -> Self:
        """What a ticket page says about it."""
        return self.select_related("recorded_by", "ended_by")


class Workaround(models.Model):
    """A way round the problem of one P1 or P2 ticket, in the agent's words; one in place at a time.

    Targets and check-ins are not changed by it. Written by the acts in domain/workarounds.py.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="workarounds", verbose_name=_("ticket"))
    description = models.CharField(_("workaround"), max_length=2000)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("in place since"))
    ending = models.CharField(_("ending"), max_length=9, choices=WorkaroundEnding.choices, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = WorkaroundQuerySet.as_manager()

    class Meta:
        verbose_name = _("workaround")
        verbose_name_plural = _("workarounds")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="tickets_workaround_ending_known", condition=Q(ending__in=["", *WorkaroundEnding.values])
            ),
            models.CheckConstraint(
                name="tickets_workaround_ended_says_how",
                condition=Q(ending="", ended_at=None, ended_by=None)
                | (~Q(ending="") & Q(ended_at__gte=models.F("recorded_at")) & Q(ended_by__isnull=False)),
            ),
            # The one in place; it also serves the join of the API's list of tickets.
            models.UniqueConstraint(
                name="tickets_workaround_one_in_place", fields=["ticket"], condition=Q(ended_at=None)
            ),
        ]
        indexes = [
            # Serves times_to_workaround() in domain/workarounds.py: those recorded in a period.
            models.Index(name="tickets_workaround_recorded", fields=["recorded_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.ticket.number} · {self.description[:60]}"

    @property
    def is_in_place(self) -> bool:
        return self.ended_at is None
