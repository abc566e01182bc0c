"""The shapes of what people send about themselves and their account. Rules are the verbs' business."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import ContactRole
from accounts.core.models import Contact, Region, Seat, User
from accounts.identity.domain.tokens import SCOPES
from portal.lib.zones import zone_choices

SCOPE_WORDS = {
    "read": _("Read: tickets, files, targets and the account"),
    "write": _("Write: open tickets, reply, and make the changes you can make"),
}
LIFETIMES = [(30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("1 year"))]


class ProfileForm(forms.ModelForm):
    """Language, time zone and appearance of the person who is signed in."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Times in the portal and in our emails are shown in this time zone."),
        error_messages={"invalid_choice": _("Choose a time zone from the list.")},
    )  # fmt: skip

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme"]
        widgets = {"theme": forms.RadioSelect, "language": forms.RadioSelect}
        error_messages = {"name": {"required": _("Enter your name.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zone_choices(self.instance.time_zone)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class RegionField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Region) -> str:
        return f"{obj.name} ({obj.city})"


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Contact) -> str:
        return f"{obj.name} ({obj.user.email})"


def _region_field(**kwargs: Any) -> RegionField:
    return RegionField(
        label=_("Region"), queryset=Region.objects.none(), required=False,
        empty_label=_("The main region of the account"),
        error_messages={"invalid_choice": _("Choose a region of the account.")}, **kwargs,
    )  # fmt: skip


class InviteForm(forms.Form):
    """A colleague who shall become a contact."""

    email = forms.CharField(
        label=_("Email address"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter an email address such as name@example.com.")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter a name.")},
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language"), choices=[("en", "English"), ("fr", "Français")], widget=forms.RadioSelect,
        error_messages={"required": _("Choose a language."), "invalid_choice": _("Choose a language.")},
    )  # fmt: skip
    role = forms.ChoiceField(
        label=_("Role"), choices=ContactRole.choices, widget=forms.RadioSelect, initial=ContactRole.MEMBER,
        help_text=_("Account administrators invite colleagues, nominate Premium contacts and read private " "tickets."),
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role.")},
    )  # fmt: skip
    region = _region_field()

    def __init__(self, *args: Any, regions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]


class ContactForm(forms.Form):
    """What an administrator decides about a contact."""

    role = forms.ChoiceField(
        label=_("Role"), choices=ContactRole.choices, widget=forms.RadioSelect,
        help_text=_("Account administrators invite colleagues, nominate Premium contacts and read private " "tickets."),
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role.")},
    )  # fmt: skip
    region = _region_field()
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    is_active = forms.BooleanField(label=_("Access to the portal for this account"), required=False)

    def __init__(self, *args: Any, regions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]


class SeatForm(forms.Form):
    """Who shall hold a Premium seat and, where the tier names one, in which region."""

    contact = PersonField(
        label=_("Contact"), queryset=Contact.objects.none(), empty_label=_("Choose a contact"),
        error_messages={"required": _("Choose a contact."), "invalid_choice": _("Choose a contact of this account.")},
    )  # fmt: skip
    region = _region_field(help_text=_("The business hours and the engineer of this region apply."))

    def __init__(self, *args: Any, contacts: Any, regions: Any | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]
        if regions is None:
            del self.fields["region"]
        else:
            _must_choose(self.fields["region"], regions)


def _must_choose(field: Any, regions: Any) -> None:
    """A seat names its region: where there is more than one, somebody says which."""
    field.queryset = regions
    if len(regions) > 1:
        field.required, field.empty_label = True, _("Choose a region")
        field.error_messages["required"] = _("Choose a region.")


class SeatRegionForm(forms.Form):
    """Another region for a seat."""

    region = _region_field(help_text=_("The business hours and the engineer of this region apply."))

    def __init__(self, *args: Any, regions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["region"]
        field.queryset, field.required, field.empty_label = regions, True, None
        field.error_messages["required"] = _("Choose a region.")


def unseated(account_id: int) -> Any:
    """The active contacts of an account who hold no seat."""
    taken = Seat.objects.taken().filter(account=account_id).values("contact")
    people = Contact.objects.active().filter(account=account_id).exclude(pk__in=taken)
    return people.select_related("user").order_by("user__name", "pk")


class TokenForm(forms.Form):
    """A token for a program: what it is for, what it may do, how long it works."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("The program or person that will use the token."),
        error_messages={"required": _("Enter a name.")},
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("Permissions"), choices=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES], initial=["read"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one permission."), "invalid_choice": _("Choose from the list.")},
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=_("Expires after"), choices=LIFETIMES, coerce=int, initial=90, widget=forms.RadioSelect,
        error_messages={"required": _("Choose when the token expires."), "invalid_choice": _("Choose from the list.")},
    )  # fmt: skip
