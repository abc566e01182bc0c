"""What every form carries (a built-in library: no {% load %} needed)."""

from django import template
from django.template import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.lib import submissions

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> SafeString:
    """Django's own tag, and with it the token that makes the form safe to send twice: no form has one without the
    other, those of the admin included."""
    return format_html(
        '{}<input type="hidden" name="{}" value="{}">',
        CsrfTokenNode().render(context), submissions.FIELD, submissions.new_token(),
    )  # fmt: skip
