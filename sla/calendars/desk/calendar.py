"""Calendars: hours of the week, holidays, the next fourteen days drawn; every edit makes a new version."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Region
from portal.lib import clock, names
from portal.lib.desk import DeskInline
from portal.lib.preview import PreviewAdmin
from portal.lib.zones import zone
from sla.calendars.desk.calendar_forms import (
    CalendarForm,
    ExceptionForm,
    ExceptionFormSet,
    IntervalForm,
    IntervalFormSet,
    say_intervals,
)
from sla.core.domain.calendars import NeverOpens, business_calendar, fill_holidays, new_version, save_version
from sla.core.domain.what_if import Consequences, if_calendar, with_changes
from sla.core.domain.wording import week_words
from sla.core.enums import Outcome
from sla.core.models import Calendar, CalendarException, OpeningInterval

DAYS_DRAWN = 14
YEARS_AHEAD = 3


class IntervalInline(DeskInline):
    model = OpeningInterval
    form = IntervalForm
    formset = IntervalFormSet
    fields = ["weekday", "opens", "closes"]
    verbose_name = gettext_lazy("business hours")
    verbose_name_plural = gettext_lazy("weekly business hours")


class ExceptionInline(DeskInline):
    model = CalendarException
    form = ExceptionForm
    formset = ExceptionFormSet
    readonly_fields = ["hours_to_read"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        hours = "hours" if self.has_change_permission(request, obj) else "hours_to_read"
        return ["day", "name_en", "name_fr", hours]

    @admin.display(description=gettext_lazy("Hours"))
    def hours_to_read(self, day: CalendarException) -> str:
        return say_intervals(day.intervals) or _("closed all day")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarException]:
        """This year's days and later ones: the past stays as it was counted."""
        return super().get_queryset(request).filter(day__gte=clock.now().date().replace(month=1, day=1))


def _place(region: Region) -> str:
    """`Japan`, `Canada, ON`: where the public holidays of the region are those of."""
    country = names.country(region.country)
    return f"{country}, {region.subdivision}" if region.subdivision else country


@admin.register(Calendar)
class CalendarAdmin(PreviewAdmin):
    add_title = gettext_lazy("Add business-hours calendar")
    saved = gettext_lazy("Business-hours calendar “%(name)s” saved.")
    form = CalendarForm
    list_display = ["__str__", "zone_name", "week", "coming", "version"]
    list_select_related = ["region"]
    sortable_by: list[str] = []
    inlines = [IntervalInline, ExceptionInline]
    change_form_template = "admin/sla/calendar/change_form.html"

    def get_urls(self) -> list[Any]:
        return [path("<id:pk>/fill/", self.fill, name="sla_calendar_fill"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Calendar]:
        today = clock.now().date()
        coming = Count("exceptions", filter=Q(exceptions__day__gte=today), distinct=True)
        return super().get_queryset(request).annotate(coming_days=coming).prefetch_related("intervals")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["region"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["region", "seen_version"] if self.has_change_permission(request, obj) else ["region"]

    @admin.display(description=gettext_lazy("time zone"))
    def zone_name(self, calendar: Calendar) -> str:
        return names.city(calendar.region.time_zone)

    @admin.display(description=gettext_lazy("weekly business hours"))
    def week(self, calendar: Calendar) -> str:
        return week_words(weekly_hours(calendar))

    @admin.display(description=gettext_lazy("upcoming closed days"))
    def coming(self, calendar: Any) -> int:
        return int(calendar.coming_days)

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any:
        """The special days are judged together with the week that is posted with them."""
        formsets, inlines = super()._create_formsets(request, obj, change)
        week = next((formset for formset in formsets if isinstance(formset, IntervalFormSet)), None)
        for formset in formsets:
            if isinstance(formset, ExceptionFormSet):
                formset.week = week
        return formsets, inlines

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Hours and days belong to the calendar: when one of them changed, promises are counted with a new version."""
        super().save_related(request, form, formsets, change)
        if not change:
            save_version(form.instance, by=request.user, now=clock.now())
        elif any(formset.has_changed() for formset in formsets):
            new_version(form.instance, by=request.user, now=clock.now())

    def consequences(self, request: HttpRequest, obj: Calendar) -> Consequences:
        return if_calendar(obj, with_changes(obj), now=clock.now())

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        calendar = context.get("original")
        if calendar is not None:
            now = clock.now()
            year = now.astimezone(zone(calendar.region.time_zone)).year
            context.update(
                days=drawn_days(calendar, now=now),
                years=list(range(year, year + YEARS_AHEAD)),
                place=_place(calendar.region),
                running=calendar.clocks.filter(outcome=Outcome.RUNNING)[:1000].count(),
                accounts=list(calendar.region.home_accounts.order_by("name")[:20]),
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def fill(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Enter the public holidays of a year, or show what that would do; days that staff entered before stay."""
        calendar = get_object_or_404(Calendar.objects.select_related("region"), pk=pk)
        back = redirect(reverse("admin:sla_calendar_change", args=[pk]))
        this_year = clock.now().year
        year = request.POST.get("year", "")
        if year not in {str(this_year + ahead) for ahead in range(-1, YEARS_AHEAD + 1)}:
            messages.error(request, _("Select a year from the list."))
            return back
        found: Consequences | None = None
        try:
            with transaction.atomic():
                added = fill_holidays(calendar, int(year), by=request.user, now=clock.now())
                if "_preview" in request.POST:
                    found = self.consequences(request, calendar)
                    transaction.set_rollback(True)
        except NotImplementedError:
            messages.error(
                request,
                _(
                    "The public holidays of %(place)s are not known. Enter them yourself, or correct the "
                    "country and subdivision."
                )
                % {"place": _place(calendar.region)},
            )
            return back
        except NeverOpens as refusal:
            messages.error(request, refusal.message)
            return back
        if found:
            return self._looked_at(request, pk, found, year)
        if added:
            said = ngettext(
                "%(count)s public holiday added for %(year)s.", "%(count)s public holidays added for %(year)s.", added
            )
            messages.success(request, said % {"count": added, "year": year})
        else:
            messages.info(request, _("All public holidays of %(year)s are already in the calendar.") % {"year": year})
        return back

    def _looked_at(self, request: HttpRequest, pk: int, found: Consequences, year: str) -> HttpResponse:
        """The page as it stands, with what the holidays of `year` would do above its form."""
        request.method = "GET"
        return self.changeform_view(request, str(pk), extra_context={"consequences": found, "year": int(year)})


def weekly_hours(calendar: Calendar) -> dict[int, list[tuple[str, str]]]:
    weekly: dict[int, list[tuple[str, str]]] = {}
    for interval in calendar.intervals.all():
        weekly.setdefault(interval.weekday, []).append((interval.opens, interval.closes))
    return weekly


def drawn_days(calendar: Calendar, *, now: datetime) -> list[dict[str, Any]]:
    """The next fourteen local days: hours as text, the holiday's name, and whether it is open at all."""
    hours = business_calendar(calendar)
    today = now.astimezone(zone(calendar.region.time_zone)).date()
    last = today + timedelta(days=DAYS_DRAWN - 1)
    names = {row.day: row.name for row in calendar.exceptions.filter(day__range=(today, last))}
    days = [today + timedelta(days=offset) for offset in range(DAYS_DRAWN)]
    return [
        {
            "day": day,
            "hours": [f"{opens}–{closes}" for opens, closes in hours.intervals_on(day)],
            "name": names.get(day, ""),
            "is_today": day == today,
            "is_weekend": day.weekday() >= 5,
        }
        for day in days
    ]
