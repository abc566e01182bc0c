"""What every form carries (a built-in library: no {% load %} needed)."""

from typing import Any

from django import template
from django.forms import BaseForm, BoundField, Field
from django.template import Context
from django.template.defaulttags import CsrfTokenNode
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.lib import submissions

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> SafeString:
    """Django's own tag, and with it the token that makes the form safe to send twice: no form has one without the
    other, those of the admin included."""
    request: Any = context.get("request")
    token = submissions.new_token(getattr(request, "user", None), getattr(request, "contact", None))
    return format_html(
        '{}<input type="hidden" name="{}" value="{}">', CsrfTokenNode().render(context), submissions.FIELD, token
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def draft(context: Context, place: str = "") -> SafeString:
    """Where the words of this form are kept until they are sent: its own address, or that of the page. Other forms with
    a text are kept by drafts.js alone; these can be kept without it."""
    return format_html(
        '<input type="hidden" name="draft" value="{}">'
        '<noscript><button class="{}" formaction="{}" formnovalidate>{}</button></noscript>',
        place or context["request"].path,
        "d-button" if context["request"].path.startswith(reverse("admin:index")) else "button",
        reverse("portal:draft"),
        _("Save draft"),
    )


@register.inclusion_tag("admin/_summary.html", takes_context=True)
def form_errors(context: Context) -> dict[str, Any]:
    """On top of a page of the desk: what was wrong in its forms, with the way to each field. Pages that say it
    themselves have a `refusal`; those of the admin have their own note."""
    flat = context.flatten()
    if flat.get("refusal") or flat.get("adminform"):
        return {"forms": []}
    values = [item for value in flat.values() for item in (value if isinstance(value, list | tuple) else [value])]
    forms = {id(form): form for form in values if isinstance(form, BaseForm) and form.is_bound and form.errors}
    return {"forms": list(forms.values())}


@register.filter
def said_errors(field: BoundField) -> list[tuple[str, bool]]:
    """What was wrong in a field, each as a sentence, and whether the sentence itself says which field it means."""
    generic = str(Field.default_error_messages["required"])
    named = _("Enter “%(field)s”.") % {"field": field.label}
    return [(named, True) if str(error) == generic else (str(error), False) for error in field.errors]
