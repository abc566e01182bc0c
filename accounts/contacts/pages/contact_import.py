"""Contacts from a table: tried first, row by row, then taken all at once."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.contacts.domain import COLUMNS, MOST_BYTES, Outcome, import_contacts, text_of
from accounts.core.domain.contacts import regions_of
from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest


class ImportForm(forms.Form):
    """A file, or the table itself."""

    # A field, taken off the class by the metaclass.
    file = forms.FileField(
        label=_("File"), required=False,
        help_text=_("A table saved as “CSV UTF-8” (text with commas between the columns)."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
        error_messages={"empty": _("The file is empty.")},
    )  # fmt: skip
    text = forms.CharField(
        label=_("Or paste the table"), required=False, max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def contact_import(request: PortalRequest) -> HttpResponse:
    """“Check” says what would come of each row and keeps the table on the page; “Import” takes it."""
    account, outcome = request.contact.account, None
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            text, outcome = _read(request, form)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            if outcome.stored:
                count = len(outcome.lines)
                said = ngettext("%(count)s contact invited.", "%(count)s contacts invited.", count)
                messages.success(request, said % {"count": count})
                return redirect("accounts:contacts")
            form = ImportForm(initial={"text": text})
    refused = bool(form.errors) or bool(outcome and outcome.errors)
    context = {"form": form, "outcome": outcome, "columns": COLUMNS, "regions": regions_of(account)}
    return render(request, "accounts/contact_import.html", context, status=422 if refused else 200)


def _read(request: PortalRequest, form: ImportForm) -> tuple[str, Outcome]:
    file, text = form.cleaned_data["file"], form.cleaned_data["text"]
    if file:
        text = text_of(file.read(MOST_BYTES + 1))
    outcome = import_contacts(
        request.contact.account, text, by=request.user, now=now(), trial="import" not in request.POST
    )
    return text, outcome
