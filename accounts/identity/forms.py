"""The forms of allauth in the words of this site. Settings name them in ACCOUNT_FORMS."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.core.models import User
from accounts.core.models.user import normal_email
from accounts.identity.domain.tokens import SCOPES
from portal.lib.zones import zone_choices

ADDRESS = _("Email address")
ADDRESS_ERRORS = {
    "required": _("Enter your email address."),
    "invalid": _("Enter an email address such as name@example.com."),
}


def _plain(field: forms.Field, *, label: Any, errors: dict[str, Any], **attrs: Any) -> None:
    """Our label and words, and no placeholder: a hint that vanishes helps nobody."""
    field.label = label
    field.help_text = ""
    field.error_messages.update(errors)
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class AddressField(forms.EmailField):
    """An address in the one form in which we store it, however it was typed, full-width letters too."""

    def to_python(self, value: Any) -> str:
        return normal_email(super().to_python(value) or "")


class SignInForm(allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField(widget=self.fields["login"].widget)
        _plain(self.fields["login"], label=ADDRESS, errors=ADDRESS_ERRORS, autocomplete="username", spellcheck="false")
        _plain(self.fields["password"], label=_("Password"), errors={"required": _("Enter your password.")})


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField(widget=self.fields["email"].widget)
        _plain(self.fields["email"], label=ADDRESS, errors=ADDRESS_ERRORS, autocomplete="username", spellcheck="false")


def _one_new_password(form: forms.Form) -> None:
    """Asked for once: it can be shown while it is typed, and a mistake is mended by another link."""
    del form.fields["password2"]
    field = form.fields["password1"]
    _plain(field, label=_("New password"), errors={"required": _("Enter a new password.")})
    field.help_text = _("At least 10 characters. Several words in a row are easy to remember and hard to guess.")


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _one_new_password(self)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = self.fields["oldpassword"]
        _plain(present, label=_("Current password"), errors={"required": _("Enter your current password.")})
        _one_new_password(self)


class ResetLinkForm(allauth_forms.UserTokenForm):
    def _get_user(self, uidb36: str) -> User | None:
        """The link of somebody who was deactivated opens nothing."""
        user = super()._get_user(uidb36)
        return user if user is not None and user.is_active else None


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
