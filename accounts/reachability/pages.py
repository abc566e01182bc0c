"""A person whose mail came back says that their address works again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.reachability.domain import try_again
from portal.lib.http import PortalRequest


@require_POST
def reachable(request: PortalRequest) -> HttpResponse:
    try_again(request.user)
    messages.success(request, _("We write to %(email)s again.") % {"email": request.user.email})
    return redirect("portal:start")
