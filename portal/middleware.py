"""What happens to every request: an id, the reader's language and zone, the permission table, the security headers."""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from accounts.models import Contact
from portal import unsent
from portal.drafts import page_before
from portal.lib import clock, drafts, submissions
from portal.lib.access import Role, role_of, rule_for
from portal.lib.http import ACTING
from portal.lib.permissions import DESK, TABLE
from portal.lib.zones import zone

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives the request an id of its own (never the client's) and says it in the answer, for errors and logs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = f"req_{secrets.token_hex(8)}"  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class ReaderMiddleware:
    """Who reads: `request.contacts`, `request.contact`, `request.role`; their language and time zone are activated."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        contacts: list[Contact] = []
        if user.is_authenticated and user.staff_role is None:
            # The oldest first: whoever invites a person later does not become the account they act for.
            contacts = list(Contact.objects.active().for_acting().filter(user=user).order_by("pk"))
            for contact in contacts:
                contact.user = user  # the same person: no second query, one cached role
        chosen = request.session.get(ACTING) if contacts else None
        request.contacts = contacts  # type: ignore[attr-defined]
        request.contact = next((c for c in contacts if c.pk == chosen), contacts[0] if contacts else None)  # type: ignore[attr-defined]
        request.role = role_of(user, request.contact)  # type: ignore[attr-defined]

        if user.is_authenticated:
            language, zone_name = user.language, user.time_zone
        else:
            language, zone_name = translation.get_language_from_request(request), "UTC"
        with translation.override(language), timezone.override(zone(zone_name)):
            response = self.get_response(request)
        if not response.has_header("Content-Language"):
            response["Content-Language"] = language
        if user.is_authenticated:
            response.setdefault("Cache-Control", "no-store")
        else:
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


class AccessMiddleware:
    """Asks the permission table before a page runs. The API asks it itself, after it has read the token."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        route = request.resolver_match.view_name
        rule = rule_for(route, TABLE, DESK)
        if rule is None:
            raise Http404("route without a row in the permission table")
        if route.startswith("api:"):
            return None
        method = "GET" if request.method in {"HEAD", "OPTIONS"} else request.method
        if method not in rule:
            return HttpResponseNotAllowed(sorted(rule))
        if request.role in rule[method]:
            return None
        if request.role == Role.ANONYMOUS:
            if method == "GET":
                return redirect_to_login(request.get_full_path())
            unsent.store(request, now=clock.now())
            return redirect_to_login(_page_of_form(request, rule))
        raise PermissionDenied


# Names to drafts.js the drafts whose words the server has taken; read and cleared by the next page.
TAKEN, MAX_COOKIE, HOUR = "taken", 2000, 3600


class OnceMiddleware:
    """Acts once on a form that is sent twice; the second answer leads to where the first one led.

    Innermost, behind the permission table. Answers other than a redirect, and redirects that carry an error, are
    refusals, questions or fragments with keys of their own: whoever sends such a form again is heard again.
    """

    # Doing these twice is doing them once, and a page sends them again without being drawn anew. Signing in is here
    # because the answer that counts is the one that carries the session.
    HARMLESS = frozenset(
        {"account_login", "account_logout", "admin:logout", "portal:theme", "portal:language", "portal:draft"}
    )
    # Programs post here, and the view looks at the size before anything reads what came.
    NO_FORM = frozenset({"tickets:mail_inbound"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> Any:
        route = request.resolver_match.view_name
        if request.method != "POST" or route.startswith("api:") or route in self.HARMLESS | self.NO_FORM:
            return None
        key = submissions.key_of(request)
        if key is None:
            return None
        user = request.user if request.user.is_authenticated else None
        try:
            with transaction.atomic():
                submission = submissions.begin(user, key, now=clock.now())
                response = view(request, *args, **kwargs)
                led_to = leads_to(request, response)
                if led_to:
                    submissions.end(submission, led_to)
                    self._taken(request, response)
                    drafts.forget_sent(request)
                else:
                    submission.delete()
        except submissions.AlreadyDone as done:
            return self._taken(request, redirect(done.result))
        return response

    def _taken(self, request: Any, response: HttpResponse) -> HttpResponse:
        """Tell the browser that the words of this form have arrived; the act's own transaction deletes their draft."""
        place = request.POST.get("draft", "")
        if request.user.is_authenticated and drafts.is_place(place):
            said = f"{request.COOKIES.get(TAKEN, '')}|{quote(place, safe='')}".lstrip("|")[-MAX_COOKIE:]
            response.set_cookie(TAKEN, said, max_age=HOUR, samesite="Lax", secure=request.is_secure())
        return response


def leads_to(request: Any, response: HttpResponse) -> str:
    """Where the form led when it was acted on, else nothing. A page that shows a secret once says `request.led_to`."""
    if hasattr(request, "led_to"):
        return str(request.led_to)
    queued: Any = messages.get_messages(request)
    failed = any(message.level >= messages.ERROR for message in queued._queued_messages)
    return str(response.get("Location", "")) if 300 <= response.status_code < 400 and not failed else ""


def _page_of_form(request: Any, rule: Any) -> str:
    """Where somebody was whose session ended while they wrote: there the words are, and signing in leads back."""
    before = page_before(request)
    if before != "/" and not before.startswith(reverse("account_login")):
        return before
    return str(request.get_full_path()) if "GET" in rule else "/"


def content_security_policy(policy: dict[str, list[str]]) -> str:
    return "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in policy.items())


class SecurityHeadersMiddleware:
    """The content security policy on every answer, errors included."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = content_security_policy(settings.SECURE_CSP)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", self.policy)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        return response
