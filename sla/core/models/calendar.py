"""The opening hours of a region, as rows that staff edit; domain/calendars.py turns them into a BusinessCalendar."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from portal.lib.durations import say_short_day

MONDAY_FIRST = [
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")), (5, _("Saturday")),
    (6, _("Sunday")),
]  # fmt: skip
# Business time looks so many days ahead for the next opening.
A_YEAR = 366
HOUR = RegexValidator(r"^([01]\d|2[0-3]):[0-5]\d$", _("Enter a time such as 09:00."))
HOUR_OR_24 = RegexValidator(
    r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", _("Enter a time such as 17:30, or 24:00 for midnight.")
)


def validate_intervals(value: Any) -> None:
    """A list of [opens, closes] pairs in local wall time, none overlapping; an empty list is a closed day."""
    try:
        pairs = [(str(opens), str(closes)) for opens, closes in value]
    except (TypeError, ValueError):
        raise ValidationError(_('Enter hours such as [["09:00", "12:00"]], or [] for a closed day.')) from None
    for opens, closes in pairs:
        HOUR(opens)
        HOUR_OR_24(closes)
    ordered = sorted(pairs)
    for (opens, closes), (next_opens, _next_closes) in zip(ordered, ordered[1:], strict=False):
        if closes <= opens or next_opens < closes:
            raise ValidationError(_("Two of these periods overlap. Separate them or join them."))


class Calendar(models.Model):
    """The business hours of one region. `version` rises with every edit; a clock names the one it was counted with."""

    region = models.OneToOneField(Region, on_delete=models.CASCADE, related_name="calendar", verbose_name=_("region"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("business-hours calendar")
        verbose_name_plural = _("business-hours calendars")
        ordering = ["region__name_en"]

    def __str__(self) -> str:
        return str(self.region)


class CalendarVersion(models.Model):
    """What a calendar was in one of its versions: the explanation of an old promise never changes with a later edit.

    Written by the edit, or when the first promise is counted with it; never changed. `weekly` maps the weekday ("0" is
    Monday) to [opens, closes] pairs, `exceptions` the local day to its hours and names.
    """

    calendar = models.ForeignKey(
        Calendar, on_delete=models.CASCADE, related_name="versions", verbose_name=_("business-hours calendar")
    )
    version = models.PositiveIntegerField(_("version"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    weekly = models.JSONField(_("weekly business hours"))
    exceptions = models.JSONField(_("public holidays and closed days"))
    # Days in a row without an opening, at most, from the edit on: who never opens could keep no promise.
    longest_closure = models.PositiveSmallIntegerField(_("longest closed period in days"), null=True)
    # The edit that made it; empty for a version that was first used before anybody edited.
    created_at = models.DateTimeField(_("edited"), null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("edited by")
    )

    class Meta:
        verbose_name = _("version of a business-hours calendar")
        verbose_name_plural = _("versions of business-hours calendars")
        constraints = [
            models.UniqueConstraint(name="sla_calendarversion_once", fields=["calendar", "version"]),
            models.CheckConstraint(
                name="sla_calendarversion_opens",
                condition=models.Q(longest_closure=None) | models.Q(longest_closure__lt=A_YEAR),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.version}"


class OpeningInterval(models.Model):
    """One stretch of opening on a weekday; closing at or before opening crosses midnight.

    No two of a calendar share time: migration 0006 adds an exclusion constraint (PostgreSQL) or triggers (SQLite) named
    sla_interval_apart.
    """

    calendar = models.ForeignKey(
        Calendar, on_delete=models.CASCADE, related_name="intervals", verbose_name=_("business-hours calendar")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=MONDAY_FIRST)
    opens = models.CharField(_("opens"), max_length=5, validators=[HOUR])
    closes = models.CharField(_("closes"), max_length=5, validators=[HOUR_OR_24])

    class Meta:
        verbose_name = _("business hours")
        verbose_name_plural = _("business hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(name="sla_interval_opens_once", fields=["calendar", "weekday", "opens"]),
            models.CheckConstraint(name="sla_interval_weekday_known", condition=models.Q(weekday__range=(0, 6))),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens}–{self.closes}"


class CalendarException(models.Model):
    """One local day that differs: a holiday (no hours) or special hours, with its name in both languages."""

    calendar = models.ForeignKey(
        Calendar, on_delete=models.CASCADE, related_name="exceptions", verbose_name=_("business-hours calendar")
    )
    day = models.DateField(_("day"))
    name_en = models.CharField(_("English name"), max_length=120)
    name_fr = models.CharField(_("French name"), max_length=120)
    intervals = models.JSONField(
        _("hours"), default=list, blank=True, validators=[validate_intervals],
        help_text=_('[] for a closed day, [["09:00", "12:00"]] for other hours.'),
    )  # fmt: skip

    class Meta:
        verbose_name = _("public holiday or closed day")
        verbose_name_plural = _("public holidays and closed days")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(name="sla_exception_once_per_day", fields=["calendar", "day"]),
        ]

    def __str__(self) -> str:
        return f"{say_short_day(self.day)} {self.name}"

    @property
    def name(self) -> str:
        return self.name_fr if (get_language() or "en").startswith("fr") else self.name_en
