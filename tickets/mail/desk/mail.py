"""Mail that came in, on the desk: what waits for an agent, everything that is known about it, and the few acts."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import SuspiciousOperation
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Contact
from portal.lib import clock
from portal.lib.desk import ReadOnlyAdmin
from portal.lib.errors import DomainError, Stale
from portal.lib.http import PortalRequest
from tickets.core.domain.merging import people_of
from tickets.core.enums import MailCause, MailState
from tickets.core.models import Ticket
from tickets.core.models.ticket import ticket_pk
from tickets.mail.domain import held
from tickets.mail.domain.headers import Verdict
from tickets.mail.domain.sorting import contacts_of, source_of
from tickets.mail.models import IncomingMail, Mailbox

MOST_PEOPLE = 20
# What waits for an agent is shown first; `all` is everything.
WAITING, ALL = "waiting", "all"


class StateFilter(admin.SimpleListFilter):
    """Which mails: those that wait for an agent unless another choice is made."""

    title = gettext_lazy("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(WAITING, _("Needs review")), *MailState.choices, (ALL, _("All"))]

    def choices(self, changelist: Any) -> Any:
        for value, title in self.lookup_choices:
            yield {
                "selected": (self.value() or WAITING) == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[IncomingMail]) -> QuerySet[IncomingMail]:
        chosen = self.value() or WAITING
        if chosen == ALL:
            return queryset
        if chosen == WAITING:
            return queryset.filter(state__in=[MailState.HELD, MailState.QUARANTINED])
        if chosen not in MailState.values:
            raise SuspiciousOperation("unknown state")
        return queryset.filter(state=chosen)


@admin.register(IncomingMail)
class IncomingMailAdmin(ReadOnlyAdmin):
    list_display = ["subject_or_sender", "from_address", "state", "cause", "received_at", "where"]
    list_filter = [StateFilter]
    search_fields = ["from_address", "subject"]
    sortable_by: list[str] = []
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[IncomingMail]:
        return IncomingMail.objects.visible_to(request.user).for_list()  # type: ignore[arg-type]

    def get_urls(self) -> list[Any]:
        return [
            path("<id:pk>/decide/", partial(decide, self), name="tickets_incomingmail_decide"),
            path("<id:pk>/source/", source, name="tickets_incomingmail_source"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        boxes = {"mailboxes": list(Mailbox.objects.all()[:20]), "now": clock.now()}
        return super().changelist_view(request, {**(extra_context or {}), **boxes})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One mail; every act on it goes to a route of its own."""
        if request.method == "POST":
            return redirect(request.get_full_path())
        return _page(self, request, _find(request, object_id))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What was done to the mail stands on its page."""
        return redirect(_url(_find(request, object_id)))

    @admin.display(description=gettext_lazy("email"))
    def subject_or_sender(self, mail: IncomingMail) -> str:
        return mail.subject or _("(no subject)")

    @admin.display(description=gettext_lazy("ticket"))
    def where(self, mail: IncomingMail) -> str:
        ticket = mail.ticket or mail.about
        return ticket.number if ticket else "—"


def decide(site: IncomingMailAdmin, request: PortalRequest, pk: int) -> HttpResponse:
    """Do what the pressed button says; a refusal shows the page again with everything that was filled in."""
    mail, now = _find(request, str(pk)), clock.now()
    act = request.POST.get("act", "")
    try:
        said = _act(request, mail, act, now=now)
    except DomainError as refusal:
        return _page(site, request, _find(request, str(pk)), refusal=refusal)
    LogEntry.objects.log_actions(request.user.pk, [mail], CHANGE, f"{act} · {said}", single_object=True)
    messages.success(request, said)
    mail = _find(request, str(pk))
    if mail.ticket and act != "again":
        return redirect(reverse("admin:tickets_ticket_change", args=[mail.ticket.number]))
    return redirect(_url(mail))


def source(request: PortalRequest, pk: int) -> HttpResponse:
    """The bytes of the mail, to save: never shown by the browser."""
    mail = _find(request, str(pk))
    return HttpResponse(
        source_of(mail),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="mail-{mail.pk}.eml"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


def _act(request: PortalRequest, mail: IncomingMail, act: str, *, now: datetime) -> str:
    by = request.user
    if act == "open":
        contact = _contact(request)
        message = held.open_for(mail, contact=contact, by=by, now=now)
        return _("%(number)s opened for %(name)s.") % {"number": message.ticket.number, "name": contact.name}
    if act == "post":
        ticket = _ticket(request, request.POST.get("ticket", ""))
        if ticket is None:
            raise DomainError(
                _("No ticket has this number. Enter a number such as SUP-1042."), code="no_ticket", field="ticket"
            )
        contact = _contact(request)
        message = held.post_on(mail, ticket=ticket, contact=contact, by=by, now=now)
        return _("Added to %(number)s on behalf of %(name)s.") % {
            "number": message.ticket.number,
            "name": contact.name,
        }
    if act == "send":
        message = held.send_anyway(mail, by=by, now=now)
        return _("Reply sent on %(number)s.") % {"number": message.ticket.number}
    if act == "reject":
        held.reject(mail, reason=request.POST.get("reason", ""), by=by, now=now)
        return _("Email ignored.")
    if act == "again":
        row = held.try_again(mail, by=by, now=now)
        return _("New attempt: %(state)s.") % {"state": row.get_state_display()}
    raise DomainError(_("Select what to do with this email."), code="no_act")


def _find(request: HttpRequest, pk: str) -> IncomingMail:
    mails = IncomingMail.objects.visible_to(request.user)  # type: ignore[arg-type]
    mails = mails.select_related("sender__agent", "ticket", "about__account", "about__requester__user", "decided_by")
    mail = mails.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() and len(pk) < 16 else None
    if mail is None:
        raise Http404
    return mail


def _url(mail: IncomingMail) -> str:
    return reverse("admin:tickets_incomingmail_change", args=[mail.pk])


def _contact(request: PortalRequest) -> Contact:
    pk = request.POST.get("contact", "")
    people = Contact.objects.visible_to(request.user).active().for_acting()
    found = people.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() and len(pk) < 16 else None
    if found is None:
        raise DomainError(_("Select the person who wrote this email."), code="no_contact", field="contact")
    return found


def _ticket(request: PortalRequest, number: str) -> Ticket | None:
    tickets = Ticket.objects.visible_to(request.user).for_detail()
    return tickets.filter(pk=ticket_pk(number.strip()) or 0).first()


def _page(
    site: IncomingMailAdmin, request: Any, mail: IncomingMail, *, refusal: DomainError | None = None
) -> HttpResponse:
    named = (request.POST.get("ticket") or request.GET.get("ticket") or "").strip()[:30]
    ticket = _ticket(request, named) if named else mail.about
    numbers = mail.fact("numbers") or []
    if ticket is None and not named and numbers:
        named = numbers[0]
    query = (request.POST.get("q") or request.GET.get("q") or "").replace("\x00", "").strip()[:100]
    context = {
        **site.admin_site.each_context(request),
        "title": mail.subject or _("(no subject)"),
        "mail": mail,
        "refusal": refusal,
        "warnings": warnings(mail),
        "can_send": mail.cause == MailCause.STALE and mail.about and mail.sender and mail.sender.is_staff,
        "own_contacts": contacts_of(mail.sender) if mail.sender and not mail.sender.staff_role else [],
        "query": query,
        "people": _people(request, query) if query else [],
        "named": named or (ticket.number if ticket else ""),
        "ticket": ticket,
        "participants": people_of(ticket) if ticket else [],
        "reason": request.POST.get("reason", ""),
        "log": LogEntry.objects.filter(
            content_type__app_label="tickets", content_type__model="incomingmail", object_id=str(mail.pk)
        ).select_related("user"),
        "now": clock.now(),
    }
    status = 200 if refusal is None else 409 if isinstance(refusal, Stale) else 422
    return TemplateResponse(request, "admin/tickets/incomingmail/change_form.html", context, status=status)


def warnings(mail: IncomingMail) -> list[str]:
    """What an agent should know before they believe this mail."""
    said = []
    if mail.fact("verdict") == Verdict.UNVERIFIED:
        said.append(_("Unverified: our mail server could not confirm the sender."))
    elif mail.fact("verdict") == Verdict.UNKNOWN:
        said.append(_("Unverified: senders are not checked, so this address may be forged."))
    if mail.fact("reply_to"):
        said.append(
            _(
                "It asks for replies to %(address)s, which is not the sender’s address. Our replies go to"
                " the contact only."
            )
            % {"address": mail.fact("reply_to")}
        )
    if mail.fact("forwarded"):
        said.append(_("It is a forwarded email: the names in it are not verified."))
    if mail.fact("automatic"):
        said.append(_("It was sent automatically."))
    if mail.about and mail.cause == MailCause.OTHER_SENDER:
        said.append(
            _("It replies to %(number)s using an address created for another person.") % {"number": mail.about.number}
        )
    return said


def _people(request: Any, query: str) -> list[Contact]:
    people = Contact.objects.visible_to(request.user).active().select_related("user", "account")
    fits = Q(user__name__icontains=query) | Q(user__email__icontains=query) | Q(account__name__icontains=query)
    return list(people.filter(fits)[:MOST_PEOPLE])
