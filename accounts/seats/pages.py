"""Premium seats: account administrators nominate, withdraw and replace; staff validate on the desk."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.core.domain.contacts import regions_of
from accounts.core.domain.entitlements import contract_in_force
from accounts.core.models import Account, Contact, Seat
from accounts.seats.domain.seat_history import PAGE, seat_history
from accounts.seats.domain.seats import (
    NoSeats,
    SeatsFull,
    change_region,
    names_region,
    nominate,
    replace,
    seat_plan,
    unseated,
    withdraw,
)
from accounts.seats.forms import SeatForm, SeatRegionForm
from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest


@require_http_methods(["GET", "POST"])
def seat_nominate(request: PortalRequest) -> HttpResponse:
    """Choose who shall hold a free seat. Without a free one the page explains what can be done instead."""
    at = now()
    account = request.contact.account
    form = SeatForm(
        request.POST or None,
        initial={"contact": request.GET.get("contact"), "region": _region_of(account, request.GET.get("contact", ""))},
        contacts=unseated(account.pk),
        regions=regions_of(account) if names_region(account, at) else None,
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["contact"]
        try:
            nominate(chosen, region=form.cleaned_data.get("region"), by=request.user, now=at)
        except (NoSeats, SeatsFull):
            return _full(request, account, at=at, status=409)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(
                request,
                _("%(name)s nominated. Premium targets apply once we approve the seat.") % {"name": chosen.name},
            )
            return redirect("accounts:contacts")
    plan = seat_plan(account, at)
    if request.method == "GET" and not plan.free:
        return _full(request, account, at=at, status=200)
    context = {"form": form, "plan": plan}
    return render(request, "accounts/seat_nominate.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def seat_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Say what will happen, then end the seat."""
    seat = _own_seat_or_404(request, pk)
    if request.method == "POST":
        try:
            withdraw(seat, by=request.user, now=now())
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                _("Premium seat of %(name)s removed. Targets already running stay.") % {"name": seat.contact.name},
            )
        return redirect("accounts:contacts")
    return render(request, "accounts/seat_withdraw.html", {"seat": seat})


@require_http_methods(["GET", "POST"])
def seat_replace(request: PortalRequest, pk: int) -> HttpResponse:
    """Give the place of one contact to another, in one step."""
    seat = _own_seat_or_404(request, pk)
    form = SeatForm(request.POST or None, contacts=unseated(seat.account_id), regions=None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["contact"]
        try:
            replace(seat, contact=chosen, by=request.user, now=now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("%(name)s nominated for Premium seat %(number)s. Premium targets apply once we approve the seat.")
                % {"name": chosen.name, "number": seat.number},
            )
            return redirect("accounts:contacts")
    context = {"form": form, "seat": seat}
    return render(request, "accounts/seat_replace.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def seat_region(request: PortalRequest, pk: int) -> HttpResponse:
    """Whose hours and engineer apply to the holder of a seat, from the next ticket on."""
    seat = _own_seat_or_404(request, pk)
    form = SeatRegionForm(
        request.POST or None, initial={"region": seat.region_id}, regions=regions_of(request.contact.account)
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_region(seat, form.cleaned_data["region"], by=request.user, now=now())
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(
                request,
                _("Region saved: new tickets of %(name)s use %(region)s. Open tickets do not change.")
                % {"name": seat.contact.name, "region": form.cleaned_data["region"].name},
            )
            return redirect("accounts:contacts")
    context = {"form": form, "seat": seat}
    return render(request, "accounts/seat_region.html", context, status=422 if form.errors else 200)


@require_GET
def seat_list_history(request: PortalRequest) -> HttpResponse:
    """Who held which seat when, newest first; `before` is the key of the last holding on the page before."""
    account, last = request.contact.account, request.GET.get("before", "")
    known = last.isascii() and last.isdigit() and len(last) < 16
    before = Seat.objects.filter(account=account, pk=int(last)).first() if known else None
    rows = seat_history(account, before=before, limit=PAGE + 1)
    context = {"rows": rows[:PAGE], "next": rows[PAGE - 1].pk if len(rows) > PAGE else None, "is_first": before is None}
    return render(request, "accounts/seat_history.html", context)


def _full(request: PortalRequest, account: Account, *, at: datetime, status: int) -> HttpResponse:
    context = {"plan": seat_plan(account, at), "contract": contract_in_force(account, at)}
    return render(request, "accounts/seats_full.html", context, status=status)


def _region_of(account: Account, contact: str) -> int | None:
    """Where the person who was named in the address works: the likeliest region of their seat."""
    if not (contact.isascii() and contact.isdigit() and len(contact) < 16):
        return None
    person = Contact.objects.filter(account=account, pk=int(contact)).select_related("region").first()
    return person.region_id or account.home_region_id if person else None


def _own_seat_or_404(request: PortalRequest, pk: int) -> Seat:
    """A seat that is taken now, of the account the reader acts for."""
    seats = Seat.objects.taken().filter(account=request.contact.account_id)
    return get_object_or_404(seats.select_related("contact__user", "contact__account__home_region", "region"), pk=pk)
