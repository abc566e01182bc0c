"""The people of a customer who write to us."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import ContactRole
from accounts.core.models.account import Account, Region
from accounts.core.models.user import User


class ContactQuerySet(models.QuerySet["Contact"]):
    def active(self) -> Self:
        """Contacts who can sign in and act for an active account."""
        return self.filter(is_active=True, user__is_active=True, account__is_active=True)

    def visible_to(self, user: User) -> Self:
        """Staff see all contacts; a contact sees the people of the accounts they belong to."""
        if user.is_staff:
            return self
        return self.filter(account__in=Account.objects.visible_to(user))

    def for_acting(self) -> Self:
        """What every portal page needs about the contact who looks at it, in one query."""
        return self.select_related("user", "account__home_region", "region")


class Contact(models.Model):
    """A person acting for one account. The same person may be a contact of several and chooses one to act for."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("person"))
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=6, choices=ContactRole.choices, default=ContactRole.MEMBER)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("region"),
        help_text=_("Leave empty for the home region of the account."),
    )  # fmt: skip
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["user__name", "pk"]
        constraints = [
            models.UniqueConstraint(name="accounts_contact_once_per_account", fields=["account", "user"]),
            models.CheckConstraint(name="accounts_contact_role_known", condition=models.Q(role__in=ContactRole.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.account})"

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def is_admin(self) -> bool:
        return self.role == ContactRole.ADMIN

    @property
    def own_region(self) -> Region:
        """Where this person works: the own region, else the account's home region."""
        return self.region or self.account.home_region
