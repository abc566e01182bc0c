"""A person who is written down for the first time: name, address, language and zone, beside what they become."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.core.models import User
from accounts.core.models.user import normal_email
from portal.lib.zones import zone_choices


class ZoneField(forms.ChoiceField):
    """A time zone of the IANA database, from a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Time zone"))
        super().__init__(choices=zone_choices, **kwargs)


class NewPersonForm(forms.ModelForm):
    """Creates the person with the row that names them, or takes the one who has this address already.

    Without a password nobody can sign in: the person chooses one through “Forgotten password”.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("Email address"), max_length=254)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=[("en", "English"), ("fr", "Français")])
    time_zone = ZoneField(initial="Europe/Paris")

    person_fields = ("name", "email", "language", "time_zone")

    def clean_email(self) -> str:
        return normal_email(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        person = User.objects.filter(email=values.get("email", "")).first()
        if person is not None:
            self.check_known(person)
            self.instance.user = person
        return values

    def check_known(self, person: User) -> None:
        """Refuse a person who cannot become this; raised as ValidationError on the address."""

    def refuse_email(self, sentence: str) -> None:
        raise ValidationError({"email": sentence})

    def save(self, commit: bool = True) -> Any:
        if self.instance.user_id is None:
            values = {name: self.cleaned_data[name] for name in self.person_fields if name != "email"}
            self.instance.user = User.objects.create_user(self.cleaned_data["email"], None, **values)
        return super().save(commit)


def already_staff() -> str:
    return _("This address belongs to an agent. Enter another address for the contact.")


def already_agent() -> str:
    return _("This person is already in the support team. Edit their entry instead.")


def already_contact() -> str:
    return _("This person is already a contact of the account. Edit their entry instead.")


def is_customer() -> str:
    return _("This address belongs to a contact of an account. Enter another address for the agent.")
