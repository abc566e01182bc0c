"""What people decide for themselves: language, time zone, appearance, and for which account they act."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.core.models import User
from accounts.identity.forms import ProfileForm
from portal.lib.http import ACTING, PortalRequest
from portal.lib.zones import zone


@require_http_methods(["GET", "POST"])
def profile(request: PortalRequest) -> HttpResponse:
    # A copy: a refused form must not change who the rest of the page believes is signed in.
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(person.language), timezone.override(zone(person.time_zone)):
            messages.success(request, _("Profile saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def switch(request: PortalRequest) -> HttpResponse:
    """Act for another of one's own accounts from now on, in this browser."""
    wanted = request.POST.get("contact", "")
    chosen = next((contact for contact in request.contacts if str(contact.pk) == wanted), None)
    if chosen is None:
        raise Http404("no contact of this person")
    request.session[ACTING] = chosen.pk
    messages.success(request, _("You now act for %(account)s.") % {"account": chosen.account.name})
    return redirect("portal:home")
