"""The forms around calls."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.lib.durations import say_day, say_moment, say_time
from portal.lib.names import city
from portal.lib.zones import zone
from sla.core.enums import Priority, priority_choices
from tickets.core.enums import CallOutcome, LanguageChoice

SOON = ""


class SlotField(forms.ChoiceField):
    """As soon as possible, or one of the free half hours; `cleaned_data` holds None or the moment."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("When"), required=False,
            help_text=_("We call within 30 minutes of this time."), **kwargs,
        )  # fmt: skip

    def offer(self, slots: list[datetime], *, region_zone: str, now: datetime, first: list[datetime]) -> None:
        """The choices, by day in the reader's zone; `first` stand on top, as the nearest to what was just taken."""
        mine, theirs = timezone.get_current_timezone(), zone(region_zone)
        days: dict[str, list[tuple[str, str]]] = {}
        for slot in slots:
            said = say_time(slot, mine)
            if slot.astimezone(mine).utcoffset() != slot.astimezone(theirs).utcoffset():
                said = gettext("%(time)s · %(there)s in %(city)s") % {
                    "time": said, "there": say_time(slot, theirs), "city": city(region_zone),
                }  # fmt: skip
            days.setdefault(say_day(slot, now, mine), []).append((slot.isoformat(), said))
        near = [(slot.isoformat(), say_moment(slot, now, mine)) for slot in first]
        choices: list[Any] = [(SOON, gettext("As soon as possible"))]
        if near:
            choices.append((gettext("Nearest free times"), near))
        self.choices = [*choices, *days.items()]

    def valid_value(self, value: Any) -> bool:
        # The verb decides, so that a slot that was taken meanwhile is answered with the nearest ones.
        return True

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise forms.ValidationError(gettext("Choose a time from the list.")) from None
        if moment.tzinfo is None:
            raise forms.ValidationError(gettext("Choose a time from the list."))
        return moment


class CallForm(forms.Form):
    """A customer asks for a call."""

    number = forms.CharField(
        label=_("Phone number"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("Include the country code if you are abroad, for example +44."),
        error_messages={"required": _("Enter the number to call.")},
    )  # fmt: skip
    topic = forms.CharField(label=_("Subject"), max_length=200, required=False)
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=priority_choices, coerce=int,
        initial=Priority.MEDIUM.value, error_messages={"required": _("Choose a priority.")},
    )  # fmt: skip
    language_choice = forms.ChoiceField(
        label=_("Language of the call"), choices=LanguageChoice.choices, widget=forms.RadioSelect,
        initial=LanguageChoice.ENGLISH, error_messages={"required": _("Choose a language.")},
    )  # fmt: skip
    slot = SlotField()

    def __init__(self, *args: Any, has_ticket: bool, chooses_language: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_ticket:
            del self.fields["priority"]
        self.fields["topic"].required = not has_ticket
        self.fields["topic"].error_messages["required"] = gettext("Enter the subject of the call.")
        if not chooses_language:
            del self.fields["language_choice"]


class MoveForm(forms.Form):
    """Another time or another number."""

    number = forms.CharField(
        label=_("Phone number"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Enter the number to call.")},
    )  # fmt: skip
    slot = SlotField()


class OutcomeForm(forms.Form):
    """How an attempt ended."""

    outcome = forms.ChoiceField(
        label=_("Result"), choices=CallOutcome.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Select the result of the call.")},
    )  # fmt: skip
    notes = forms.CharField(
        label=_("Notes"), widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=20000,
        help_text=_("If you reached the customer, this text is our reply. Otherwise it is an internal note."),
    )  # fmt: skip
    solved = forms.BooleanField(label=_("Solve the ticket"), required=False)
    next_at = forms.DateTimeField(
        label=_("Next attempt"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("Leave empty for the usual times (after half an hour, then after 2 business hours)."),
    )  # fmt: skip
