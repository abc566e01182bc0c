"""The chat console at /desk/chat/: who waits, my chats, one conversation with its card. Works by forms and keyboard."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.core.domain.entitlements import entitlements_of
from portal.lib import live
from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest, wants_fragment
from sla.core.enums import Priority
from tickets.chat.domain import handling, presence, talking
from tickets.chat.domain.converting import make_ticket
from tickets.chat.models import Chat
from tickets.chat.pages import SayForm, after_of, new_key, shown_lines

MOST_WAITING = 50
MOST_TICKETS = 5


@require_GET
def console(request: PortalRequest) -> HttpResponse:
    return _page(request, None, at=now())


@require_GET
def room(request: PortalRequest, key: str) -> HttpResponse:
    return _page(request, _chat_or_404(request, key), at=now())


@require_GET
def chat_list(request: PortalRequest) -> HttpResponse:
    """The lists alone: what the console without a conversation refreshes."""
    at = now()
    presence.still_there(request.user.agent, now=at)
    return TemplateResponse(request, "admin/chat/_list.html", _lists(request, None, at=at))


@require_GET
def lines(request: PortalRequest, key: str) -> HttpResponse:
    at = now()
    presence.still_there(request.user.agent, now=at)
    return _fragment(request, _chat_or_404(request, key), at=at)


@require_GET
def token(request: PortalRequest) -> HttpResponse:
    return JsonResponse({"token": live.mint(request, live.DESK)})


@require_POST
def set_presence(request: PortalRequest) -> HttpResponse:
    presence.set_presence(request.user.agent, is_on="on" in request.POST, now=now())
    return redirect("admin:chat")


@require_POST
def take(request: PortalRequest, key: str) -> HttpResponse:
    return _act(request, key, lambda chat, at: handling.accept(chat, by=request.user.agent, now=at))


@require_POST
def say(request: PortalRequest, key: str) -> HttpResponse:
    at, chat, form = now(), _chat_or_404(request, key), SayForm(request.POST)
    if form.is_valid():
        try:
            talking.say_as_agent(
                chat, by=request.user.agent, body=form.cleaned_data["body"], key=request.POST.get("key", ""), now=at
            )
        except DomainError as refusal:
            form.add_error("body", str(refusal))
    chat, status = _chat_or_404(request, key), 422 if form.errors else 200
    if wants_fragment(request):
        return _fragment(request, chat, at=at, form=form, status=status)
    if form.errors:
        return _page(request, chat, at=at, form=form, status=status)
    return redirect("admin:chat_room", key)


@require_POST
def transfer(request: PortalRequest, key: str) -> HttpResponse:
    def pass_on(chat: Chat, at: datetime) -> None:
        to = next((agent for agent in presence.agents_on(at) if str(agent.pk) == request.POST.get("to")), None)
        if to is None and request.POST.get("to") != "queue":
            raise DomainError(_("Select a colleague who is accepting chats, or the chat queue."), field="to")
        handling.transfer(chat, to=to, note=request.POST.get("note", ""), by=request.user.agent, now=at)

    return _act(request, key, pass_on)


@require_POST
def end(request: PortalRequest, key: str) -> HttpResponse:
    summary = request.POST.get("summary", "")
    return _act(
        request, key, lambda chat, at: handling.end_as_agent(chat, by=request.user.agent, summary=summary, now=at)
    )


@require_POST
def ticket(request: PortalRequest, key: str) -> HttpResponse:
    chosen = request.POST.get("priority", "")
    priority = Priority(int(chosen)) if chosen in {"1", "2", "3", "4"} else talking.USUAL_PRIORITY
    subject = request.POST.get("subject", "")
    return _act(
        request, key, lambda chat, at: make_ticket(chat, by=request.user, now=at, subject=subject, priority=priority)
    )


urls = [
    path("chat/", console, name="chat"),
    path("chat/list/", chat_list, name="chat_list"),
    path("chat/token/", token, name="chat_token"),
    path("chat/presence/", set_presence, name="chat_presence"),
    path("chat/<key:key>/", room, name="chat_room"),
    path("chat/<key:key>/lines/", lines, name="chat_lines"),
    path("chat/<key:key>/take/", take, name="chat_take"),
    path("chat/<key:key>/say/", say, name="chat_say"),
    path("chat/<key:key>/transfer/", transfer, name="chat_transfer"),
    path("chat/<key:key>/end/", end, name="chat_end"),
    path("chat/<key:key>/ticket/", ticket, name="chat_ticket"),
]


def _chat_or_404(request: PortalRequest, key: str) -> Chat:
    chat = Chat.objects.visible_to(request.user).for_page().filter(key=key).first()
    if chat is None:
        raise Http404("no such chat")
    return chat


def _act(request: PortalRequest, key: str, verb: Any) -> HttpResponse:
    """Run a verb; a refusal is shown beside the conversation, with what was typed."""
    at, chat = now(), _chat_or_404(request, key)
    try:
        verb(chat, at)
    except DomainError as refusal:
        return _page(request, _chat_or_404(request, key), at=at, refusal=refusal, status=422)
    messages.success(request, _("Done."))
    return redirect("admin:chat_room", key)


def _lists(request: PortalRequest, chat: Chat | None, *, at: datetime) -> dict[str, Any]:
    people = Chat.objects.select_related("account", "contact__user", "agent__user")
    return {
        "mine": list(people.held_by(request.user.agent)),
        "waiting": list(people.waiting()[:MOST_WAITING]),
        "open_chat": chat, "now": at,
    }  # fmt: skip


def _fragment(
    request: PortalRequest, chat: Chat, *, at: datetime, form: SayForm | None = None, status: int = 200
) -> HttpResponse:
    talking.mark_read(chat, by=request.user.agent, number=chat.lines_count)
    context = _lists(request, chat, at=at) | {
        "chat": chat, "lines": shown_lines(chat, after_of(request)), "form": form,
    }  # fmt: skip
    return TemplateResponse(request, "admin/chat/_fragment.html", context, status=status)


def _page(
    request: PortalRequest,
    chat: Chat | None,
    *,
    at: datetime,
    form: SayForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    agent = request.user.agent
    presence.still_there(agent, now=at)
    on = presence.agents_on(at)
    context = {
        **admin.site.each_context(request), "title": _("Chat"), "is_on": presence.is_on(agent), "refusal": refusal,
        "colleagues": [other for other in on if other.pk != agent.pk], "refresh_from": "",
    }  # fmt: skip
    if chat is not None:
        talking.mark_read(chat, by=agent, number=chat.lines_count)
        context |= {
            "chat": chat, "title": chat.topic, "lines": shown_lines(chat, 0), "form": form or SayForm(),
            "notes": list(chat.notes.select_related("author")), "key": request.POST.get("key") or new_key(),
            "is_mine": chat.is_open and chat.agent_id == agent.pk, "priorities": Priority.choices,
            "typed": request.POST, "entitlements": entitlements_of(chat.contact, at),
            "tickets": list(
                chat.account.tickets.live().filter(requester=chat.contact).in_order_of_due()[:MOST_TICKETS]
            ),
        }  # fmt: skip
    context |= _lists(request, chat, at=at)
    return TemplateResponse(request, "admin/chat/console.html", context, status=status)
