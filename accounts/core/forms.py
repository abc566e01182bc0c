"""The shapes of what people send about themselves and their account. Rules are the verbs' business."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.core.models import Region


class RegionField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Region) -> str:
        return f"{obj.name} ({obj.city})"


def region_field(**kwargs: Any) -> RegionField:
    return RegionField(
        label=_("Region"), queryset=Region.objects.none(), required=False,
        empty_label=_("The main region of the account"),
        error_messages={"invalid_choice": _("Choose a region of the account.")}, **kwargs,
    )  # fmt: skip
