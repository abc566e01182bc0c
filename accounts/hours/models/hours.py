"""Professional-services hours: an append-only ledger for each year of a contract."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import HoursKind
from accounts.core.models.account import Account
from accounts.core.models.contact import Contact
from accounts.core.models.contract import Contract
from accounts.core.models.user import User
from accounts.hours.models.engagement import Engagement


class HoursYear(models.Model):
    """One year of a contract, from an anniversary of its first day to the day before the next, both included.

    Verbs lock this row; its entries are numbered without a gap.
    """

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="hours_years", verbose_name=_("contract")
    )
    number = models.PositiveSmallIntegerField(_("contract year"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    # What the contract promised for this year when it was last looked at, in minutes.
    promised_minutes = models.PositiveIntegerField(_("included hours, in minutes"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("contract year of professional services")
        verbose_name_plural = _("contract years of professional services")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(name="accounts_hoursyear_once", fields=["contract", "number"]),
            models.CheckConstraint(
                name="accounts_hoursyear_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
        ]
        indexes = [
            # Serves update_contract_years() in domain/hours_years.py: the years still to be closed.
            models.Index(name="accounts_hoursyear_open", fields=["ends_on"], condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.contract} · {self.number}"


class HoursEntryQuerySet(models.QuerySet["HoursEntry"]):
    def visible_to(self, user: User, contact: Contact | None = None) -> Self:
        """The only door: staff see all lines, a contact those of the account they act for."""
        if user.is_staff:
            return self
        if contact is None or contact.user_id != user.pk:
            return self.none()
        return self.filter(year__contract__account=contact.account_id)

    def of(self, account: Account) -> Self:
        return self.filter(year__contract__account=account)

    def balanced(self) -> models.QuerySet[Any, Any]:
        """One row for each year: what was granted and what expired, in minutes. The rule for both stands here only."""
        # Hours that came back after they had expired are not granted twice.
        expired = Q(kind=HoursKind.EXPIRE) | Q(corrects__kind=HoursKind.EXPIRE)
        granted = Q(kind__in=[HoursKind.GRANT, HoursKind.CORRECT]) & ~expired
        return (
            self.order_by()
            .values("year")
            .annotate(
                granted=Sum("available", filter=granted, default=0), gone=Sum("available", filter=expired, default=0)
            )
        )

    def for_statement(self) -> Self:
        return self.select_related("year__contract", "engagement", "engineer__user", "corrects", "by").prefetch_related(
            "questions__asked_by", "questions__answered_by"
        )


class HoursEntry(models.Model):
    """One line of the ledger. Amounts are whole minutes, signed: what the line adds to `available` and to `reserved`.

    The balances after the line stand on it, and lines are numbered within the year: two lines that were reckoned from
    the same balance cannot both be stored. Rows are never changed; a mistake is mended by a CORRECT line.
    """

    year = models.ForeignKey(
        HoursYear, on_delete=models.PROTECT, related_name="entries", verbose_name=_("contract year")
    )
    number = models.PositiveIntegerField(_("entry"))
    kind = models.CharField(_("kind"), max_length=7, choices=HoursKind.choices)
    available = models.IntegerField(_("change in available hours, in minutes"))
    reserved = models.IntegerField(_("change in reserved hours, in minutes"), default=0)
    available_after = models.IntegerField(_("available afterwards, in minutes"))
    reserved_after = models.IntegerField(_("reserved afterwards, in minutes"))
    work = models.CharField(_("work done"), max_length=200, blank=True)
    # A ticket or project in the words of the trade (“SUP-1042”): accounts knows no tickets.
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    worked_on = models.DateField(_("date of the work"), null=True, blank=True)
    engineer = models.ForeignKey(
        "accounts.Agent", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("engineer")
    )
    engagement = models.ForeignKey(
        Engagement, on_delete=models.PROTECT, null=True, blank=True, related_name="entries",
        verbose_name=_("engagement"),
    )  # fmt: skip
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects")
    )
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(_("entered"))

    objects = HoursEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the hours statement")
        verbose_name_plural = _("hours statement")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="accounts_hoursentry_numbered", fields=["year", "number"]),
            models.UniqueConstraint(
                name="accounts_hoursentry_granted_once", fields=["year"], condition=Q(kind=HoursKind.GRANT)
            ),
            models.CheckConstraint(name="accounts_hoursentry_never_below_zero", condition=Q(available_after__gte=0)),
            models.CheckConstraint(
                name="accounts_hoursentry_reserved_never_below_zero", condition=Q(reserved_after__gte=0)
            ),
            models.CheckConstraint(
                name="accounts_hoursentry_signs",
                condition=Q(kind=HoursKind.GRANT, available__gte=0, reserved=0)
                | Q(kind=HoursKind.RESERVE, available__lt=0, reserved=-F("available"))
                | Q(kind=HoursKind.USE, available__lt=0, reserved=0)
                | Q(kind=HoursKind.USE, available=0, reserved__lt=0)
                | Q(kind=HoursKind.RELEASE, available__gt=0, reserved=-F("available"))
                | (Q(kind=HoursKind.CORRECT, reserved=0) & ~Q(available=0))
                | Q(kind=HoursKind.EXPIRE, available__lt=0, reserved=0),
            ),
        ]  # fmt: skip
        indexes = [
            # Serves the statement of a year, newest first, and the next line of the ledger.
            models.Index(name="accounts_hoursentry_statement", fields=["year", "-number"]),
        ]

    def __str__(self) -> str:
        return f"{self.year} · {self.number} · {self.get_kind_display()}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Only new lines are written; PostgreSQL and SQLite refuse a change as well (migration 0006)."""
        if self.pk:
            raise ValidationError(_("Entries of the hours statement cannot be changed. Add a correction."))
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise ValidationError(_("Entries of the hours statement cannot be deleted. Add a correction."))

    @property
    def words(self) -> str:
        """What the line is about; the words that the product wrote itself are said in the active language."""
        return self.work if self.by_id or not self.work else gettext(self.work)

    @property
    def amount(self) -> int:
        """The minutes that the line is about, signed as a customer reads them: what they can still decide on."""
        return self.available if self.available else self.reserved


class HoursQuestion(models.Model):
    """A customer asks about a line of the ledger, staff answer; both stay under the line."""

    entry = models.ForeignKey(HoursEntry, on_delete=models.PROTECT, related_name="questions", verbose_name=_("entry"))
    question = models.TextField(_("question"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("question about hours")
        verbose_name_plural = _("questions about hours")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(name="accounts_hoursquestion_asks", condition=~Q(question="")),
            models.CheckConstraint(
                name="accounts_hoursquestion_answered_says_when",
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
        ]
        indexes = [
            # Serves the desk's list of questions that wait.
            models.Index(name="accounts_hoursquestion_waiting", fields=["asked_at"], condition=Q(answered_at=None)),
        ]

    def __str__(self) -> str:
        return self.question[:40]
