"""People who sign in: by e-mail address, as a contact of a customer or as a member of staff."""

import unicodedata
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import StaffRole, Theme
from portal.lib.zones import validate_time_zone


def normal_email(address: str) -> str:
    """The one stored form of an address: NFKC, no invisible signs, no surrounding space or trailing dot, lower case."""
    folded = unicodedata.normalize("NFKC", address)
    visible = "".join(sign for sign in folded if unicodedata.category(sign) not in {"Cf", "Cc"})
    return visible.strip().rstrip(".").lower()


class UserQuerySet(models.QuerySet["User"]):
    """The words people use about people."""

    def active(self) -> Self:
        return self.filter(is_active=True)

    def staff(self) -> Self:
        """Members of staff who can work on the desk today."""
        return self.active().filter(agent__isnull=False)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with `email` in its normal form; without a password nobody can sign in until a reset."""
        email = normal_email(email)
        validate_email(email)
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator of the desk, for `manage.py createsuperuser` on a fresh installation."""
        from accounts.core.models.agent import Agent  # noqa: PLC0415 - the agent points at the user

        user = self.create_user(email, password, **fields)
        Agent.objects.create(user=user, role=StaffRole.ADMINISTRATOR)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normal_email(username or ""))


class User(AbstractBaseUser):
    """One person. What they may do follows from `agent` (staff) or `contacts` (customer), never from flags here."""

    email = models.EmailField(_("email address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(
        _("language"), max_length=5, choices=[("en", "English"), ("fr", "Français")], default="en"
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    theme = models.CharField(_("appearance"), max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Mail to this address came back; speaks of `email` only as long as both are the same, see domain/reachability.py.
    unreachable_address = models.CharField(
        _("email address that bounces"), max_length=254, blank=True, default="", db_default=""
    )
    unreachable_since = models.DateTimeField(_("bounced on"), null=True, blank=True)
    unreachable_reason = models.CharField(
        _("message from the mail server"), max_length=200, blank=True, default="", db_default=""
    )
    # The API and mails keep working when a password changes; sessions do not (the session hash covers it).

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(name="accounts_user_email_lower_case", condition=models.Q(email=Lower("email"))),
            models.CheckConstraint(name="accounts_user_language_known", condition=models.Q(language__in=["en", "fr"])),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = normal_email(self.email)
        if "\n" in self.name or "\r" in self.name:
            raise ValidationError({"name": _("Enter the name on one line.")})

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def is_unreachable(self) -> bool:
        """Mail to the present address came back for good; an address that was changed since is new."""
        return self.unreachable_since is not None and self.unreachable_address == self.email

    @cached_property
    def staff_role(self) -> StaffRole | None:
        """The role on the desk; None for customers."""
        agent = getattr(self, "agent", None)
        return StaffRole(agent.role) if agent else None

    # The Django admin asks for these; our answers come from the permission table (portal/lib/access.py).

    @property
    def is_staff(self) -> bool:
        return self.is_active and self.staff_role is not None

    @property
    def is_superuser(self) -> bool:
        return self.is_active and self.staff_role == StaffRole.ADMINISTRATOR

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
