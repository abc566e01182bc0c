"""Regions: a zone and a country. Another zone is another calendar, so its version rises."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from portal.lib import clock, names
from portal.lib.preview import PreviewAdmin
from portal.lib.zones import zone_choices
from sla.core.domain.calendars import new_version
from sla.core.domain.what_if import Consequences, if_calendar, with_changes
from sla.core.models import Calendar


class RegionForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)

    class Meta:
        model = Region
        fields = [
            "code", "name_en", "name_fr", "time_zone", "country", "subdivision", "phone", "matches_tickets",
            "backup_after_percent", "leads_after_percent", "backups",
        ]  # fmt: skip

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


@admin.register(Region)
class RegionAdmin(PreviewAdmin):
    add_title = _("Add region")
    saved = _("Region “%(name)s” saved.")
    form = RegionForm
    list_display = ["__str__", "code", "zone_name", "country_name", "subdivision", "phone", "matches_tickets"]
    search_fields = ["name_en", "name_fr", "code"]
    sortable_by = ["code"]
    fields = [
        "code", ("name_en", "name_fr"), "time_zone", ("country", "subdivision"), "phone", "matches_tickets",
        ("backup_after_percent", "leads_after_percent"), "backups",
    ]  # fmt: skip

    @admin.display(description=_("time zone"))
    def zone_name(self, region: Region) -> str:
        return region.city

    @admin.display(description=_("country"))
    def country_name(self, region: Region) -> str:
        return names.country(region.country)

    def save_model(self, request: HttpRequest, obj: Region, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "time_zone" in form.changed_data:
            for calendar in Calendar.objects.filter(region=obj):
                new_version(calendar, by=request.user, now=clock.now())

    def consequences(self, request: HttpRequest, obj: Region) -> Consequences:
        """Another zone is another calendar; a region without hours binds nothing."""
        calendar = Calendar.objects.select_related("region").filter(region=obj).first()
        return if_calendar(calendar, with_changes(calendar), now=clock.now()) if calendar else Consequences()
