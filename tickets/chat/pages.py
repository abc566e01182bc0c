"""The customer's chat: whether anybody is there, the conversation, and the ways out of it. Works by forms alone."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Contact
from portal.lib import drafts, live
from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest, wants_fragment
from portal.lib.limits import Limit, hit
from sla.core.domain.terms import NoTarget
from sla.core.enums import Priority
from tickets.chat.domain import handling, talking
from tickets.chat.domain.availability import availability, place_of, usual_wait
from tickets.chat.domain.converting import make_ticket
from tickets.chat.domain.lines import LONGEST_LINE
from tickets.chat.domain.wording import sentence
from tickets.chat.models import Chat
from tickets.core.domain.opening import OpenTicket, open_ticket
from tickets.core.domain.preview import outlook
from tickets.core.enums import Channel
from tickets.core.models import Ticket

# More than a person types; less than a program sends (#168).
LINES = Limit("chat_lines", 40, timedelta(minutes=1))


class StartForm(forms.Form):
    topic = forms.CharField(
        label=gettext_lazy("Subject"), max_length=talking.LONGEST_TOPIC,
        error_messages={
            "required": gettext_lazy("Enter a subject."),
            "max_length": gettext_lazy("The subject can have %(limit_value)s characters."),
        },
    )  # fmt: skip
    body = forms.CharField(
        label=gettext_lazy("Your message"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST_LINE,
        help_text=gettext_lazy("Our reply target starts with this message."),
        error_messages={
            "required": gettext_lazy("Enter your message."),
            "max_length": gettext_lazy(
                "The first message can have %(limit_value)s characters. For more, open a ticket."
            ),
        },
    )  # fmt: skip


class SayForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("Your message"), widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Enter a message.")},
    )  # fmt: skip


class TicketForm(forms.Form):
    subject = forms.CharField(
        label=gettext_lazy("Subject"), max_length=200,
        error_messages={
            "required": gettext_lazy("Enter a subject."),
            "max_length": gettext_lazy("The subject can have %(limit_value)s characters. Shorten it."),
        },
    )  # fmt: skip
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), choices=Priority.choices, coerce=lambda value: Priority(int(value))
    )


@require_http_methods(["GET", "POST"])
def chat_start(request: PortalRequest) -> HttpResponse:
    """Whether the chat is open for this person, and its first line. An open chat goes on where it is; while nobody is
    there the same form leaves the question, as a ticket."""
    at = now()
    running = Chat.objects.running().filter(contact=request.contact).first()
    if running is not None and request.method == "GET":
        return redirect("tickets:chat_room", running.key)
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _slow_down(request, at=at)
            if "leave" in request.POST:
                return redirect("tickets:receipt", _leave_question(request, form.cleaned_data, at=at).number)
            chat = talking.start_chat(
                request.contact, topic=form.cleaned_data["topic"], body=form.cleaned_data["body"],
                key=request.POST.get("key", ""), now=at,
            )  # fmt: skip
        except talking.AlreadyChatting as refusal:
            return redirect("tickets:chat_room", refusal.metadata["chat"])
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return redirect("tickets:chat_room", chat.key)
    found = availability(request.contact, now=at)
    context = {
        "form": form, "found": found, "now": at, "wait": usual_wait(now=at),
        "answer_by": None if found.is_open else _answer_by(request, at=at),
        "key": request.POST.get("key") or new_key(),
    }  # fmt: skip
    return render(request, "tickets/chat/start.html", context, status=422 if form.errors else 200)


def _leave_question(request: PortalRequest, values: dict[str, Any], *, at: datetime) -> Ticket:
    """What would have been the first line, as a ticket: its target counts from now."""
    new = OpenTicket(
        requester=request.contact,
        subject=values["topic"],
        body=values["body"],
        priority=talking.USUAL_PRIORITY,
        channel=Channel.CHAT,
    )
    return open_ticket(new, by=request.user, now=at)


def _answer_by(request: PortalRequest, *, at: datetime) -> datetime | None:
    """By when a question that is left now would be answered."""
    try:
        return outlook(request.contact, now=at).promises[talking.USUAL_PRIORITY].response_due_at
    except NoTarget:
        return None


@require_GET
def room(request: PortalRequest, key: str) -> HttpResponse:
    """The conversation. It is the same page after a reload, in another tab and tomorrow."""
    form = SayForm(initial=drafts.draft_at(request, reverse("tickets:chat_say", args=[key])))
    return _room(request, _chat_or_404(request, key), form=form, at=now())


@require_GET
def lines(request: PortalRequest, key: str) -> HttpResponse:
    """What came after line `after`, and how the chat stands: what the live page fetches."""
    at = now()
    chat = _chat_or_404(request, key)
    talking.customer_is_there(chat, now=at)
    return _fragment(request, chat, at=at)


@require_GET
def token(request: PortalRequest, key: str) -> HttpResponse:
    """What opens the live stream of this chat for the next minutes."""
    chat = _chat_or_404(request, key)
    return JsonResponse({"token": live.mint(request, f"{live.CHAT}{chat.key}")})


@require_POST
def say(request: PortalRequest, key: str) -> HttpResponse:
    at = now()
    chat = _chat_or_404(request, key)
    form = SayForm(request.POST)
    if form.is_valid():
        try:
            _slow_down(request, at=at)
            talking.say_as_customer(
                chat, by=request.contact, body=form.cleaned_data["body"], key=request.POST.get("key", ""), now=at
            )
        except DomainError as refusal:
            form.add_error("body", str(refusal))
    chat = _chat_or_404(request, key)
    if wants_fragment(request):
        return _fragment(request, chat, at=at, form=form, status=422 if form.errors else 200)
    if form.errors:
        return _room(request, chat, form=form, at=at, status=422)
    return redirect("tickets:chat_room", key)


@require_POST
def end(request: PortalRequest, key: str) -> HttpResponse:
    """Leave. A line that was typed and not sent stays the writer's: in the reply field of the ticket, or to copy."""
    at = now()
    chat = handling.end_as_customer(_chat_or_404(request, key), by=request.contact, now=at)
    typed = request.POST.get("body", "")[: drafts.MAX_CHARS]
    if typed.strip():
        room_of = reverse("tickets:chat_room", args=[key])
        place = reverse("tickets:reply", args=[chat.ticket.number]) if chat.ticket else room_of
        drafts.save(request.user, request.contact, place, {"body": typed}, now=at)
    if chat.ticket is not None and typed.strip():
        messages.success(
            request,
            _(
                "Your question is now ticket %(number)s. The reply is sent by email. Your unsent text is in "
                "the reply field of the ticket."
            )
            % {"number": chat.ticket.number},
        )
    elif chat.ticket is not None:
        messages.success(
            request,
            _("Your question is now ticket %(number)s. The reply is sent by email.") % {"number": chat.ticket.number},
        )
    else:
        messages.success(request, _("Chat ended. The transcript will be sent by email."))
    return redirect("tickets:chat_room", key)


@require_http_methods(["GET", "POST"])
def ticket(request: PortalRequest, key: str) -> HttpResponse:
    """What would be promised, then the ticket."""
    at = now()
    chat = _chat_or_404(request, key)
    if chat.ticket is not None:
        return redirect(chat.ticket.get_absolute_url())
    form = TicketForm(request.POST or None, initial={"subject": chat.topic, "priority": talking.USUAL_PRIORITY})
    if request.method == "POST" and form.is_valid():
        try:
            made = make_ticket(chat, by=request.user, now=at, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The chat is now ticket %(number)s.") % {"number": made.number})
            return redirect(made.get_absolute_url())
    try:
        reckoned = outlook(request.contact, now=chat.started_at, region=chat.region)
    except NoTarget:
        reckoned = None
    context = {"chat": chat, "form": form, "outlook": reckoned, "now": at}
    return render(request, "tickets/chat/ticket.html", context, status=422 if form.errors else 200)


@require_POST
def transcript(request: PortalRequest, key: str) -> HttpResponse:
    handling.send_transcript(_chat_or_404(request, key), to=request.user, now=now())
    messages.success(request, _("The transcript will be sent to %(email)s.") % {"email": request.user.email})
    return redirect("tickets:chat_room", key)


def new_key() -> str:
    """Names a line before it is sent, so that it can be sent again."""
    return secrets.token_urlsafe(16)


def shown_lines(chat: Chat, after: int) -> list[dict[str, Any]]:
    """Lines as both faces show them: those of the system in words."""
    return [{"line": line, "words": sentence(line) if line.event else ""} for line in talking.lines_after(chat, after)]


def after_of(request: PortalRequest) -> int:
    """The number of the last line that the page has; nonsense counts as none."""
    text = request.GET.get("after") or request.POST.get("after") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _chat_or_404(request: PortalRequest, key: str) -> Chat:
    chat = Chat.objects.visible_to(request.user, request.contact).for_page().filter(key=key).first()
    if chat is None:
        raise Http404("no such chat")
    return chat


def _slow_down(request: PortalRequest, *, at: datetime) -> None:
    if hit(LINES, f"user:{request.user.pk}", now=at) is not None:
        raise DomainError(_("You are sending messages too fast. Wait a moment, then try again."), code="slow_down")


def _state(chat: Chat, contact: Contact, *, at: datetime) -> dict[str, Any]:
    return {
        "chat": chat, "place": place_of(chat), "wait": usual_wait(now=at) if chat.agent_id is None else None, "now": at,
    }  # fmt: skip


def _fragment(
    request: PortalRequest, chat: Chat, *, at: datetime, form: SayForm | None = None, status: int = 200
) -> HttpResponse:
    context = _state(chat, request.contact, at=at) | {"lines": shown_lines(chat, after_of(request)), "form": form}
    return render(request, "tickets/chat/_fragment.html", context, status=status)


def _unsent(request: PortalRequest, chat: Chat) -> str:
    """What this person typed in a chat that has ended: before they left, or when somebody else ended it."""
    places = [reverse(f"tickets:{name}", args=[chat.key]) for name in ("chat_room", "chat_say")]
    found = drafts.of(request.user, request.contact, places)
    return next(
        (found[place].fields["body"] for place in places if place in found and "body" in found[place].fields), ""
    )


def _room(request: PortalRequest, chat: Chat, *, form: SayForm, at: datetime, status: int = 200) -> HttpResponse:
    talking.customer_is_there(chat, now=at)
    context = _state(chat, request.contact, at=at) | {
        "lines": shown_lines(chat, 0), "form": form, "key": request.POST.get("key") or new_key(),
        "unsent": "" if chat.is_open else _unsent(request, chat),
    }  # fmt: skip
    return render(request, "tickets/chat/room.html", context, status=status)
