"""The forms of a calendar: hours as people write them, overlaps and empty weeks refused in words."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib import clock
from sla.core.domain.calendars import NeverOpens, longest_closure
from sla.core.models import Calendar, CalendarException, OpeningInterval
from sla.core.models.calendar import A_YEAR, MONDAY_FIRST, validate_intervals

WEEK = 7 * 24 * 60
DAY = 24 * 60
HOUR_SIZE = {"size": 6, "placeholder": "09:00", "inputmode": "numeric", "autocomplete": "off"}


class CalendarForm(forms.ModelForm):
    """Carries the version that was looked at: an edit on top of somebody else's edit is refused and shown."""

    seen_version = forms.IntegerField(required=False, label="", widget=forms.HiddenInput)

    class Meta:
        model = Calendar
        fields = ["region"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen_version"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        seen = values.get("seen_version")
        if self.instance.pk and seen is not None and seen != self.instance.version:
            raise ValidationError(
                _("Somebody else changed this calendar. Your change was not saved: reload and try again."),
                code="stale",
            )
        return values


class IntervalForm(forms.ModelForm):
    class Meta:
        model = OpeningInterval
        fields = ["weekday", "opens", "closes"]
        widgets = {"opens": forms.TextInput(attrs=HOUR_SIZE), "closes": forms.TextInput(attrs=HOUR_SIZE)}


class KeptRows(BaseInlineFormSet):
    def kept(self, field: str) -> list[dict[str, Any]]:
        """What will stand here after saving: the rows in which `field` is filled in and that are not deleted."""
        return [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data.get(field) and not (self.can_delete and self._should_delete_form(form))
        ]


class IntervalFormSet(KeptRows):
    """The whole week at once: no two stretches overlap, and there is at least one."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = self.kept("opens")
        if not kept:
            raise ValidationError(
                _("A calendar needs business hours on at least one day of the week. Add them before you save.")
            )
        refuse_overlaps([(row["weekday"], row["opens"], row["closes"]) for row in kept])

    def save(self, commit: bool = True) -> Any:
        """Rows that change make room first: on the way from one week to another no two of them may share time."""
        if commit:
            moved = [form.instance.pk for form in self.initial_forms if form.has_changed()]
            self.model._default_manager.filter(pk__in=moved).delete()
        return super().save(commit)


class ExceptionFormSet(KeptRows):
    """The special days beside the week that is saved with them: together they leave some day of a year open."""

    week: IntervalFormSet | None = None  # set by the page

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or self.week is None or not self.week.is_valid():
            return
        weekly = {str(row["weekday"]): True for row in self.week.kept("opens")}
        special = {row["day"].isoformat(): {"hours": row["hours"]} for row in self.kept("day")}
        if longest_closure(weekly, special, since=clock.now().date()) >= A_YEAR:
            raise ValidationError(NeverOpens().message)


def refuse_overlaps(rows: list[tuple[int, str, str]]) -> None:
    """Raise ValidationError when two of the weekly stretches share time, over midnight and over Sunday too."""
    spans = sorted((_minutes(opens) + DAY * weekday, row) for row in rows for weekday, opens, _closes in [row])
    for index, (starts, row) in enumerate(spans):
        next_starts, next_row = spans[(index + 1) % len(spans)]
        if index + 1 == len(spans):
            next_starts += WEEK
        weekday, opens, closes = row
        length = _minutes(closes) - _minutes(opens)
        ends = starts + (length if length > 0 else length + DAY)
        if ends > next_starts:
            raise ValidationError(
                _("%(day)s %(hours)s overlaps %(other_day)s %(other_hours)s. Separate them or join them.")
                % {
                    "day": MONDAY_FIRST[weekday][1],
                    "hours": f"{opens}–{closes}",
                    "other_day": MONDAY_FIRST[next_row[0]][1],
                    "other_hours": f"{next_row[1]}–{next_row[2]}",
                }
            )


def say_intervals(intervals: list[Any]) -> str:
    """`09:00–12:00, 14:00–17:00`; nothing for a closed day."""
    return ", ".join(f"{opens}–{closes}" for opens, closes in intervals)


class HoursField(forms.CharField):
    """`09:00–12:00, 14:00–17:00` ⇄ [["09:00", "12:00"], ["14:00", "17:00"]]; empty is a closed day."""

    def prepare_value(self, value: Any) -> Any:
        return say_intervals(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        parts = [part.strip() for part in str(value or "").split(",") if part.strip()]
        pairs = [re.split(r"\s*[-–]\s*", part) for part in parts]
        if any(len(pair) != 2 for pair in pairs):
            raise ValidationError(_("Enter hours such as 09:00–12:00, separated by commas."))
        return pairs

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial or []) != self.to_python(data)
        except ValidationError:
            return True


class ExceptionForm(forms.ModelForm):
    hours = HoursField(
        label=gettext_lazy("Hours"), required=False,
        widget=forms.TextInput(attrs={"size": 18, "placeholder": gettext_lazy("closed all day")}),
        help_text=gettext_lazy("Leave empty for a closed day. Otherwise enter hours such as 09:00–12:00."),
    )  # fmt: skip

    class Meta:
        model = CalendarException
        fields = ["day", "name_en", "name_fr"]
        widgets = {"name_en": forms.TextInput(attrs={"size": 24}), "name_fr": forms.TextInput(attrs={"size": 24})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["hours"] = self.instance.intervals

    def clean_hours(self) -> Any:
        hours = self.cleaned_data["hours"]
        validate_intervals(hours)
        return hours

    def save(self, commit: bool = True) -> Any:
        self.instance.intervals = self.cleaned_data["hours"]
        return super().save(commit)


def _minutes(hour: str) -> int:
    return int(hour[:2]) * 60 + int(hour[3:])
