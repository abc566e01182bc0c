"""The forms of professional-services hours: a statement, its questions, and engagements."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.core.models import Agent
from accounts.hours.models import HoursEntry


class HoursField(forms.DecimalField):
    """Hours as people write them (`1.5`, in French `1,5`); `cleaned_data` holds whole minutes."""

    def __init__(self, **kwargs: Any) -> None:
        errors = {
            "required": _("Enter the number of hours."),
            "invalid": _("Hours must be a multiple of 0.25, for example 0.25 or 1.5."),
        }
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        options: dict[str, Any] = {"max_digits": 6, "decimal_places": 2, "error_messages": errors, "widget": widget}
        super().__init__(localize=False, **(options | kwargs))

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def clean(self, value: Any) -> int | None:
        hours: Decimal | None = super().clean(value)
        return None if hours is None else round(hours * 60)


class RequestForm(forms.Form):
    """What a customer wishes."""

    topic = forms.CharField(label=_("Subject"), max_length=120, error_messages={"required": _("Enter a subject.")})
    wish = forms.CharField(
        label=_("What do you want to achieve?"), widget=forms.Textarea(attrs={"rows": 5}), max_length=5000,
        error_messages={"required": _("Enter what you want to achieve.")},
    )  # fmt: skip
    wished_dates = forms.CharField(label=_("Which dates suit you?"), max_length=200, required=False)


class WordsForm(forms.Form):
    """One text: a question, an answer, a reason."""

    words = forms.CharField(
        label=_("Your message"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
        error_messages={"required": _("Enter a sentence.")},
    )  # fmt: skip

    def __init__(self, *args: Any, label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["words"].label = label


class AgentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Agent) -> str:
        return obj.name


def _agents() -> Any:
    return Agent.objects.filter(user__is_active=True).select_related("user").order_by("user__name")


class BookForm(forms.Form):
    """Staff book what was worked."""

    hours = HoursField(label=_("Hours"), min_value=Decimal("0.25"))
    work = forms.CharField(
        label=_("Work"), max_length=200, error_messages={"required": _("Enter what the hours were used for.")}
    )
    reference = forms.CharField(
        label=_("Ticket or project"), max_length=80, required=False, help_text=_("For example SUP-1042.")
    )
    worked_on = forms.DateField(
        label=_("Date of the work"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave empty for today."),
    )  # fmt: skip
    engineer = AgentField(label=_("Engineer"), queryset=None, required=False, empty_label=_("You"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engineer"].queryset = _agents()  # type: ignore[attr-defined]


class CorrectForm(forms.Form):
    """Staff mend the balance, with a reason that the customer reads."""

    hours = HoursField(
        label=_("Hours to add or subtract"), help_text=_("For example 0.5 to add half an hour, -0.5 to subtract it.")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, error_messages={"required": _("Enter the reason. The customer sees it.")}
    )
    corrects = forms.ModelChoiceField(
        label=_("Entry to correct"), queryset=HoursEntry.objects.none(), required=False,
        empty_label=_("None (hours in addition to the contract)"),
    )  # fmt: skip

    def __init__(self, *args: Any, year: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = HoursEntry.objects.filter(year=year).order_by("-number")[:200]
        self.fields["corrects"].queryset = HoursEntry.objects.filter(year=year)  # type: ignore[attr-defined]
        self.fields["corrects"].choices = [  # type: ignore[attr-defined]
            ("", self.fields["corrects"].empty_label),  # type: ignore[attr-defined]
            *((line.pk, f"{line.number} · {line.words}") for line in lines),
        ]


class PlanForm(forms.Form):
    """What staff propose."""

    plan = forms.CharField(label=_("What we will do"), widget=forms.Textarea(attrs={"rows": 4}), max_length=5000)
    goals = forms.CharField(label=_("Goals"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5000)
    hours = HoursField(label=_("Hours"), min_value=Decimal("0.25"))
    engineer = AgentField(label=_("Engineer"), queryset=None, required=False, empty_label=_("To be decided"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engineer"].queryset = _agents()  # type: ignore[attr-defined]


class DatesForm(forms.Form):
    """When the work takes place, in the time zone of who fills it in."""

    starts_at = forms.DateTimeField(label=_("Starts"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    ends_at = forms.DateTimeField(label=_("Ends"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))


class DeliverForm(forms.Form):
    """What it took and what came out of it."""

    hours = HoursField(label=_("Hours worked"), min_value=Decimal("0.25"))
    result = forms.CharField(label=_("Result"), widget=forms.Textarea(attrs={"rows": 4}), max_length=5000)
