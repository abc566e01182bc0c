"""Designated engineers on the page of an account: leads name, replace and end them through the verbs."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.core.domain.contacts import regions_of
from accounts.core.domain.entitlements import contract_in_force
from accounts.core.models import Account, Agent, Region, TierTerms
from accounts.engineers import domain as engineers
from accounts.engineers.models import DesignatedEngineer
from portal.lib import clock
from portal.lib.errors import DomainError

MOST_ENDED = 30


class EngineerForm(forms.Form):
    """Who is designated for a region, and who stands in."""

    region = forms.ModelChoiceField(label=gettext_lazy("Region"), queryset=Region.objects.none())
    agent = forms.ModelChoiceField(label=gettext_lazy("Engineer"), queryset=Agent.objects.none())
    backup = forms.ModelChoiceField(
        label=gettext_lazy("Backup"),
        queryset=Agent.objects.none(),
        required=False,
        empty_label=gettext_lazy("No backup"),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody = Agent.objects.filter(user__is_active=True).select_related("user").order_by("user__name")
        self.fields["region"].queryset = regions_of(account)  # type: ignore[attr-defined]
        for name in ("agent", "backup"):
            self.fields[name].queryset = everybody  # type: ignore[attr-defined]


def overview(account: Account, *, now: datetime) -> dict[str, Any]:
    """Those of now, each with a form to replace it, the regions without one, and those of before."""
    rows = DesignatedEngineer.objects.filter(account=account).with_people()
    current = list(rows.current().order_by("region__name_en"))
    contract = contract_in_force(account, now)
    included = contract is not None and TierTerms.objects.filter(tier=contract.tier, designated_engineer=True).exists()
    everybody = Agent.objects.filter(user__is_active=True).select_related("user").order_by("user__name")
    taken = {row.region_id for row in current}
    regions = {region.pk: region for region in (account.home_region, *account.regions.all())}
    return {
        "engineers": current,
        "engineers_ended": list(rows.ended().select_related("ended_by").order_by("-ended_at")[:MOST_ENDED]),
        "engineers_included": included,
        "engineers_free": [region for pk, region in regions.items() if pk not in taken],
        "engineers_people": list(everybody[:200]) if included else [],
    }


def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, replace or end: one form each on the account's page; what is refused is said there."""
    account = get_object_or_404(Account.objects.select_related("home_region"), pk=pk)
    try:
        said, doubts = _act(request, account)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
        for doubt in doubts:
            messages.warning(request, doubt)
    return redirect(reverse("admin:accounts_account_change", args=[account.pk]) + "#engineers")


def _act(request: HttpRequest, account: Account) -> tuple[str, list[str]]:
    now, by = clock.now(), request.user
    number = request.POST.get("engineer", "")
    current: DesignatedEngineer | None = None
    if number:
        known = number.isascii() and number.isdigit() and len(number) < 16
        rows = DesignatedEngineer.objects.filter(account=account).select_related("account").with_people()
        current = get_object_or_404(rows, pk=int(number) if known else 0)
    if current and request.POST.get("act") == "end":
        engineers.end(current, by=by, now=now, reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
        return _("%(name)s is no longer designated engineer.") % {"name": current.agent.name}, []
    values = request.POST.copy()
    if current:
        values["region"] = str(current.region_id)
    form = EngineerForm(values, account=account)
    if not form.is_valid():
        raise DomainError(_("Select a region of the account and an active agent."), code="incomplete")
    chosen = form.cleaned_data
    if current:
        done = engineers.replace(
            current, agent=chosen["agent"], backup=chosen["backup"], by=by, now=now, reason=chosen["reason"],  # type: ignore[arg-type]
        )  # fmt: skip
    else:
        done = engineers.designate(
            account, chosen["region"], chosen["agent"], backup=chosen["backup"], by=by, now=now,  # type: ignore[arg-type]
        )  # fmt: skip
    said = _("%(name)s is now designated engineer for %(region)s.")
    return said % {"name": done.engineer.agent.name, "region": done.engineer.region.name}, done.warnings
