"""People who sign in, members of staff, and the tokens of programs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.core.desk.person_form import NewPersonForm, ZoneField, already_agent, is_customer
from accounts.core.domain.people import notify_staff_role
from accounts.core.enums import StaffRole
from accounts.core.models import Agent, AwayPeriod, User
from portal.lib import clock
from portal.lib.desk import DeskAdmin, DeskInline
from portal.lib.names import language_name

# How many products one agent knows.
MOST_WORDS = 50


class Words(forms.CharField):
    """A list of words, written with commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        return [word for part in str(value or "").split(",") if (word := " ".join(part.split()))]

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > MOST_WORDS:
            raise ValidationError(
                ngettext("Enter at most %(limit)d product.", "Enter at most %(limit)d products.", MOST_WORDS)
                % {"limit": MOST_WORDS}
            )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


# What the form offers; the first two are the languages of the product. A row may hold others.
LANGUAGES = ("en", "fr", "ar", "de", "es", "hi", "it", "ja", "ko", "nl", "pl", "pt", "sv", "tr", "zh-hans")


class _AgentFields(forms.ModelForm):
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"), required=False, widget=forms.CheckboxSelectMultiple
    )
    skills = Words(
        label=gettext_lazy("Skills"), required=False,
        help_text=gettext_lazy("Products this agent knows, separated by commas."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whatever the row holds can be kept: a language that is not offered here would be dropped by every save.
        codes = dict.fromkeys([*LANGUAGES, *map(str, self.instance.languages or [])])
        self.fields["languages"].choices = [  # type: ignore[attr-defined]
            (code, capfirst(language_name(code))) for code in codes
        ]


class AgentForm(_AgentFields):
    class Meta:
        model = Agent
        fields = ["role", "level", "languages", "skills", "regions"]

    def clean_role(self) -> str:
        role = str(self.cleaned_data["role"])
        others = Agent.objects.filter(role=StaffRole.ADMINISTRATOR, user__is_active=True).exclude(pk=self.instance.pk)
        if (
            self.initial.get("role") == StaffRole.ADMINISTRATOR
            and role != StaffRole.ADMINISTRATOR
            and not others.exists()
        ):
            raise ValidationError(
                _("The support team needs an administrator. Make another person an administrator first.")
            )
        return role


class NewAgentForm(NewPersonForm, _AgentFields):
    class Meta:
        model = Agent
        fields = ["role", "level", "languages", "skills", "regions"]

    def check_known(self, person: User) -> None:
        if person.staff_role is not None:
            self.refuse_email(already_agent())
        if person.contacts.exists():  # type: ignore[attr-defined]
            self.refuse_email(is_customer())


class AwayInline(DeskInline):
    """To look at: absences are entered on their own page, where the verbs decide."""

    model = AwayPeriod
    fields = readonly_fields = ["starts_at", "ends_at", "reason"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Agent)
class AgentAdmin(DeskAdmin):
    add_title = gettext_lazy("Add agent")
    saved = gettext_lazy("Agent “%(name)s” saved.")
    list_display = ["person", "role", "level", "speaks", "is_active"]
    list_filter = ["role", "level"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__email"]
    ordering = ["user__name"]
    sortable_by = ["person"]
    inlines = [AwayInline]
    filter_horizontal: list[str] = []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = AgentForm if obj else NewAgentForm
        kwargs["fields"] = ["role", "level", "languages", "skills", "regions"]
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        about = ["role", "level", "languages", "skills", "regions"]
        return ["person", "address", *about] if obj else ["name", "email", "language", "time_zone", *about]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["person", "address"] if obj else []

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change or "role" in form.changed_data:
            notify_staff_role(obj, by=request.user, now=clock.now())  # type: ignore[arg-type]

    @admin.display(description=gettext_lazy("name"), ordering="user__name")
    def person(self, agent: Agent) -> str:
        return agent.user.name

    @admin.display(description=gettext_lazy("email address"))
    def address(self, agent: Agent) -> str:
        return agent.user.email

    @admin.display(description=gettext_lazy("languages"))
    def speaks(self, agent: Agent) -> str:
        return ", ".join(language_name(code) for code in agent.languages)

    @admin.display(description=gettext_lazy("active"), boolean=True)
    def is_active(self, agent: Agent) -> bool:
        return agent.user.is_active


class UserForm(forms.ModelForm):
    time_zone = ZoneField()

    class Meta:
        model = User
        fields = ["name", "email", "language", "time_zone", "theme", "is_active"]

    def clean_is_active(self) -> bool:
        active = bool(self.cleaned_data["is_active"])
        if not active and self.instance.staff_role == StaffRole.ADMINISTRATOR:
            others = Agent.objects.filter(role=StaffRole.ADMINISTRATOR, user__is_active=True)
            if not others.exclude(user=self.instance.pk).exists():
                raise ValidationError(
                    _("The support team needs an administrator. Make another person an administrator first.")
                )
        return active


@admin.register(User)
class UserAdmin(DeskAdmin):
    """Name, address and habits of a person. Passwords and their hashes are never shown or set here."""

    add_title = gettext_lazy("Add person")
    saved = gettext_lazy("Person “%(name)s” saved.")
    form = UserForm
    list_display = ["name", "email", "language", "time_zone", "is_active"]
    list_filter = ["language", "is_active"]
    search_fields = ["name", "email"]
    sortable_by = ["name", "email"]
    fields = ["name", "email", "language", "time_zone", "theme", "is_active", "last_login"]
    readonly_fields = ["last_login"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
