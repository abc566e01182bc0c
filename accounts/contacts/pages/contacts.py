"""The contacts of the account: who they are, invited and changed by its administrators."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.contacts.forms import ContactForm, InviteForm
from accounts.core.domain.contacts import change, invite, regions_of
from accounts.core.enums import ContactRole
from accounts.core.models import Contact, Seat
from accounts.seats.domain.seats import is_regional, seat_plan
from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest

PAGE = 50
ENDED_SHOWN = 20


@require_GET
def contact_list(request: PortalRequest) -> HttpResponse:
    """Seats in use, every contact with their seat, and the seats that ended."""
    at = now()
    account = request.contact.account
    plan = seat_plan(account, at)
    seated = {seat.contact_id: seat for seat in plan.seats}
    people = Contact.objects.filter(account=account).select_related("user", "region", "account__home_region")
    after = request.GET.get("page", "")
    page = int(after) if after.isascii() and after.isdigit() and len(after) < 5 else 1
    page = max(page, 1)
    rows = list(people.order_by("-is_active", "user__name", "pk")[(page - 1) * PAGE : page * PAGE + 1])
    for person in rows:
        person.held_seat = seated.get(person.pk)  # type: ignore[attr-defined]
    ended = Seat.objects.filter(account=account, ended_at__isnull=False).select_related("contact__user", "ended_by")
    context: dict[str, Any] = {
        "people": rows[:PAGE],
        "page": page,
        "next_page": page + 1 if len(rows) > PAGE else None,
        "previous_page": page - 1 if page > 1 else None,
        "plan": plan,
        "contract": plan.contract,
        "names_region": plan.contract is not None and is_regional(plan.contract.tier),
        "ended": ended.order_by("-ended_at")[:ENDED_SHOWN],
        "administers": request.contact.is_admin,
        "now": at,
    }
    return render(request, "accounts/contacts.html", context)


@require_http_methods(["GET", "POST"])
def contact_invite(request: PortalRequest) -> HttpResponse:
    account = request.contact.account
    form = InviteForm(request.POST or None, initial={"language": request.user.language}, regions=regions_of(account))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            invite(
                account, email=data["email"], name=data["name"], language=data["language"],
                role=ContactRole(data["role"]), region=data["region"], by=request.user, now=now(),
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Invitation sent to %(email)s.") % {"email": data["email"]})
            return redirect("accounts:contacts")
    return render(request, "accounts/contact_invite.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def contact_edit(request: PortalRequest, pk: int) -> HttpResponse:
    contact = own_contact_or_404(request, pk)
    initial = {
        "role": contact.role, "region": contact.region_id, "phone": contact.phone, "is_active": contact.is_active,
    }  # fmt: skip
    form = ContactForm(request.POST or None, initial=initial, regions=regions_of(request.contact.account))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change(
                contact, role=ContactRole(data["role"]), region=data["region"], phone=data["phone"],
                is_active=data["is_active"], by=request.user, now=now(),
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("%(name)s saved.") % {"name": contact.name})
            return redirect("accounts:contacts")
    seat = Seat.objects.taken().filter(contact=contact).first()
    context = {"form": form, "person": contact, "seat": seat}
    return render(request, "accounts/contact_edit.html", context, status=422 if form.errors else 200)


def own_contact_or_404(request: PortalRequest, pk: int) -> Contact:
    """A contact of the account the reader acts for; anybody else does not exist."""
    people = Contact.objects.visible_to(request.user).filter(account=request.contact.account_id)
    return get_object_or_404(people.select_related("user", "region", "account__home_region"), pk=pk)
