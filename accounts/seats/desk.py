"""Seats: staff validate what accounts nominate, or decline it with a reason."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from accounts.core.domain.contacts import regions_of
from accounts.core.domain.entitlements import contract_in_force
from accounts.core.enums import SEATED, SeatState
from accounts.core.models import Account, Seat
from accounts.seats.domain import seats
from accounts.seats.domain.seats import unseated
from accounts.seats.forms import SeatForm, SeatRegionForm
from portal.lib import clock
from portal.lib.access import LEADS
from portal.lib.desk import PageAdmin
from portal.lib.errors import DomainError
from portal.lib.typed import as_line, within

MOST = 200
PARAMETERS = frozenset({"state", "q"})
MAX_REASON_CHARS = 200


@admin.register(Seat)
class SeatAdmin(PageAdmin):
    """The list is the page: what waits first, each with its two buttons. A seat is moved by verbs, never edited."""

    search_fields = ["account__name", "contact__user__name", "contact__user__email"]

    def get_urls(self) -> list[Any]:
        acts = {
            "validate": self.validate, "decline": self.decline, "withdraw": self.withdraw, "region": self.move_region,
        }  # fmt: skip
        return [
            path("nominate/<id:account>/", self.nominate, name="accounts_seat_nominate"),
            *(path(f"<id:pk>/{name}/", view, name=f"accounts_seat_{name}") for name, view in acts.items()),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        # Only what the page offers; another parameter would be a question about columns.
        if set(request.GET) - PARAMETERS:
            return redirect(request.path)
        state = {s.value: s for s in SeatState}.get(request.GET.get("state", ""), SeatState.NOMINATED)
        rows = Seat.objects.filter(state=state).select_related(
            "account__home_region",
            "contact__user",
            "contact__account",
            "region",
            "nominated_by",
            "validated_by",
            "ended_by",
        )
        text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
        if text:
            rows, _more = self.get_search_results(request, rows, text)
        rows = rows.order_by("nominated_at") if state == SeatState.NOMINATED else rows.order_by("-nominated_at")
        counts = dict(Seat.objects.filter(state__in=SEATED).values_list("state").annotate(Count("pk")).order_by())
        shown = list(rows[:MOST])
        if state == SeatState.NOMINATED:
            self._add_contracts(shown)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Premium seats"),
            "rows": shown,
            "state": state,
            "tabs": [(s, counts.get(s.value, 0) if s in SEATED else None) for s in SeatState],
            "query": text,
            "can_withdraw": request.role in LEADS,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "admin/accounts/seat/change_list.html", context)

    def _add_contracts(self, rows: list[Seat]) -> None:
        """What the account has bought, one look-up per account that waits."""
        now = clock.now()
        known = {}
        for seat in rows:
            if seat.account_id not in known:
                known[seat.account_id] = contract_in_force(seat.account, now)
            seat.contract = known[seat.account_id]  # type: ignore[attr-defined]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A seat has no page of its own: it stands on the page of its account."""
        seat = Seat.objects.filter(pk=object_id).first() if object_id.isdigit() else None
        if seat is None:
            raise Http404
        return redirect(reverse("admin:accounts_account_change", args=[seat.account_id]) + "#seats")

    def nominate(self, request: HttpRequest, account: int) -> HttpResponse:
        """For a customer who asked by mail or phone; approving it is a step of its own."""
        of = get_object_or_404(Account.objects.select_related("home_region"), pk=account)
        now = clock.now()
        form = SeatForm(
            request.POST, contacts=unseated(of.pk), regions=regions_of(of) if seats.names_region(of, now) else None
        )
        if not form.is_valid():
            for error in [error for errors in form.errors.values() for error in errors]:
                messages.error(request, error)
        else:
            contact = form.cleaned_data["contact"]
            try:
                seats.nominate(contact, region=form.cleaned_data.get("region"), by=request.user, now=now)
            except DomainError as refusal:
                messages.error(request, refusal.message)
            else:
                messages.success(
                    request,
                    _("%(name)s nominated. The Premium seat applies once it is approved.") % {"name": contact.name},
                )
        return redirect(reverse("admin:accounts_account_change", args=[of.pk]) + "#seats")

    def move_region(self, request: HttpRequest, pk: int) -> HttpResponse:
        def act(seat: Seat) -> None:
            form = SeatRegionForm(request.POST, regions=regions_of(seat.account))
            if not form.is_valid():
                raise DomainError(next(iter(form.errors["region"])), field="region")
            seats.change_region(seat, form.cleaned_data["region"], by=request.user, now=clock.now())

        return self._decide(
            request, pk, act, _("Region saved. New tickets of %(name)s use the new region. Open tickets keep theirs.")
        )

    def validate(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._decide(
            request,
            pk,
            lambda seat: seats.validate(seat, by=request.user, now=clock.now()),
            _("%(name)s is now a Premium contact of %(account)s."),
        )

    def decline(self, request: HttpRequest, pk: int) -> HttpResponse:
        reason = as_line(request.POST.get("reason", ""))

        def act(seat: Seat) -> None:
            within(reason, most=MAX_REASON_CHARS, field="reason")
            if not reason:
                raise DomainError(_("Enter the reason. The account administrators see it."), field="reason")
            seats.decline(seat, reason=reason, by=request.user, now=clock.now())

        return self._decide(request, pk, act, _("Nomination of %(name)s for %(account)s declined."))

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        reason = as_line(request.POST.get("reason", ""))

        def act(seat: Seat) -> None:
            within(reason, most=MAX_REASON_CHARS, field="reason")
            seats.withdraw(seat, by=request.user, now=clock.now(), reason=reason)

        return self._decide(
            request,
            pk,
            act,
            _("Premium seat of %(name)s at %(account)s removed. Running targets stay the same."),
        )

    def _decide(self, request: HttpRequest, pk: int, act: Callable[[Seat], Any], said: str) -> HttpResponse:
        people = ("account__home_region", "contact__user", "contact__account")
        seat = get_object_or_404(Seat.objects.select_related(*people), pk=pk)
        try:
            act(seat)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, said % {"name": seat.contact.name, "account": seat.account.name})
        if request.POST.get("next") == "account":
            return redirect(reverse("admin:accounts_account_change", args=[seat.account_id]) + "#seats")
        return redirect("admin:accounts_seat_changelist")
