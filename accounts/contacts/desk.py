"""Contacts: the people of an account."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.core.desk.person_form import NewPersonForm, already_contact, already_staff
from accounts.core.models import Contact, Region, User
from accounts.reachability.desk import Reachable
from portal.lib import names
from portal.lib.desk import DeskAdmin
from portal.lib.typed import as_id


class NewContactForm(NewPersonForm):
    class Meta:
        model = Contact
        fields = ["account", "role", "region", "phone"]

    def check_known(self, person: User) -> None:
        if person.staff_role is not None:
            self.refuse_email(already_staff())
        if Contact.objects.filter(user=person, account=self.cleaned_data.get("account")).exists():
            self.refuse_email(already_contact())


@admin.register(Contact)
class ContactAdmin(Reachable, DeskAdmin):
    add_title = _("Add contact")
    saved = _("Contact “%(name)s” saved.")
    list_display = ["person", "account", "role", "own_region_name", "language", "is_active"]
    list_filter = ["role", "is_active", "region"]
    list_select_related = ["user", "account__home_region", "region"]
    search_fields = ["user__name", "user__email", "account__name"]
    ordering = ["user__name", "pk"]
    sortable_by = ["person"]
    readonly_fields = ["account", "person", "address", "reach", "language"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewContactForm
            kwargs["fields"] = ["account", "role", "region", "phone"]
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return ["account", "name", "email", "language", "time_zone", "role", "region", "phone"]
        return ["person", "address", "reach", "language", "account", "role", "region", "phone", "is_active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.readonly_fields) if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        return super().get_queryset(request).select_related("user", "account__home_region", "region")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:
        account = as_id(request.GET.get("account"))
        return {"account": str(account)} if account else {}

    @admin.display(description=_("name"), ordering="user__name")
    def person(self, contact: Contact) -> str:
        return contact.user.name

    @admin.display(description=_("email address"))
    def address(self, contact: Contact) -> str:
        return contact.user.email

    @admin.display(description=_("language"))
    def language(self, contact: Contact) -> str:
        return names.language_name(contact.user.language)

    @admin.display(description=_("region"))
    def own_region_name(self, contact: Contact) -> Region:
        return contact.own_region
