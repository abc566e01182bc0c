"""Changes of who is entitled to what: the rows by which the running promises hear of them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.core.enums import Basis, EntitlementCause, Tier
from accounts.core.models.account import Account
from accounts.core.models.contact import Contact
from portal.lib.work import Work


class EntitlementChange(Work):
    """A seat or a contract changed at the moment `at`, for one contact or (None) for everybody of the account.

    A change that was entered late counts from the moment it was entered, which is `at` then; `dated_at` is the earlier
    moment that it names itself.

    Written in the transaction of the change, with what applied after it: `tier` of the account and the number of its
    `seats`, for one contact their own `tier` and its `basis`. A later change that comes before this one was followed
    cannot be mistaken for it.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", verbose_name=_("account"))
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("contact")
    )
    cause = models.CharField(_("cause"), max_length=16, choices=EntitlementCause.choices)
    tier = models.CharField(_("tier"), max_length=8, choices=Tier.choices)
    basis = models.CharField(_("reason for the tier"), max_length=17, choices=Basis.choices, blank=True)
    dated_at = models.DateTimeField(_("backdated to"), null=True, editable=False)
    seats = models.PositiveSmallIntegerField(pgettext_lazy("model", "Premium seats"), default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("change of entitlements")
        verbose_name_plural = _("changes of entitlements")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="accounts_change_dated_back",
                condition=models.Q(dated_at=None) | models.Q(dated_at__lt=models.F("at")),
            ),
            models.CheckConstraint(
                name="accounts_change_cause_known", condition=models.Q(cause__in=EntitlementCause.values)
            ),
        ]
        indexes = [
            # Serves recount_after_changes() of the tickets app: the changes that promises have not followed yet.
            models.Index(name="accounts_change_to_do", fields=["id"], condition=models.Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {self.at:%Y-%m-%d %H:%M}"
