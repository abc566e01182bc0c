"""Contracts: a tier for an account between two days."""

from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import Tier
from accounts.core.models.account import Account
from accounts.core.models.terms import TierPrice, TierTerms
from portal.lib.durations import say_short_day

# More is a slip of the hand; there is no “unlimited”.
MOST_SEATS = 1000


class ContractQuerySet(models.QuerySet["Contract"]):
    def in_force_on(self, day: date) -> Self:
        """Contracts that cover `day`: at most one per account."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def overlapping(self, starts_on: date, ends_on: date) -> Self:
        return self.filter(starts_on__lte=ends_on, ends_on__gte=starts_on)


class Contract(models.Model):
    """A tier for an account from `starts_on` to `ends_on`, both included, in the local days of its home region.

    No two contracts of an account share a day: migration 0003 adds an exclusion constraint (PostgreSQL) or triggers
    (SQLite) named accounts_contract_one_in_force.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("account"))
    tier = models.CharField(_("tier"), max_length=8, choices=Tier.choices)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    premium_contacts = models.PositiveSmallIntegerField(
        _("Premium contacts"), blank=True, validators=[MaxValueValidator(MOST_SEATS)],
        help_text=_("Leave empty for the number included in the tier."),
    )  # fmt: skip
    professional_services_hours = models.PositiveSmallIntegerField(
        _("professional services hours a year"),
        blank=True,
        help_text=_("Leave empty for the hours included in the tier."),
    )
    price_usd = models.DecimalField(
        _("price in US dollars per year"), max_digits=10, decimal_places=2, null=True, blank=True,
        help_text=_("Leave empty for the price of the tier in the segment of the account."),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Whether the running promises were told that it began, and that it ended: see domain/contracts.py.
    start_noted = models.BooleanField(default=False, editable=False)
    end_noted = models.BooleanField(default=False, editable=False)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(name="accounts_contract_tier_known", condition=models.Q(tier__in=Tier.values)),
            models.CheckConstraint(
                name="accounts_contract_ends_after_start", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
            models.CheckConstraint(
                name="accounts_contract_price_not_negative",
                condition=models.Q(price_usd__isnull=True) | models.Q(price_usd__gte=0),
            ),
            models.CheckConstraint(
                name="accounts_contract_standard_has_no_seats",
                condition=~models.Q(tier=Tier.STANDARD) | models.Q(premium_contacts=0),
            ),
        ]
        indexes = [
            # Serves in_force_on() for one account, asked whenever a clock starts.
            models.Index(name="accounts_contract_in_force", fields=["account", "starts_on", "ends_on"]),
            # Serve record_contract_changes() in domain/contracts.py: what the calendar will begin and end.
            models.Index(
                name="accounts_contract_to_start", fields=["starts_on"], condition=models.Q(start_noted=False)
            ),
            models.Index(name="accounts_contract_to_end", fields=["ends_on"], condition=models.Q(end_noted=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_tier_display()} {say_short_day(self.starts_on)} – {say_short_day(self.ends_on)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Copy what was left empty from the terms of the tier: a contract keeps the figures it was signed with."""
        if self.premium_contacts is None or self.professional_services_hours is None:
            terms = TierTerms.objects.get(tier=self.tier)
            if self.premium_contacts is None:
                self.premium_contacts = terms.premium_contacts
            if self.professional_services_hours is None:
                self.professional_services_hours = terms.professional_services_hours
        if self.price_usd is None:
            price = TierPrice.objects.filter(tier=self.tier, segment=self.account.segment).first()
            self.price_usd = price.usd_per_year if price else None
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.tier == Tier.STANDARD and self.premium_contacts:
            raise ValidationError(
                {"premium_contacts": _("The Standard tier has no Premium contacts. Leave this field empty.")}
            )
        if not self.starts_on or not self.ends_on:
            return
        if self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day is before the first day. Enter a later day.")})
        if self.account_id:
            others = Contract.objects.filter(account=self.account_id).exclude(pk=self.pk)
            other = others.overlapping(self.starts_on, self.ends_on).first()
            if other:
                raise ValidationError(
                    _("This account already has a contract on these dates: %(other)s. Change its last day first.")
                    % {"other": other}
                )
