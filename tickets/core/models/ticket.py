"""A customer's case."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import Tier
from accounts.models import Account, Agent, Contact, Region, User
from sla.core.enums import Priority
from sla.models import Clock
from tickets.core.enums import DONE, LIVE, OPEN_ESCALATION, Channel, LanguageChoice, RoutedBy, Status, Turn

# SUP-1001 is the first ticket: the number people say is the key plus this, so numbering needs no lock.
FIRST_NUMBER = 1000
PREFIX = "SUP-"


def ticket_pk(number: str) -> int | None:
    """`SUP-1042` (any case, with or without the prefix) → the primary key 42; None when it is no ticket number."""
    digits = number.strip().upper().removeprefix(PREFIX)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        return None
    return int(digits) - FIRST_NUMBER


class TicketQuerySet(models.QuerySet["Ticket"]):
    """The words people use about tickets. Every word filters or annotates; none writes."""

    def visible_to(self, user: User, contact: Contact | None = None) -> Self:
        """The only door. Staff see all tickets; a contact those of the account they act for.

        A private ticket shows to its requester, its followers and the administrators of the account. Without
        `contact` a customer sees nothing: they always act for one account.
        """
        if user.is_staff:
            return self
        if contact is None or contact.user_id != user.pk:
            return self.none()
        mine = self.filter(account=contact.account_id)
        if contact.is_admin:
            return mine
        return mine.filter(
            Q(is_private=False) | Q(requester=contact) | Q(pk__in=Follower.objects.of(contact).values("ticket"))
        )

    def live(self) -> Self:
        return self.filter(status__in=sorted(LIVE))

    def done(self) -> Self:
        return self.filter(status__in=sorted(DONE))

    def requested_by(self, contact: Contact) -> Self:
        return self.filter(requester=contact)

    def followed_by(self, contact: Contact) -> Self:
        return self.filter(pk__in=Follower.objects.of(contact).values("ticket"))

    def your_turn(self) -> Self:
        """The customer has the next move."""
        return self.filter(status=Status.WAITING)

    def assigned_to(self, agent: Agent) -> Self:
        return self.filter(assignee=agent)

    def unassigned(self) -> Self:
        return self.filter(assignee=None)

    def overdue(self, now: datetime) -> Self:
        """At least one running clock is past its due moment."""
        return self.live().filter(next_due_at__lte=now)

    def in_order_of_due(self) -> Self:
        """What is due next first, across both clocks; tickets without a running clock last."""
        return self.order_by(F("next_due_at").asc(nulls_last=True), "pk")

    def with_running_clocks(self) -> Self:
        """`ticket.running_clocks`: the promises that count down now, one query for the whole list."""
        running = Clock.objects.running().select_related("calendar__region").order_by("due_at")
        return self.prefetch_related(Prefetch("clocks", queryset=running, to_attr="running_clocks"))

    def with_level_3(self) -> Self:
        """`open_escalation__…`: the one that is not finished, if there is one. One join, no further rows."""
        is_open = Q(escalations__state__in=sorted(OPEN_ESCALATION))
        return self.annotate(open_escalation=FilteredRelation("escalations", condition=is_open))

    def with_workaround(self) -> Self:
        """`current_workaround__…`: the one in place, if there is one. One join, no further rows."""
        is_in_place = Q(workarounds__ended_at=None, workarounds__isnull=False)
        return self.annotate(current_workaround=FilteredRelation("workarounds", condition=is_in_place))

    def for_list(self) -> Self:
        """What a row of the portal's list, the queue or the API shows."""
        return self.select_related("account", "requester__user", "assignee__user", "region").with_running_clocks()

    def for_detail(self) -> Self:
        """What a ticket page shows beside its thread."""
        return self.select_related(
            "account__home_region",
            "requester__user",
            "requester__region",
            "assignee__user",
            "region",
            "follow_up_of",
            "merged_into",
        )


class Ticket(models.Model):
    """A numbered case of an account. Its promises are `clocks` (sla.Clock); the nearest due moment is kept here.

    Status, priority, moments and assignment are written by the verbs in `domain/`, nowhere else.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("account"))
    requester = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="requested_tickets", verbose_name=_("requester")
    )
    subject = models.CharField(_("subject"), max_length=200)
    product = models.CharField(_("product"), max_length=80, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, editable=False)
    asked_priority = models.PositiveSmallIntegerField(
        _("priority requested"), choices=Priority.choices, null=True, editable=False
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.NEW, editable=False)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices, editable=False)
    language = models.CharField(_("language"), max_length=5, default="en", editable=False)
    language_choice = models.CharField(
        _("hours by language"), max_length=7, choices=LanguageChoice.choices, default=LanguageChoice.ENGLISH,
        editable=False,
    )  # fmt: skip
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("region"))
    tier = models.CharField(_("tier when opened"), max_length=8, choices=Tier.choices, editable=False)
    is_private = models.BooleanField(_("private"), default=False)

    assignee = models.ForeignKey(
        Agent, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("assignee")
    )
    routed_by = models.CharField(
        _("assigned automatically because"),
        max_length=10,
        choices=RoutedBy.choices,
        default=RoutedBy.NOBODY,
        editable=False,
    )
    follow_up_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="follow_ups", editable=False,
        verbose_name=_("follow-up of"),
    )  # fmt: skip

    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", editable=False,
        verbose_name=_("merged into"),
    )  # fmt: skip

    opened_at = models.DateTimeField(_("opened"), editable=False)
    updated_at = models.DateTimeField(_("last change"), editable=False)
    status_changed_at = models.DateTimeField(_("status since"), editable=False)
    solved_at = models.DateTimeField(_("solved"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    # The earliest due moment of the running clocks, written in their transaction; verified against them by tests.
    next_due_at = models.DateTimeField(_("next due"), null=True, editable=False)
    # Rises with every act; a form that was filled in against an older version is shown the newer state first.
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="tickets_ticket_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="tickets_ticket_priority_known", condition=Q(priority__in=Priority.values)),
            models.CheckConstraint(name="tickets_ticket_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="tickets_ticket_solved_says_when",
                condition=~Q(status__in=sorted(DONE)) | Q(solved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="tickets_ticket_merged_is_closed",
                condition=Q(merged_into=None) | (Q(status=Status.CLOSED) & ~Q(merged_into=F("pk"))),
            ),
            models.CheckConstraint(
                name="tickets_ticket_due_only_while_live",
                condition=Q(status__in=sorted(LIVE)) | Q(next_due_at=None),
            ),
        ]
        indexes = [
            # Serves the team queue of the desk, in the order of what is due: live tickets only.
            models.Index(
                name="tickets_queue", fields=["next_due_at", "id"], condition=Q(status__in=sorted(LIVE))
            ),
            # Serves an agent's own queue.
            models.Index(
                name="tickets_own_queue", fields=["assignee", "next_due_at", "id"],
                condition=Q(status__in=sorted(LIVE)),
            ),
            # Serves the customer's home and open list.
            models.Index(
                name="tickets_account_live", fields=["account", "next_due_at", "id"],
                condition=Q(status__in=sorted(LIVE)),
            ),
            # Serves the customer's list and the API list, newest first, by keyset.
            models.Index(name="tickets_account_newest", fields=["account", "-id"]),
            models.Index(name="tickets_requester_newest", fields=["requester", "-id"]),
            # Serve programs that copy what has changed: the API list with updated_since or order=updated_at.
            models.Index(name="tickets_account_changed", fields=["account", "updated_at", "id"]),
            models.Index(name="tickets_changed", fields=["updated_at", "id"]),
            # Serves close_solved() in domain/closing.py: solved tickets in the order of their seven days.
            models.Index(name="tickets_to_close", fields=["solved_at"], condition=Q(status=Status.SOLVED)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def number(self) -> str:
        return f"{PREFIX}{self.pk + FIRST_NUMBER}"

    def get_absolute_url(self) -> str:
        return reverse("tickets:detail", args=[self.number])

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def turn(self) -> Turn:
        if self.status in DONE:
            return Turn.DONE
        return Turn.YOURS if self.status == Status.WAITING else Turn.OURS


class FollowerQuerySet(models.QuerySet["Follower"]):
    def of(self, contact: Contact) -> Self:
        return self.filter(contact=contact)


class Follower(models.Model):
    """A colleague who hears of a ticket: same account as the ticket, held by the verb that adds them."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers", verbose_name=_("ticket"))
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="following", verbose_name=_("contact"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(_("added"))

    objects = FollowerQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [models.UniqueConstraint(name="tickets_follower_once", fields=["ticket", "contact"])]

    def __str__(self) -> str:
        return str(self.contact)
