"""Who is nominated for a Premium seat, and in which region. Rules are in the domain."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.core.forms import region_field
from accounts.core.models import Contact


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Contact) -> str:
        return f"{obj.name} ({obj.user.email})"


class SeatForm(forms.Form):
    """Who shall hold a Premium seat and, where the tier names one, in which region."""

    contact = PersonField(
        label=_("Contact"), queryset=Contact.objects.none(), empty_label=_("Choose a contact"),
        error_messages={"required": _("Choose a contact."), "invalid_choice": _("Choose a contact of this account.")},
    )  # fmt: skip
    region = region_field(help_text=_("The business hours and the engineer of this region apply."))

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

    region = region_field(help_text=_("The business hours and the engineer of this region apply."))

    def __init__(self, *args: Any, regions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["region"]
        field.queryset, field.required, field.empty_label = regions, True, None
        field.error_messages["required"] = _("Choose a region.")
