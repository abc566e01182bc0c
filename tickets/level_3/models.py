"""Level 3: the wish for a specialist on one ticket, and what became of it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from tickets.core.enums import OPEN_ESCALATION, EscalationState, RoutedBy
from tickets.core.models.ticket import Ticket


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def open(self) -> Self:
        """Asked for, waiting or taken: not finished."""
        return self.filter(state__in=sorted(OPEN_ESCALATION))

    def for_detail(self) -> Self:
        """What a ticket page says about it."""
        return self.select_related("agent__user", "asked_by", "escalated_by", "ended_by")


class Escalation(models.Model):
    """One wish for level 3 on a ticket: asked for by the customer, or passed on by an agent; one open at a time.

    `reason` is what the customer asked with and reads again, `brief` what an agent tells level 3 (the team reads it),
    `answer` the sentence with which it ended, for both sides. Written by the verbs in domain/escalation.py.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="escalations", verbose_name=_("ticket"))
    state = models.CharField(_("status"), max_length=9, choices=EscalationState.choices)
    since = models.DateTimeField(_("since"))
    reason = models.CharField(_("reason given by the customer"), max_length=500, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), null=True)
    brief = models.CharField(_("information for level 3"), max_length=2000, blank=True)
    escalated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("escalated by")
    )
    escalated_at = models.DateTimeField(_("escalated"), null=True)
    agent = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, related_name="escalations", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken"), null=True)
    # Who had the ticket before, and why: it goes back to them.
    former = models.ForeignKey(
        Agent, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("previous assignee")
    )
    former_routed_by = models.CharField(max_length=10, choices=RoutedBy.choices, default=RoutedBy.NOBODY)
    answer = models.CharField(_("answer"), max_length=2000, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = _("escalation to level 3")
        verbose_name_plural = _("escalations to level 3")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="tickets_escalation_state_known", condition=Q(state__in=EscalationState.values)
            ),
            models.CheckConstraint(
                name="tickets_escalation_taken_says_who",
                condition=~Q(state__in=[EscalationState.TAKEN, EscalationState.RETURNED]) | Q(agent__isnull=False),
            ),
            models.CheckConstraint(
                name="tickets_escalation_ended_says_when",
                condition=Q(state__in=sorted(OPEN_ESCALATION), ended_at=None)
                | (~Q(state__in=sorted(OPEN_ESCALATION)) & Q(ended_at__isnull=False)),
            ),
            # The open one of a ticket; it also serves the queue of level 3 and the marks on rows of tickets.
            models.UniqueConstraint(
                name="tickets_escalation_one_open", fields=["ticket"], condition=Q(state__in=sorted(OPEN_ESCALATION))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket.number} · {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ESCALATION
