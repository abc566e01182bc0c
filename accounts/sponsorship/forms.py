"""The shapes of what staff enter about meetings. Rules are the verbs' business."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.core.models import Account, Agent, Contact
from accounts.sponsorship.models import RHYTHMS


def _moment(label: Any, **kwargs: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **kwargs
    )


class AgentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Agent) -> str:
        return f"{obj.name} ({obj.user.time_zone})"


class ContactField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Contact) -> str:
        return f"{obj.name} ({obj.user.email})"


class SponsorForm(forms.Form):
    """Who stands for us towards an account."""

    sponsor = AgentField(label=_("Executive sponsor"), queryset=Agent.objects.none())
    deputy = AgentField(label=_("Deputy"), queryset=Agent.objects.none(), required=False)
    host = ContactField(label=_("Host on the customer side"), queryset=Contact.objects.none(), required=False)
    rhythm_months = forms.TypedChoiceField(
        label=_("Months between meetings"), coerce=int, initial=3, choices=[(months, str(months)) for months in RHYTHMS]
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agents = Agent.objects.filter(user__is_active=True).select_related("user")
        for name in ("sponsor", "deputy"):
            self.fields[name].queryset = agents  # type: ignore[attr-defined]
        people = Contact.objects.active().filter(account=account).select_related("user")
        self.fields["host"].queryset = people  # type: ignore[attr-defined]


class NewMeetingForm(forms.Form):
    """A meeting besides the rhythm, or times instead of ours."""

    account = forms.ModelChoiceField(label=_("Account"), queryset=Account.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sponsored = Account.objects.filter(sponsorships__ended_at=None, sponsorships__isnull=False, is_active=True)
        self.fields["account"].queryset = sponsored  # type: ignore[attr-defined]


class SlotsForm(forms.Form):
    """Up to three times to propose; all empty: the ones that suit both sides."""

    first = _moment(_("First time"), required=False)
    second = _moment(_("Second time"), required=False)
    third = _moment(_("Third time"), required=False)

    @property
    def slots(self) -> list[Any] | None:
        given = [self.cleaned_data[name] for name in ("first", "second", "third") if self.cleaned_data.get(name)]
        return given or None


class MoveForm(forms.Form):
    starts_at = _moment(_("Date and time"))


class LinkForm(forms.Form):
    join_url = forms.CharField(
        label=_("Link to join the meeting"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class SubjectForm(forms.Form):
    text = forms.CharField(label=_("Subject"), max_length=300)


class ActionForm(forms.Form):
    text = forms.CharField(label=_("Action"), max_length=300)
    owner_name = forms.CharField(label=_("Assigned to"), max_length=120)
    due_on = forms.DateField(label=_("Due"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class MinutesForm(forms.Form):
    minutes = forms.CharField(
        label=_("Minutes"), required=False, max_length=50_000, widget=forms.Textarea(attrs={"rows": 10})
    )
    decisions = forms.CharField(
        label=_("Decisions"), required=False, max_length=50_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    publish = forms.BooleanField(label=_("Publish to the customer"), required=False)
