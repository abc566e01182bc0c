"""Pages of the site as a whole: where one starts, language and appearance, help, the living style guide."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST

from accounts.core.enums import Theme
from portal.lib import clock
from portal.lib.access import CUSTOMERS, STAFF
from portal.lib.http import PortalRequest, is_own_path
from portal.styleguide import examples
from tickets.core.pages.on_now import on_now

YEAR = 365 * 24 * 60 * 60


@require_GET
def start(request: PortalRequest) -> HttpResponse:
    """The first page after signing in: the desk, the portal, or why there is neither."""
    if request.role in STAFF:
        return redirect("admin:index")
    if request.role in CUSTOMERS:
        return redirect("portal:home")
    return render(request, "portal/stranger.html")


def _back(request: HttpRequest) -> HttpResponse:
    """To the page that the form stood on, if it is one of ours."""
    page = request.POST.get("next", "")
    return HttpResponseRedirect(page if is_own_path(page) else "/")


def _remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return response


@require_POST
def language(request: PortalRequest) -> HttpResponse:
    """Kept in the profile of whoever is signed in, and in a cookie for the sign-in page."""
    code = request.POST.get("language", "")
    response = _back(request)
    if code not in dict(settings.LANGUAGES) or not check_for_language(code):
        return response
    if request.user.is_authenticated:
        request.user.language = code
        request.user.save(update_fields=["language"])
    return _remember(request, response, settings.LANGUAGE_COOKIE_NAME, code)


@require_POST
def theme(request: PortalRequest) -> HttpResponse:
    """Light, dark or as the system; kept like the language."""
    chosen = request.POST.get("theme", "")
    response = _back(request)
    if chosen not in Theme.values:
        return response
    if request.user.is_authenticated:
        request.user.theme = chosen
        request.user.save(update_fields=["theme"])
    return _remember(request, response, "theme", chosen)


@require_GET
def help_page(request: PortalRequest) -> HttpResponse:
    """How targets are counted, how to reach us, who answers now (for customers), and how accessible this site is."""
    shown = {"on_now": on_now(request.user, now=clock.now())} if request.role in CUSTOMERS else {}
    return render(request, "portal/help.html", shown)


@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state; in demonstration mode only. The accessibility tests walk it."""
    if not settings.DEMO:
        raise Http404
    return render(request, "portal/styleguide.html", examples(now=clock.now()))
