"""What agents write on a ticket."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact, Region
from sla.core.enums import Priority, priority_choices
from tickets.core.domain.check_ins import LABELS
from tickets.core.enums import NEXT, Channel, Status
from tickets.core.models import Ticket

MOST_LETTERS = 50_000
# Four parts and their headings fit into one message.
MOST_OF_A_PART = 12_000
TOO_LONG = {"max_length": _("Enter at most %(limit_value)d characters; you entered %(show_value)d.")}


class ReplyForm(forms.Form):
    """A public answer, or a check-in; `seen` and `seen_note` are the newest words on the page when it was drawn."""

    body = forms.CharField(
        label=_("Reply"), max_length=MOST_LETTERS, required=False, widget=forms.Textarea(attrs={"rows": 7}),
        error_messages=TOO_LONG,
    )  # fmt: skip
    status = forms.ChoiceField(
        label=_("Then change status to"), required=False,
        error_messages={"invalid_choice": _("The ticket cannot change to this status. Select another one.")},
    )  # fmt: skip
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    seen_note = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stays = Status.OPEN if ticket.status == Status.NEW else Status(ticket.status)
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            ("", stays.label),
            *((to.value, to.label) for to in moves(ticket) if to not in {stays, Status.CLOSED}),
        ]


class CheckInForm(forms.Form):
    """The four parts of an enhanced check-in. Which of them must be there is the verb's business."""

    changed = forms.CharField(
        label=LABELS["changed"], max_length=MOST_OF_A_PART, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=TOO_LONG,
    )  # fmt: skip
    stands = forms.CharField(
        label=LABELS["stands"], max_length=MOST_OF_A_PART, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=TOO_LONG,
    )  # fmt: skip
    next_step = forms.CharField(
        label=LABELS["next_step"], max_length=MOST_OF_A_PART, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=TOO_LONG,
    )  # fmt: skip
    next_at = forms.DateTimeField(
        label=LABELS["next_at"], required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Enter a date and a time that exists on that day.")},
    )  # fmt: skip
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    seen_note = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="check_in_%s", **kwargs)


class NoteForm(forms.Form):
    """Words among staff."""

    note = forms.CharField(
        label=_("Internal note"), max_length=MOST_LETTERS, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=TOO_LONG,
    )  # fmt: skip


class OpeningForm(forms.Form):
    """A ticket that an agent writes down for a customer."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Description"), max_length=MOST_LETTERS, widget=forms.Textarea(attrs={"rows": 6}))
    priority = forms.TypedChoiceField(
        label=_("Priority"), coerce=lambda value: Priority(int(value)), widget=forms.RadioSelect,
        choices=priority_choices, initial=Priority.MEDIUM.value,
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("Received by"),
        choices=[(c.value, c.label) for c in (Channel.PHONE, Channel.CHAT, Channel.EMAIL, Channel.DESK)],
    )
    region = forms.ModelChoiceField(
        label=_("Region"), queryset=Region.objects.none(), required=False,
        empty_label=_("Region of the customer"),
    )  # fmt: skip
    live = forms.BooleanField(label=_("The customer is on the phone (the first reply is given now)"), required=False)

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = contact.account
        allowed = {account.home_region_id, *account.regions.values_list("pk", flat=True), contact.own_region.pk}
        self.fields["region"].queryset = Region.objects.filter(pk__in=allowed)  # type: ignore[attr-defined]


def moves(ticket: Ticket) -> list[Status]:
    """Where the ticket may go from here, in the order of statuses. A new one passes through open in the same act."""
    was = Status(ticket.status)
    allowed = NEXT[was] | (NEXT[Status.OPEN] if was == Status.NEW else frozenset())
    return [status for status in Status if status in allowed]
