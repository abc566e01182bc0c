"""Seats: the numbered places of Premium contacts."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.core.enums import SEATED, SeatState
from accounts.core.models.account import Account, Region
from accounts.core.models.contact import Contact
from accounts.core.models.user import User


class SeatQuerySet(models.QuerySet["Seat"]):
    def taken(self) -> Self:
        """Nominated or active: the seat occupies its number."""
        return self.filter(state__in=SEATED)

    def waiting(self) -> Self:
        """Nominated by the customer, not looked at by staff yet."""
        return self.filter(state=SeatState.NOMINATED)


class Seat(models.Model):
    """One holding of one numbered place: who held it, from when to when. Rows are never deleted, only ended.

    The cap of the contract holds because a seat takes the lowest free number up to the cap and a number is unique
    among the taken seats: twenty parallel requests cannot share the last number.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="seats", verbose_name=_("account"))
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="seats", verbose_name=_("contact"))
    number = models.PositiveSmallIntegerField(pgettext_lazy("model", "Premium seat"))
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="seats", verbose_name=_("region")
    )
    state = models.CharField(_("status"), max_length=9, choices=SeatState.choices, default=SeatState.NOMINATED)
    nominated_at = models.DateTimeField(_("nominated"))
    nominated_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("nominated by")
    )
    validated_at = models.DateTimeField(_("approved on"), null=True, blank=True)
    validated_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("model", "Premium seat")
        verbose_name_plural = pgettext_lazy("model", "Premium seats")
        ordering = ["account", "number", "-nominated_at"]
        constraints = [
            models.UniqueConstraint(
                name="accounts_seat_number_taken_once", fields=["account", "number"],
                condition=models.Q(state__in=sorted(SEATED)),
            ),
            models.UniqueConstraint(
                name="accounts_seat_contact_seated_once", fields=["contact"],
                condition=models.Q(state__in=sorted(SEATED)),
            ),
            models.CheckConstraint(name="accounts_seat_number_from_one", condition=models.Q(number__gte=1)),
            models.CheckConstraint(
                name="accounts_seat_state_known", condition=models.Q(state__in=SeatState.values)
            ),
            models.CheckConstraint(
                name="accounts_seat_ended_says_when",
                condition=models.Q(state__in=sorted(SEATED), ended_at=None)
                | models.Q(state__in=[SeatState.DECLINED, SeatState.WITHDRAWN], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="accounts_seat_active_is_validated",
                condition=~models.Q(state=SeatState.ACTIVE) | models.Q(validated_at__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [
            # Serves the validation list of the desk: the few seats that wait, however long the history.
            models.Index(
                name="accounts_seat_waiting", fields=["nominated_at"], condition=models.Q(state=SeatState.NOMINATED)
            ),
            # Serves the history of seats: the holdings of one account, newest first, by keyset.
            models.Index(name="accounts_seat_history", fields=["account", "-nominated_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.number} · {self.contact.user}"


class SeatMove(models.Model):
    """A seat was given another region: which it had, which it has since. Written once, never changed."""

    seat = models.ForeignKey(
        Seat, on_delete=models.CASCADE, related_name="moves", verbose_name=pgettext_lazy("model", "Premium seat")
    )
    old_region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("previous region")
    )
    new_region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region since"))
    moved_at = models.DateTimeField(_("changed"))
    moved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("Premium seat moved to another region")
        verbose_name_plural = _("Premium seats moved to another region")
        ordering = ["moved_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="accounts_seatmove_to_another",
                condition=models.Q(old_region=None) | ~models.Q(old_region=models.F("new_region")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} · {self.old_region} → {self.new_region}"
