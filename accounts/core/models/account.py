"""Customer organisations and the regions they live in."""

from typing import TYPE_CHECKING, Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import Segment
from portal.lib.names import city
from portal.lib.zones import validate_time_zone

if TYPE_CHECKING:
    from accounts.core.models.user import User


class Region(models.Model):
    """A part of the world with one time zone; its hours are `calendar` (sla.Calendar), its holidays a country's."""

    code = models.SlugField(
        _("code"), max_length=30, unique=True, help_text=_("Short name used by the API, such as emea.")
    )
    name_en = models.CharField(_("English name"), max_length=80)
    name_fr = models.CharField(_("French name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    country = models.CharField(
        _("country"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")],
        help_text=_("Two letters (ISO 3166), used for public holidays."),
    )  # fmt: skip
    subdivision = models.CharField(_("subdivision"), max_length=10, blank=True, help_text=_("For example ON or 57."))
    phone = models.CharField(_("support number"), max_length=30, blank=True)
    matches_tickets = models.BooleanField(
        _("assign new tickets automatically"), default=True, db_default=True,
        help_text=_(
            "To the best match by language, region, product and workload among agents on duty before "
            "the due time. If you do not select this, new tickets stay unassigned, except those of a "
            "designated engineer."
        ),
    )  # fmt: skip
    # The ladder: whoever is on duty hears at once of a message that nobody has; the others when this much is used up.
    backup_after_percent = models.PositiveSmallIntegerField(
        _("backup notified after (percent of the target)"),
        default=25,
        db_default=25,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("If nobody has taken an unassigned ticket by then. Agents on duty are notified immediately."),
    )
    leads_after_percent = models.PositiveSmallIntegerField(
        _("team leads notified after (percent of the target)"),
        default=50,
        db_default=50,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("If the ticket is still unassigned by then."),
    )
    backups = models.ManyToManyField(
        "accounts.Agent", related_name="backup_regions", blank=True, verbose_name=_("backup agents"),
        help_text=_(
            "If you select none: the next agent on the on-call rota, or agents on duty in other "
            "regions for the language."
        ),
    )  # fmt: skip

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["name_en"]
        constraints = [
            models.CheckConstraint(
                name="accounts_region_ladder_climbs",
                condition=models.Q(
                    backup_after_percent__gte=1, backup_after_percent__lte=models.F("leads_after_percent"),
                    leads_after_percent__lte=100,
                ),
                violation_error_message=_(
                    "Team leads are notified after the backup. Enter at least the same percentage."
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises ValidationError for a zone that does not exist: nothing could be counted in it."""
        validate_time_zone(self.time_zone)
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        return self.name_fr if (get_language() or "en").startswith("fr") else self.name_en

    @property
    def city(self) -> str:
        return city(self.time_zone)

    @property
    def place(self) -> str:
        """The country, or its subdivision, as ISO 3166 writes it: `FR`, `CA-ON`."""
        return f"{self.country}-{self.subdivision}" if self.subdivision else self.country


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, user: "User") -> Self:
        """Staff see every account, a contact the accounts they belong to, others none."""
        if user.is_staff:
            return self
        return self.filter(contacts__user=user.pk, contacts__is_active=True, is_active=True).distinct()


class Account(models.Model):
    """A customer organisation."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    segment = models.CharField(_("segment"), max_length=12, choices=Segment.choices, default=Segment.ENTERPRISE)
    home_region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="home_accounts", verbose_name=_("home region")
    )
    regions = models.ManyToManyField(Region, related_name="accounts", blank=True, verbose_name=_("other regions"))
    is_active = models.BooleanField(_("active"), default=True)
    notes = models.TextField(_("notes for the support team"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="accounts_account_segment_known", condition=models.Q(segment__in=Segment.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name
