"""What account administrators enter about the contacts of their account. Rules are in the domain."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import ContactRole
from accounts.core.forms import region_field


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
    region = region_field()

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
    region = region_field()
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    is_active = forms.BooleanField(label=_("Access to the portal for this account"), required=False)

    def __init__(self, *args: Any, regions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
