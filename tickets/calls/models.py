"""Call-backs: a customer asks for a call, agents try until somebody answers."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Agent, Contact, Region, User
from tickets.core.enums import CallOutcome, CallState, LanguageChoice
from tickets.core.models.ticket import Ticket


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User, contact: Contact | None = None) -> Self:
        """The only door: staff see all, contacts the calls on the tickets that they may see."""
        if user.is_staff:
            return self
        return self.filter(ticket__in=Ticket.objects.visible_to(user, contact))

    def waiting(self) -> Self:
        return self.filter(state=CallState.WAITING)

    def to_make(self, until: datetime) -> Self:
        """The desk's queue: due by `until`, with a number that works; priority phone first, then age."""
        due = self.waiting().filter(needs_number=False, next_try_at__lte=until)
        return due.order_by("-is_priority", "next_try_at", "pk")

    def for_row(self) -> Self:
        return self.select_related(
            "contact__user", "account", "region", "ticket__requester", "taken_by__user"
        ).prefetch_related("attempts__agent__user")


class Call(models.Model):
    """One wish to be called, always about a ticket: the promise of an answer runs there, from the request on.

    Without `slot_at` it is wanted as soon as possible. A slot of a region has numbered places, unique among the calls
    that wait: parallel requests cannot share the last one.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="calls", verbose_name=_("account"))
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="calls", verbose_name=_("contact"))
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="calls", verbose_name=_("ticket"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"))
    number = models.CharField(
        _("number"), max_length=20, help_text=_("With the country code, for example +33199001234.")
    )
    topic = models.CharField(_("subject"), max_length=200)
    language_choice = models.CharField(
        _("hours by language"), max_length=7, choices=LanguageChoice.choices, default=LanguageChoice.ENGLISH
    )
    is_priority = models.BooleanField(_("priority phone"), default=False)
    state = models.CharField(_("status"), max_length=9, choices=CallState.choices, default=CallState.WAITING)
    slot_at = models.DateTimeField(_("time slot"), null=True, blank=True)
    place = models.PositiveSmallIntegerField(_("place in the time slot"), null=True, blank=True)
    # When it enters (or came into) the queue: at once, at its slot, or at the next attempt that was planned.
    next_try_at = models.DateTimeField(_("next attempt"))
    needs_number = models.BooleanField(_("incorrect number"), default=False)
    taken_by = models.ForeignKey(
        Agent, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    asked_at = models.DateTimeField(_("requested"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    warned_at = models.DateTimeField(_("team leads notified"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                name="tickets_call_place_once", fields=["region", "slot_at", "place"],
                condition=Q(state=CallState.WAITING, slot_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="tickets_call_one_waits", fields=["contact"], condition=Q(state=CallState.WAITING)
            ),
            models.CheckConstraint(name="tickets_call_state_known", condition=Q(state__in=CallState.values)),
            models.CheckConstraint(
                name="tickets_call_slot_has_place",
                condition=Q(slot_at=None, place=None) | Q(slot_at__isnull=False, place__gte=1),
            ),
            models.CheckConstraint(
                name="tickets_call_ended_says_when",
                condition=Q(state=CallState.WAITING, ended_at=None)
                | (~Q(state=CallState.WAITING) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="tickets_call_number_is_e164", condition=Q(number__startswith="+")
            ),
        ]  # fmt: skip
        indexes = [
            # Serves the desk's queue and the job that looks for calls that wait too long.
            models.Index(
                F("is_priority").desc(), "next_try_at", "id", name="tickets_call_queue",
                condition=Q(state=CallState.WAITING),
            ),
            # Serves the customer's list, and the number that was used last.
            models.Index(name="tickets_call_of_contact", fields=["contact", "-asked_at"]),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.ticket.number} · {self.contact}"


class CallAttempt(models.Model):
    """One attempt: who called, how it ended, what was noted, and when the next one is."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="attempts", verbose_name=_("call"))
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", verbose_name=_("agent"))
    outcome = models.CharField(_("result"), max_length=12, choices=CallOutcome.choices)
    notes = models.TextField(_("notes"), blank=True)
    next_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    created_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("call attempt")
        verbose_name_plural = _("call attempts")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="tickets_callattempt_outcome_known", condition=Q(outcome__in=CallOutcome.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.get_outcome_display()}"
