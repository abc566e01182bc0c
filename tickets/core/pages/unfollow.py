"""The page behind “Stop following” of a mail. Opening it changes nothing: programs open every link (#155)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.lib.clock import now
from tickets.core.domain.unfollowing import following, read_unfollow_token, stop_following


# The token is the permission, not the session; mail programs post here by themselves (RFC 8058).
@csrf_exempt
@require_http_methods(["GET", "POST"])
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    named = read_unfollow_token(token)
    if named is None:
        raise Http404
    if request.method == "POST":
        stop_following(*named, now=now())
    row = following(*named)
    return render(request, "tickets/unfollow.html", {"ticket": row.ticket if row else None})
