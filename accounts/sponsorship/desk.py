"""Meetings with executive sponsors on the desk: the month, one meeting with its series, and every act on it."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import contract_day
from accounts.core.models import Account
from accounts.sponsorship import forms as shapes
from accounts.sponsorship.domain import meetings, naming, record
from accounts.sponsorship.domain.rhythm import includes_sponsor, sponsorship_of
from accounts.sponsorship.domain.scheduling import say_reason
from accounts.sponsorship.models import AgendaItem, Meeting, MeetingEvent
from portal.lib import clock
from portal.lib.access import LEADS
from portal.lib.desk import PageAdmin
from portal.lib.errors import DomainError, Stale

MOST = 200
SERIES = 12
Act = Callable[[Meeting, dict[str, Any], datetime], Any]


@admin.register(Meeting)
class MeetingAdmin(PageAdmin):
    """The list is a month; what has no time yet stands above it. Meetings are moved by verbs, never edited."""

    def get_urls(self) -> list[Any]:
        acts = (
            "propose", "move", "link", "cancel", "hold", "miss", "agenda", "tick", "minutes", "action", "finish",
        )  # fmt: skip
        return [
            path("new/", self.new, name="accounts_meeting_new"),
            path("sponsor/<id:account>/", self.sponsor, name="accounts_meeting_sponsor"),
            path("sponsor/<id:account>/end/", self.end, name="accounts_meeting_end"),
            *(path(f"<id:pk>/{name}/", getattr(self, name), name=f"accounts_meeting_{name}") for name in acts),
            *super().get_urls(),
        ]

    # --- pages ---------------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if set(request.GET) - {"month"}:
            return redirect(request.path)
        now = clock.now()
        first = _month(request.GET.get("month", "")) or timezone.localtime(now).date().replace(day=1)
        after = _next_month(first)
        zone = timezone.get_current_timezone()
        start, end = (datetime.combine(day, time(), zone) for day in (first, after))
        rows = Meeting.objects.visible_to(request.user).with_people()  # type: ignore[arg-type]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Meetings"),
            "rows": list(rows.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at", "pk")[:MOST]),
            "waiting": list(rows.filter(state="proposed").order_by("proposed_at", "pk")[:MOST]),
            "month": first,
            "before": _month_before(first),
            "after": after,
            "now": now,
        }
        return TemplateResponse(request, "admin/accounts/meeting/change_list.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        meeting = Meeting.objects.filter(pk=object_id).first() if object_id.isdigit() and len(object_id) < 16 else None
        if meeting is None:
            raise Http404
        return self._page(request, meeting.pk)

    def new(self, request: HttpRequest) -> HttpResponse:
        """A meeting besides the rhythm; with times of our own, or those that suit both sides."""
        form = shapes.NewMeetingForm(request.POST or None, initial={"account": request.GET.get("account")})
        times = shapes.SlotsForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and times.is_valid():
            try:
                found = sponsorship_of(form.cleaned_data["account"])
                if found is None:
                    raise DomainError(_("Select an executive sponsor first."), code="no_sponsor")
                meeting = meetings.propose(found, slots=times.slots, by=request.user, now=clock.now())  # type: ignore[arg-type]
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Meeting proposed. The customer chooses a time."))
                return redirect("admin:accounts_meeting_change", meeting.pk)
        return self._forms(request, _("New meeting"), [form, times], _("Propose"))

    def sponsor(self, request: HttpRequest, account: int) -> HttpResponse:
        """Name the sponsor of an account, or give it to somebody else."""
        found = get_object_or_404(Account.objects.select_related("home_region"), pk=account)
        named = sponsorship_of(found)
        initial = {
            name: getattr(named, name) for name in ("sponsor", "deputy", "host", "rhythm_months") if named
        }  # fmt: skip
        form = shapes.SponsorForm(request.POST or None, initial=initial, account=found)
        if request.method == "POST" and form.is_valid():
            try:
                naming.name_sponsor(found, by=request.user, now=clock.now(), **form.cleaned_data)  # type: ignore[arg-type]
            except DomainError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, _("Executive sponsor of %(account)s saved.") % {"account": found.name})
                return redirect("admin:accounts_account_change", found.pk)
        history = found.sponsorships.select_related("sponsor__user", "ended_by").order_by("-started_at")[:SERIES]
        title = _("Executive sponsor of %(account)s") % {"account": found.name}
        return self._forms(request, title, [form], _("Save"), account=found, named=named, history=history)

    def end(self, request: HttpRequest, account: int) -> HttpResponse:
        found = get_object_or_404(Account.objects.select_related("home_region"), pk=account)
        named = sponsorship_of(found)
        try:
            if named is None:
                raise Stale(_("No executive sponsor."))
            naming.end_sponsorship(named, reason=request.POST.get("reason", ""), by=request.user, now=clock.now())  # type: ignore[arg-type]
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Executive sponsorship ended."))
        return redirect("admin:accounts_meeting_sponsor", found.pk)

    # --- acts ----------------------------------------------------------------------------------------------------

    def propose(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = shapes.SlotsForm(request.POST)
        return self._do(
            request, pk, "propose", form,
            lambda m, _v, at: meetings.propose_others(m, slots=form.slots, by=request.user, now=at),  # type: ignore[arg-type]
            _("Other times proposed."),
        )  # fmt: skip

    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._do(
            request, pk, "move", shapes.MoveForm(request.POST),
            lambda m, v, at: meetings.move(m, v["starts_at"], by=request.user, now=at),  # type: ignore[arg-type]
            _("Time set. The invitation is being sent."),
        )  # fmt: skip

    def link(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._do(
            request, pk, "link", shapes.LinkForm(request.POST),
            lambda m, v, at: meetings.set_link(m, v["join_url"], by=request.user, now=at),  # type: ignore[arg-type]
            _("Link saved."),
        )  # fmt: skip

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._do(
            request, pk, "cancel", shapes.ReasonForm(request.POST),
            lambda m, v, at: meetings.cancel(m, reason=v["reason"], by=request.user, now=at),  # type: ignore[arg-type]
            _("Meeting cancelled. Both sides are notified."),
        )  # fmt: skip

    def hold(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._do(
            request, pk, "hold", forms.Form(request.POST),
            lambda m, _v, at: meetings.record_meeting(m, by=request.user, now=at),  # type: ignore[arg-type]
            _("Meeting recorded. Write the minutes now."),
        )  # fmt: skip

    def miss(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._do(
            request, pk, "miss", shapes.ReasonForm(request.POST),
            lambda m, v, at: meetings.miss(m, reason=v["reason"], by=request.user, now=at),  # type: ignore[arg-type]
            _("Recorded: the meeting did not take place. The team leads are notified."),
        )  # fmt: skip

    def agenda(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._do(
            request, pk, "agenda", shapes.SubjectForm(request.POST),
            lambda m, v, at: record.add_to_agenda(m, v["text"], by=request.user, now=at),  # type: ignore[arg-type]
            _("Added to the agenda."),
        )  # fmt: skip

    def tick(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = _number(request.POST.get("item", ""))
        return self._do(
            request, pk, "tick", forms.Form(request.POST),
            lambda m, _v, at: record.tick_agenda(m, item, by=request.user, now=at),  # type: ignore[arg-type]
            _("Agenda saved."),
        )  # fmt: skip

    def minutes(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._do(
            request, pk, "minutes", shapes.MinutesForm(request.POST),
            lambda m, v, at: record.write_minutes(m, by=request.user, now=at, **v),  # type: ignore[arg-type]
            _("Minutes saved."),
        )  # fmt: skip

    def action(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._do(
            request, pk, "action", shapes.ActionForm(request.POST),
            lambda m, v, at: record.add_action(m, v.pop("text"), by=request.user, now=at, **v),  # type: ignore[arg-type]
            _("Action added."),
        )  # fmt: skip

    def finish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An action of this account, whichever meeting it comes from."""
        wanted = _number(request.POST.get("action", ""))

        def act(meeting: Meeting, _values: dict[str, Any], at: datetime) -> None:
            action = record.open_actions(meeting.account_id).filter(pk=wanted).first()
            if action is None:
                raise Stale(_("This action is already done."))
            record.finish_action(action, by=request.user, now=at)  # type: ignore[arg-type]

        return self._do(request, pk, "finish", forms.Form(request.POST), act, _("Done."))

    # --- shared --------------------------------------------------------------------------------------------------

    def _do(self, request: HttpRequest, pk: int, name: str, form: forms.Form, act: Act, said: str) -> HttpResponse:
        """Run the verb; a refusal shows the page as it is now, with what was written in its form."""
        meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]
        status = 422
        if form.is_valid():
            try:
                act(meeting, dict(form.cleaned_data), clock.now())
            except DomainError as refusal:
                status = 409 if isinstance(refusal, Stale) else 422
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, said)
                return redirect("admin:accounts_meeting_change", pk)
        return self._page(request, pk, failed=name, form=form, status=status)

    def _page(
        self, request: HttpRequest, pk: int, *, failed: str = "", form: forms.Form | None = None, status: int = 200
    ) -> HttpResponse:
        agenda = Prefetch("agenda", queryset=AgendaItem.objects.select_related("author"))
        events = Prefetch("events", queryset=MeetingEvent.objects.select_related("by"))
        rows = Meeting.objects.with_people().prefetch_related(agenda, events, "slots", "actions")
        meeting = get_object_or_404(rows, pk=pk)
        now = clock.now()
        minutes = failed == "minutes" and isinstance(form, shapes.MinutesForm)
        if minutes and status == 409:
            # Saving again overwrites what stands beside it, knowingly.
            form.data = form.data.copy()  # type: ignore[union-attr]
            form.data["version"] = meeting.version  # type: ignore[union-attr,index]
        offered = {
            "agenda": shapes.SubjectForm(auto_id="agenda_%s"),
            "propose": shapes.SlotsForm(auto_id="propose_%s"),
            "move": shapes.MoveForm(auto_id="move_%s"),
            "link": shapes.LinkForm(initial={"join_url": meeting.join_url}, auto_id="link_%s"),
            "miss": shapes.ReasonForm(auto_id="miss_%s"),
            "cancel": shapes.ReasonForm(auto_id="cancel_%s"),
            "action": shapes.ActionForm(auto_id="action_%s"),
            "minutes": shapes.MinutesForm(
                initial={"minutes": meeting.minutes, "decisions": meeting.decisions, "version": meeting.version},
                auto_id="minutes_%s",
            ),
        }
        if form is not None and failed in offered:
            offered[failed] = form
        series = Meeting.objects.filter(account=meeting.account_id).exclude(pk=pk).order_by("-proposed_at", "-pk")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Meeting with %(account)s") % {"account": meeting.account.name},
            "meeting": meeting,
            "why": say_reason(meeting),
            "offered": offered,
            "failed": failed,
            "errors": form.non_field_errors() if form is not None else [],
            "stands": meeting if minutes and status == 409 else None,
            "carried": record.open_actions(meeting.account_id).exclude(meeting=pk)[:MOST],
            "series": series[:SERIES],
            "begun": meeting.starts_at is not None and meeting.starts_at <= now,
            "today": contract_day(meeting.account, now),
            "may_name": request.role in LEADS,  # type: ignore[attr-defined]
            "now": now,
        }
        return TemplateResponse(request, "admin/accounts/meeting/change_form.html", context, status=status)

    def _forms(
        self, request: HttpRequest, title: str, shown: list[forms.Form], button: str, **more: Any
    ) -> HttpResponse:
        included = "account" not in more or includes_sponsor(more["account"], clock.now())
        context = {
            **self.admin_site.each_context(request), "title": title, "forms": shown, "button": button,
            "included": included, **more,
        }  # fmt: skip
        status = 422 if any(form.errors for form in shown) else 200
        return TemplateResponse(request, "admin/accounts/meeting/form.html", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _month(text: str) -> date | None:
    try:
        found = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _month_before(first: date) -> date:
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
