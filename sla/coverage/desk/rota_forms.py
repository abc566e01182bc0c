"""The forms of the on-call rotas. They know what fits into a field; what fits into the plan, the domain says."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent, Region
from portal.lib.names import language_name
from sla.core.models.calendar import HOUR, MONDAY_FIRST
from sla.coverage.domain.rota import MOST_WEEKS

PLACE = "place_"


def _hour() -> forms.TimeField:
    return forms.TimeField(
        label=_("Handover time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In the time zone of the region."), initial="09:00",
        error_messages={"required": _("Enter a time, such as 09:00."), "invalid": _("Enter a time, such as 09:00.")},
    )  # fmt: skip


class HandOverForm(forms.Form):
    """When weeks begin."""

    weekday = forms.TypedChoiceField(label=_("Handover day"), choices=MONDAY_FIRST, coerce=int, initial=0)
    hour = _hour()

    def clean_hour(self) -> str:
        hour = f"{self.cleaned_data['hour']:%H:%M}"
        HOUR(hour)
        return hour


class NewRotaForm(HandOverForm):
    """For which region and language."""

    region = forms.ModelChoiceField(label=_("Region"), queryset=Region.objects.all())
    language = forms.ChoiceField(label=_("Language"))

    field_order = ["region", "language", "weekday", "hour"]

    def __init__(self, *args: Any, languages: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [(code, language_name(code)) for code in languages]  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """Weeks in the order of the agents: each gets a place, who has none is left out."""

    first_day = forms.DateField(
        label=_("First week"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Enter any day of that week. If it is the current week, the shift starts now."),
        error_messages={"required": _("Enter a date."), "invalid": _("Enter a date.")},
    )  # fmt: skip
    weeks = forms.IntegerField(
        label=_("Number of weeks"), initial=8,
        error_messages={"required": _("Enter a number of weeks."), "invalid": _("Enter a number of weeks.")},
        validators=[MinValueValidator(1), MaxValueValidator(MOST_WEEKS)],
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_WEEKS}),
    )  # fmt: skip

    def __init__(self, *args: Any, agents: Iterable[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agents = {f"{PLACE}{agent.pk}": agent for agent in agents}
        for name, agent in self.agents.items():
            self.fields[name] = forms.IntegerField(
                label=agent.name, required=False, min_value=1, max_value=99,
                widget=forms.NumberInput(attrs={"min": 1, "max": 99}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Two agents in one place say no order: the later one is asked for again."""
        values: dict[str, Any] = super().clean() or {}
        taken: dict[int, Agent] = {}
        for name, agent in self.agents.items():
            if place := values.get(name):
                if place in taken:
                    said = _("%(other)s already has number %(place)s. Enter another number for %(name)s.")
                    self.add_error(name, said % {"other": taken[place].name, "place": place, "name": agent.name})
                taken.setdefault(place, agent)
        return values

    def places(self) -> Iterator[Any]:
        """The fields with which the order is given."""
        return (self[name] for name in self.agents)

    def order(self) -> list[Agent]:
        """The agents who have a place, in this order."""
        placed = {place: agent for name, agent in self.agents.items() if (place := self.cleaned_data[name])}
        return [placed[place] for place in sorted(placed)]


class HandForm(forms.Form):
    """Who gets a shift, and which stretch of it: all of it without moments."""

    agent = forms.ModelChoiceField(label=_("Agent"), queryset=Agent.objects.none())
    starts_at = forms.DateTimeField(label=_("From"), required=False)
    ends_at = forms.DateTimeField(label=_("To"), required=False)

    def __init__(self, *args: Any, agents: Iterable[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["agent"]
        choice.queryset = Agent.objects.filter(pk__in=[agent.pk for agent in agents]).select_related("user")
        for name in ("starts_at", "ends_at"):
            field: Any = self.fields[name]
            field.widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            field.help_text = _("In your time zone. Leave it empty for the whole shift.")
            field.error_messages["invalid"] = _("Enter a date and a time.")
