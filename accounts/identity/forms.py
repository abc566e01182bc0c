"""The forms of allauth in the words of this site. Settings name them in ACCOUNT_FORMS."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.core.models import User
from accounts.core.models.user import normal_email

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
