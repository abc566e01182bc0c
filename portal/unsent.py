"""Words that arrived after the session of their writer had ended: kept, and handed to nobody but that writer.

The form itself says for whom it was drawn (portal/lib/submissions.py signs it), so nothing is kept of a form that no
signed-in page of ours has drawn. The words wait in the session of the browser that sent them, for an hour. Whoever
signs in there takes them out of it: the writer as the draft of the form, or to copy where a form keeps no draft;
anybody else loses them unseen.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Contact
from portal.lib import clock, drafts, submissions
from portal.lib.errors import DomainError
from portal.lib.http import ACTING

UNSENT = "unsent"  # templates/account/login.html asks for it
KEPT_FOR = timedelta(hours=1)
# Never kept, whatever form they stand in.
_SECRETS = ("password", "secret", "token", "code")


def store(request: Any, *, now: datetime) -> None:
    """Keep the words of the form that nobody is signed in for; the last one only."""
    writer = submissions.writer_of(request.POST.get(submissions.FIELD, ""))
    if writer is None or request.resolver_match.view_name.startswith("account_"):
        return
    words = drafts.draft_values(request.POST)
    fields = {name: text for name, text in words.items() if not any(part in name.lower() for part in _SECRETS)}
    if not fields or len(fields) > drafts.MAX_FIELDS or sum(map(len, fields.values())) > drafts.MAX_CHARS:
        return
    request.session[UNSENT] = {
        "user": writer[0], "contact": writer[1], "place": request.POST.get("draft", ""), "fields": fields,
        "until": (now + KEPT_FOR).timestamp(),
    }  # fmt: skip


@receiver(user_logged_in)
def restore(request: Any, user: Any, **_more: Any) -> None:
    """Whoever signs in takes them out of the session; only the writer gets them, acting as they did."""
    kept = request.session.pop(UNSENT, None) if hasattr(request, "session") else None
    now = clock.now()
    if kept is None or kept["user"] != user.pk or kept["until"] < now.timestamp():
        return
    contact = None
    if kept["contact"]:
        contact = Contact.objects.active().filter(user=user, pk=kept["contact"]).first()
        if contact is None:
            return
        request.session[ACTING] = contact.pk
    elif user.staff_role is None:
        return
    with override(user.language):
        try:
            drafts.save(user, contact, kept["place"], kept["fields"], now=now)
        except DomainError:
            messages.warning(request, _to_copy(kept["fields"]))
        else:
            messages.warning(request, _("Your session had expired, so nothing was sent. Your text is in the form."))


def _to_copy(fields: dict[str, str]) -> SafeString:
    """The form keeps no draft: the texts themselves, without what was only chosen (a choice has no blank in it)."""
    words = "\n\n".join(text.strip() for text in fields.values() if len(text.split()) > 1)
    if not words:
        return format_html("{}", _("Your session had expired, so nothing was sent. Send the form again."))
    return format_html(
        '<label>{} <textarea rows="6" readonly>{}</textarea></label>',
        _("Your session had expired, so nothing was sent. Copy your text:"), words,
    )  # fmt: skip
