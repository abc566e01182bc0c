"""The account page: contract, seats, people, engineers and open tickets in one place."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.core.domain.entitlements import contract_in_force
from accounts.core.enums import Tier
from accounts.core.models import Account, Contract
from accounts.engineers import desk as engineers
from accounts.seats.domain.seat_history import seat_history
from accounts.seats.domain.seats import is_regional, seat_plan, unseated
from portal.lib import clock
from portal.lib.desk import DeskAdmin

OPEN_TICKETS = 8
HISTORY = 20
MOST_NOMINEES = 300


@admin.register(Account)
class AccountAdmin(DeskAdmin):
    add_title = _("Add account")
    saved = _("Account “%(name)s” saved.")
    list_display = ["name", "tier_today", "segment", "home_region", "people", "is_active"]
    list_filter = ["segment", "home_region", "is_active"]
    list_select_related = ["home_region"]
    search_fields = ["name"]
    ordering = ["name"]
    sortable_by = ["name"]
    fields = ["name", "segment", "home_region", "regions", "is_active", "notes"]
    change_form_template = "admin/accounts/account/change_form.html"

    def get_urls(self) -> list[Any]:
        engineer = path("<id:pk>/engineer/", engineers.act, name="accounts_account_engineer")
        return [engineer, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        today = clock.now().date()
        in_force = Contract.objects.in_force_on(today).filter(account=OuterRef("pk")).values("tier")[:1]
        people = Count("contacts", filter=Q(contacts__is_active=True))
        return super().get_queryset(request).annotate(tier_in_force=Subquery(in_force), people_count=people)

    @admin.display(description=_("current tier"))
    def tier_today(self, account: Any) -> str:
        return str(Tier(account.tier_in_force or Tier.STANDARD).label)

    @admin.display(description=_("contacts"))
    def people(self, account: Any) -> int:
        return int(account.people_count)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        account = context.get("original")
        if account is not None:
            context.update(self.overview(account))
        return super().render_change_form(request, context, *args, **kwargs)

    def overview(self, account: Account) -> dict[str, Any]:
        """What the page shows around the form; figures of staff and administrators of the account alike."""
        now = clock.now()
        tickets: Any = account.tickets  # type: ignore[attr-defined]
        plan = seat_plan(account, now)
        return {
            "now": now,
            "contract_today": contract_in_force(account, now),
            "contracts": list(account.contracts.order_by("-starts_on")),
            "plan": plan,
            "seats_free_for": list(unseated(account.pk)[:MOST_NOMINEES]) if plan.free else [],
            "seats_regional": plan.contract is not None and is_regional(plan.contract.tier),
            "contacts_of_account": list(account.contacts.select_related("user", "region").order_by("user__name")[:100]),
            "open_tickets": list(tickets.live().in_order_of_due().for_list()[:OPEN_TICKETS]),
            "seat_history": seat_history(account, limit=HISTORY),
            **engineers.overview(account, now=now),
            "regions_of_account": list({r.pk: r for r in (account.home_region, *account.regions.all())}.values()),
        }
