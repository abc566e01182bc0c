"""Mail that came back, on the page of a contact: since when, why, and the button that tries again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.core.models import Contact
from accounts.reachability.domain import try_again
from portal.lib.http import is_own_path


class Reachable:
    """For the admin of Contact."""

    def get_urls(self) -> list[Any]:
        ours = path("<id:pk>/reachable/", self.reachable, name="accounts_contact_reachable")
        return [ours, *super().get_urls()]  # type: ignore[misc]

    def reach(self, contact: Contact) -> str:
        return render_to_string("admin/accounts/contact/_reach.html", {"contact": contact})

    reach.short_description = gettext_lazy("email")  # type: ignore[attr-defined]

    def reachable(self, request: HttpRequest, pk: int) -> HttpResponse:
        contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("user"), pk=pk)  # type: ignore[arg-type]
        try_again(contact.user)
        messages.success(request, _("Emails to %(email)s will be sent again.") % {"email": contact.user.email})
        back = request.POST.get("back", "")
        return redirect(back if is_own_path(back) else "admin:accounts_contact_changelist")
