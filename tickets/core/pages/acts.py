"""What a customer does with a ticket: answer, close, reopen, ask for another priority, follow."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Contact
from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from portal.lib.typed import as_id
from sla.core.domain.definitions import definition
from sla.core.enums import Priority
from tickets.core.domain.conversation import NewerMessage, reply_as_customer, unread
from tickets.core.domain.followers import add_follower, remove_follower
from tickets.core.domain.language import choose_language, decides_language, has_language_choice
from tickets.core.domain.lifecycle import ask_for_priority, close_by_customer
from tickets.core.domain.merging import survivor_of
from tickets.core.domain.preview import DueChange, consequence, language_consequence
from tickets.core.enums import Channel, LanguageChoice, Status
from tickets.core.forms import LanguageForm, PriorityForm, ReplyForm
from tickets.core.models import Message, Ticket
from tickets.core.pages.detail import page_context
from tickets.core.pages.find import ticket_or_404
from tickets.core.pages.uploads import Uploads, add_refusal, read_uploads


@dataclass(frozen=True)
class Wish:
    """One other priority, what it means, and what it would do to the promises that run."""

    priority: Priority
    definition: str
    changes: list[DueChange]


@require_http_methods(["GET", "POST"])
def reply(request: PortalRequest, number: str) -> HttpResponse:
    """Send an answer, and with "solve" close the ticket in the same act. GET leads to the form on the ticket's page."""
    at = now()
    named = ticket_or_404(request, number)
    ticket = survivor_of(named, request.contact)
    if request.method == "GET":
        return redirect(f"{ticket.get_absolute_url()}#reply")
    form, uploads = ReplyForm(request.POST), read_uploads(request, now=at)
    if uploads.errors:
        for error in uploads.errors:
            form.add_error("files", error)
    if not form.is_valid():
        return _again(request, ticket, form, uploads, at=at)
    try:
        sent = _send(request, ticket, form, uploads, at=at)
    except NewerMessage:
        return _again(request, ticket, form, uploads, at=at)
    except DomainError as refusal:
        add_refusal(form, refusal)
        return _again(request, ticket, form, uploads, at=at)
    if sent.ticket_id != ticket.pk:
        messages.success(
            request,
            _("%(old)s is permanently closed, so your message opened %(new)s.")
            % {"old": ticket.number, "new": sent.ticket.number},
        )
        return redirect("tickets:receipt", sent.ticket.number)
    if ticket != named:
        messages.success(request, _merged(named, ticket))
    elif "solve" in request.POST:
        messages.success(request, _("Reply sent and ticket solved. You can reopen it for 7 days."))
    else:
        messages.success(request, _("Reply sent."))
    return redirect(f"{ticket.get_absolute_url()}#message-{sent.pk}")


@transaction.atomic
def _send(request: PortalRequest, ticket: Ticket, form: ReplyForm, uploads: Uploads, *, at: datetime) -> Message:
    sent = reply_as_customer(
        ticket,
        body=form.cleaned_data["body"],
        by=request.contact,
        channel=Channel.PORTAL,
        now=at,
        attachments=uploads.kept,
        seen_message=as_id(request.POST.get("seen")),
    )
    if "solve" in request.POST and sent.ticket_id == ticket.pk:
        close_by_customer(ticket, by=request.user, now=at)
    return sent


def _again(request: PortalRequest, ticket: Ticket, form: ReplyForm, uploads: Uploads, *, at: datetime) -> HttpResponse:
    """The page once more, with everything that was written and, on top, what somebody else wrote meanwhile."""
    newer = unread(ticket, as_id(request.POST.get("seen")), by=request.user)
    context = page_context(request, ticket, at=at, form=form, uploads=uploads, newer=newer)
    return render(request, "tickets/detail.html", context, status=409 if newer and not form.errors else 422)


def _merged(ticket: Ticket, survivor: Ticket) -> str:
    return _("%(old)s was merged into %(new)s. The conversation continues here.") % {
        "old": ticket.number,
        "new": survivor.number,
    }


def _merged_into_page(request: PortalRequest, ticket: Ticket) -> HttpResponse | None:
    """The way to the survivor of a merged ticket, where the act has to be done now."""
    survivor = survivor_of(ticket, request.contact)
    if survivor == ticket:
        return None
    messages.info(request, _merged(ticket, survivor))
    return redirect(survivor)


@require_POST
def close(request: PortalRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number)
    if moved := _merged_into_page(request, ticket):
        return moved
    close_by_customer(ticket, by=request.user, now=now())
    messages.success(request, _("Ticket solved. You can reopen it for 7 days."))
    return redirect(ticket)


@require_POST
def reopen(request: PortalRequest, number: str) -> HttpResponse:
    """Bring a solved ticket back, with a sentence on what is still missing: it starts the clock of our answer."""
    at = now()
    ticket = ticket_or_404(request, number)
    if moved := _merged_into_page(request, ticket):
        return moved
    if ticket.status != Status.SOLVED:
        messages.info(request, _("Only a solved ticket can be reopened. Reply to the ticket instead."))
        return redirect(f"{ticket.get_absolute_url()}#reply")
    try:
        reply_as_customer(ticket, body=request.POST.get("body", ""), by=request.contact, channel=Channel.PORTAL, now=at)
    except DomainError:
        messages.error(request, _("Enter what is not solved yet, then reopen the ticket."))
        return redirect(f"{ticket.get_absolute_url()}#reopen")
    messages.success(request, _("Ticket reopened. It is waiting for us."))
    return redirect(ticket)


@require_http_methods(["GET", "POST"])
def priority(request: PortalRequest, number: str) -> HttpResponse:
    """Ask for another priority; what each would change stands beside it before anybody asks."""
    at = now()
    ticket = ticket_or_404(request, number)
    if moved := _merged_into_page(request, ticket):
        return moved
    form = PriorityForm(request.POST or None, ticket=ticket)
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_priority(
                ticket, form.cleaned_data["priority"], reason=form.cleaned_data["reason"], by=request.user, now=at
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Request sent. The support team will decide and let you know."))
            return redirect(ticket)
    others = [other for other in Priority if other != ticket.priority] if ticket.is_live else []
    changes = [Wish(other, definition(other), consequence(ticket, other, now=at).changes) for other in others]
    context = {"ticket": ticket, "form": form, "changes": changes, "now": at}
    return render(request, "tickets/priority.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def language(request: PortalRequest, number: str) -> HttpResponse:
    """Choose anew between English around the clock and one's own language in business hours.

    What the other choice does to our answer stands on the page before it is made.
    """
    at = now()
    ticket = ticket_or_404(request, number)
    if moved := _merged_into_page(request, ticket):
        return moved
    if not decides_language(ticket, request.contact) or not has_language_choice(ticket, now=at):
        messages.info(request, _("You cannot change the reply language of this ticket."))
        return redirect(ticket)
    form, status = LanguageForm(request.POST or None, initial={"language_choice": ticket.language_choice}), 200
    if request.method == "POST":
        status = 422
        if request.POST.get("was", ticket.language_choice) != ticket.language_choice:
            form.add_error(None, _("Somebody else has changed the language. Check the current choice, then decide."))
            status = 409
        if form.is_valid():
            try:
                choose_language(ticket, form.cleaned_data["language_choice"], by=request.contact, now=at)
            except DomainError as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, _("Choice saved. The due times below are up to date."))
                return redirect(ticket)
    other = next(choice for choice in LanguageChoice if choice != ticket.language_choice)
    context = {
        "ticket": ticket, "form": form, "change": language_consequence(ticket, other, now=at), "now": at,
        "choices": list(LanguageChoice),
    }  # fmt: skip
    return render(request, "tickets/language.html", context, status=status)


@require_POST
def follow(request: PortalRequest, number: str) -> HttpResponse:
    """Follow the ticket, or with "stop" no longer."""
    at = now()
    ticket = ticket_or_404(request, number)
    if "stop" in request.POST:
        remove_follower(ticket, request.contact, by=request.user, now=at)
        messages.success(request, _("You no longer follow %(number)s.") % {"number": ticket.number})
        # A private ticket may have been visible through following only.
        if not Ticket.objects.visible_to(request.user, request.contact).filter(pk=ticket.pk).exists():
            return redirect("tickets:list")
    else:
        add_follower(ticket, request.contact, by=request.user, now=at)
        messages.success(request, _("You now follow %(number)s.") % {"number": ticket.number})
    return redirect(ticket)


@require_POST
def follower_add(request: PortalRequest, number: str) -> HttpResponse:
    at = now()
    ticket = ticket_or_404(request, number)
    colleague = _colleague(request, ticket)
    add_follower(ticket, colleague, by=request.user, now=at)
    messages.success(request, _("%(name)s now follows the ticket.") % {"name": colleague.name})
    return redirect(ticket)


@require_POST
def follower_remove(request: PortalRequest, number: str) -> HttpResponse:
    at = now()
    ticket = ticket_or_404(request, number)
    colleague = _colleague(request, ticket, active=False)
    remove_follower(ticket, colleague, by=request.user, now=at)
    messages.success(request, _("%(name)s no longer follows the ticket.") % {"name": colleague.name})
    return redirect(ticket)


def _colleague(request: HttpRequest, ticket: Ticket, *, active: bool = True) -> Contact:
    """The contact of the ticket's account that the form names; anybody else does not exist."""
    pk = request.POST.get("contact", "")
    people = Contact.objects.filter(account=ticket.account_id).select_related("user")
    if active:
        people = people.active()
    found = people.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() and len(pk) <= 18 else None
    if found is None:
        raise Http404("no such colleague")
    return found
