"""What the style guide shows: each component in every state, made of plain values, so that the page needs no rows."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import chips
from portal.chips import Chip
from portal.lib.durations import say_briefly_by
from sla.core.enums import Priority
from tickets.core.enums import Turn

TEXT = (
    "We found the cause: the certificate of the **mail gateway** ended on Monday.\n\n"
    "1. Stop the service\n2. Renew with `certtool --renew`\n3. Start it again\n\n"
    "> It worked last week.\n\nMore at https://docs.example.com/gateway."
)


class ExampleForm(forms.Form):
    """One field of each kind."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=80)
    area = forms.ChoiceField(label=gettext_lazy("Product"), choices=[("a", "Gateway"), ("b", "Console")])
    text = forms.CharField(
        label=gettext_lazy("Description"), widget=forms.Textarea, help_text=gettext_lazy("What, where, since when.")
    )
    choice = forms.ChoiceField(
        label=gettext_lazy("Language"), widget=forms.RadioSelect, choices=[("en", "English"), ("fr", "Français")]
    )
    private = forms.BooleanField(label=gettext_lazy("Private: visible only to you and the followers"), required=False)


def chip_states(now: datetime) -> list[tuple[str, list[Chip]]]:
    """(side, the chip of each state) for customers and for staff."""
    zone = timezone.get_current_timezone()
    due = now + timedelta(hours=3)

    def side(*, for_staff: bool) -> list[Chip]:
        late, soon = chips.templates(response=True)
        return [
            Chip("on_track", chips.by(response=True) % {"moment": say_briefly_by(due, now, zone)}),
            Chip("due_soon", soon.replace("%s", "22 min")),
            Chip("overdue", late.replace("%s", "14 min")),
            chips.paused(for_staff=for_staff),
            Chip("resting", _("Resumes %(moment)s") % {"moment": say_briefly_by(now + timedelta(days=2), now, zone)}),
            Chip("met", _("Met (%(length)s)") % {"length": "38 min"}),
            Chip("missed", _("Missed by %(length)s") % {"length": "6 min"}),
        ]

    return [(_("Customers"), side(for_staff=False)), (_("Agent workspace"), side(for_staff=True))]


def examples(*, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "sides": chip_states(now),
        "priorities": list(Priority),
        "turns": list(Turn),
        "form": ExampleForm(prefix="good"),
        "wrong": ExampleForm({}, prefix="bad"),
        "levels": ["success", "info", "warning", "error"],
        "text": TEXT,
        "earlier": now - timedelta(hours=26),
        "later": now + timedelta(hours=3, minutes=12),
        "far": now + timedelta(days=400),
    }
