"""The shapes of what customers send. Rules are the verbs' business; a form only reads."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact, Region
from sla.core.enums import Priority
from tickets.core.enums import LanguageChoice
from tickets.core.models import Ticket

LONGEST_MESSAGE = 50_000


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files. What each of them may be is decided by tickets.core.domain.attachments."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=ManyFiles, required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return list(data) if isinstance(data, list | tuple) else ([data] if data else [])


class ColleagueField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Contact) -> str:
        return obj.name


class RegionField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Region) -> str:
        return f"{obj.name} ({obj.city})"


class NewTicketForm(forms.Form):
    """What a customer fills in to open a ticket."""

    subject = forms.CharField(
        label=_("Subject"), max_length=200, strip=True,
        help_text=_("One line that a colleague would understand."),
        error_messages={
            "required": _("Enter a subject."),
            "max_length": _("The subject can have %(limit_value)d characters; it has %(show_value)d."),
        },
    )  # fmt: skip
    product = forms.CharField(
        label=_("Product and version"), max_length=80, required=False,
        help_text=_("Remembered for your next ticket."),
        error_messages={"max_length": _("The product can have %(limit_value)d characters; it has %(show_value)d.")},
    )  # fmt: skip
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=lambda value: Priority(int(value)),
        widget=forms.RadioSelect, initial=Priority.MEDIUM,
        error_messages={
            "required": _("Choose a priority."),
            "invalid_choice": _("Choose one of the four priorities."),
        },
    )  # fmt: skip
    language_choice = forms.ChoiceField(
        label=_("Which language should we reply in?"), choices=LanguageChoice.choices, widget=forms.RadioSelect,
        required=False, error_messages={"invalid_choice": _("Choose one of the two.")},
    )  # fmt: skip
    body = forms.CharField(
        label=_("Description"), max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "Helpful to know: what you did, what you expected, since when, how many people are affected, "
            "and who can answer questions. Plain text or Markdown."
        ),
        error_messages={
            "required": _("Enter a description."),
            "max_length": _("The text can have %(limit_value)d characters. Send longer logs as a file."),
        },
    )  # fmt: skip
    # A field, taken off the class by the metaclass: it does not hide BaseForm.files.
    files = FilesField(label=_("Files"))  # type: ignore[assignment]
    followers = ColleagueField(
        label=_("Followers"), queryset=Contact.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They get the same messages as you, and can reply."),
        error_messages={
            "invalid_choice": _("Choose colleagues from the list."),
            "invalid_pk_value": _("Choose colleagues from the list."),
        },
    )  # fmt: skip
    region = RegionField(
        label=_("Region"), queryset=Region.objects.none(), required=False, empty_label=None,
        help_text=_("The business hours of this region apply."),
        error_messages={"invalid_choice": _("Choose a region of your account.")},
    )  # fmt: skip
    is_private = forms.BooleanField(
        label=_("Private: visible only to you, the people above and your account administrators"), required=False
    )

    def __init__(self, *args: Any, colleagues: Any, regions: Any, may_choose_language: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["followers"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        if not may_choose_language:
            del self.fields["language_choice"]


class ReplyForm(forms.Form):
    """An answer of the customer's side."""

    body = forms.CharField(
        label=_("Your reply"), max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Plain text or Markdown."),
        error_messages={
            "required": _("Enter a message."),
            "max_length": _("The text can have %(limit_value)d characters. Send longer logs as a file."),
        },
    )  # fmt: skip
    # A field, taken off the class by the metaclass: it does not hide BaseForm.files.
    files = FilesField(label=_("Files"))  # type: ignore[assignment]


class PriorityForm(forms.Form):
    """Another priority, asked for with a reason."""

    priority = forms.TypedChoiceField(
        label=_("New priority"), choices=Priority.choices, coerce=lambda value: Priority(int(value)),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the new priority."),
            "invalid_choice": _("Choose the new priority."),
        },
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Enter what has changed. One sentence is enough."),
        error_messages={
            "required": _("Enter what has changed."),
            "max_length": _("The reason can have %(limit_value)d characters; it has %(show_value)d."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"].choices = [  # type: ignore[attr-defined]
            (value, label) for value, label in Priority.choices if value != ticket.priority
        ]


class LanguageForm(forms.Form):
    """English, 24/7, or your own language in business hours."""

    language_choice = forms.TypedChoiceField(
        label=_("Which language should we reply in?"), choices=LanguageChoice.choices, coerce=LanguageChoice,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two."), "invalid_choice": _("Choose one of the two.")},
    )  # fmt: skip


class Level3Form(forms.Form):
    """Level 3, asked for with a reason."""

    reason = forms.CharField(
        label=_("Why does it need a specialist?"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Enter what was tried and what is still open. An agent will decide and let you know."),
        error_messages={
            "required": _("Enter why it needs a specialist."),
            "max_length": _("The reason can have %(limit_value)d characters; it has %(show_value)d."),
        },
    )  # fmt: skip


class RejectWorkaroundForm(forms.Form):
    """What does not work about a workaround; `workaround` is the one that was read."""

    workaround = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**15)
    reason = forms.CharField(
        label=_("What does not work?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you tried, and what happened."),
        error_messages={
            "required": _("Enter what does not work."),
            "max_length": _("Enter at most %(limit_value)d characters; you entered %(show_value)d."),
        },
    )  # fmt: skip


class DisputeForm(forms.Form):
    """What is not right about a published analysis; `version` is the one that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**6)
    reason = forms.CharField(
        label=_("What is not correct?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody who can read the analysis sees your message and our reply. Plain text or Markdown."),
        error_messages={
            "required": _("Enter what is not correct."),
            "max_length": _("Enter at most %(limit_value)d characters; you entered %(show_value)d."),
        },
    )  # fmt: skip


class QuestionForm(forms.Form):
    """A question about a published analysis."""

    body = forms.CharField(
        label=_("Your question"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody who can read the analysis sees your message and our reply. Plain text or Markdown."),
        error_messages={
            "required": _("Enter your question."),
            "max_length": _("The question can have %(limit_value)d characters; it has %(show_value)d."),
        },
    )  # fmt: skip
