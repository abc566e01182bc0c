"""Contracts: a tier between two days, with the figures it was signed with."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.contracts.domain.contracts import save_contract
from accounts.core.models import Contract
from portal.lib import clock
from portal.lib.preview import PreviewAdmin
from portal.lib.typed import as_id


@admin.register(Contract)
class ContractAdmin(PreviewAdmin):
    """Two contracts of an account never share a day: the form says so in words, the database holds it."""

    add_title = _("Add contract")
    saved = _("Contract “%(name)s” saved.")
    list_display = [
        "account",
        "tier",
        "starts_on",
        "ends_on",
        "premium_contacts",
        "professional_services_hours",
        "state",
    ]
    list_filter = ["tier"]
    list_select_related = ["account"]
    search_fields = ["account__name"]
    ordering = ["-starts_on", "pk"]
    sortable_by = ["starts_on", "ends_on"]
    fieldsets = [
        (None, {"fields": ["account", "tier", ("starts_on", "ends_on")]}),
        (
            _("What’s included"),
            {
                "fields": ["premium_contacts", "professional_services_hours", "price_usd"],
                "description": _("If you leave a figure empty, the figure of the tier is used."),
            },
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # A contract never changes hands: end it and sign a new one.
        return ["account"] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:
        account = as_id(request.GET.get("account"))
        return {"account": str(account)} if account else {}

    def save_model(self, request: HttpRequest, obj: Contract, form: Any, change: bool) -> None:
        save_contract(obj, by=request.user, now=clock.now())  # type: ignore[arg-type]

    @admin.display(description=_("status"))
    def state(self, contract: Contract) -> str:
        today = clock.now().date()
        if contract.starts_on > today:
            return str(_("from %(day)s") % {"day": contract.starts_on})
        return str(_("ended")) if contract.ends_on < today else str(_("in force"))
