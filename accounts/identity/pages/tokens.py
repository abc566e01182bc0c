"""Tokens for programs: made here, shown once, revoked here."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity.domain.tokens import create_token, revoke
from accounts.identity.forms import TokenForm
from accounts.identity.models import ApiToken
from portal.lib.clock import machine_now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest

SHOWN = 50
# Says that the form was sent twice: the first answer had the secret.
AGAIN = "again"


@require_http_methods(["GET", "POST"])
def token_list(request: PortalRequest) -> HttpResponse:
    """The tokens of this person for this account; after a POST also the secret of the new one, this one time."""
    at = machine_now()
    form, made = TokenForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = create_token(
                user=request.user, contact=request.contact, name=data["name"], scopes=data["scopes"],
                days=data["days"], now=at,
            )  # fmt: skip
            form = TokenForm()
            # The secret stands in this answer only: whoever sends the form again is told so, and makes nothing.
            request.led_to = f"{reverse('accounts:tokens')}?{AGAIN}"
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    context = {
        "form": form,
        "made": made[0] if made else None,
        "secret": made[1] if made else "",
        "tokens": tokens_of(request).order_by("revoked_at", "-created_at")[:SHOWN],
        "soon": at + timedelta(days=7),
        "again": AGAIN in request.GET,
        "now": at,
    }
    response = render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def token_revoke(request: PortalRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(tokens_of(request), pk=pk)
    revoke(token, now=machine_now())
    messages.success(request, _("Token “%(name)s” revoked. It no longer works.") % {"name": token.name})
    return redirect("accounts:tokens")


def tokens_of(request: PortalRequest) -> QuerySet[ApiToken]:
    """One's own tokens; an account administrator also sees those of the colleagues, for the account."""
    own = Q(user=request.user, contact=request.contact)
    if request.contact is not None and request.contact.is_admin:
        own |= Q(contact__account=request.contact.account_id)
    return ApiToken.objects.filter(own).select_related("user")
