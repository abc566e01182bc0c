"""The shapes of tickets in the API: …In is what a program sends, …Out what it gets. No rules here."""

from typing import Any

from rest_framework import serializers

from accounts.enums import Basis, Tier
from portal.lib.rest.shapes import NamedOut, Shape
from portal.lib.rest.strict import StrictBoolean, StrictInteger, StrictSerializer, StrictText
from sla.enums import CheckInRule, ClockKind, Coverage, Priority, StartCause
from tickets.enums import AuthorKind, Channel, LanguageChoice, MessageKind, RoutedBy, Status, Turn
from tickets.forms import LONGEST_MESSAGE

STATES = ("running", "overdue", "met", "missed", "cancelled", "skipped")
STAFF_KINDS = (MessageKind.REPLY.value, MessageKind.CHECK_IN.value)
MAX_FOLLOWERS, MAX_FILES = 50, 10


class PriorityField(StrictInteger):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=4, help_text="1 urgent, 2 high, 3 medium, 4 low.", **kwargs)


def _ids(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(child=StrictInteger(min_value=1), max_length=MAX_FOLLOWERS, **kwargs)


def _files() -> serializers.ListField:
    return serializers.ListField(
        child=StrictText(max_length=64), max_length=MAX_FILES, required=False, help_text="Ids of uploads of yours."
    )


# --- In ---------------------------------------------------------------------------------------------------------


class TicketIn(StrictSerializer):
    subject = StrictText(max_length=200)
    body = StrictText(max_length=LONGEST_MESSAGE, help_text="Markdown.")
    priority = PriorityField()
    product = StrictText(max_length=80, required=False, allow_blank=True)
    language_choice = serializers.ChoiceField(
        LanguageChoice.choices, required=False,
        help_text="When you write in another language and your tier works around the clock in English.",
    )  # fmt: skip
    region = StrictText(max_length=30, required=False, help_text="Code of a region of yours; its hours count.")
    followers = _ids(required=False, help_text="Ids of colleagues who hear of it.")
    attachments = _files()
    is_private = StrictBoolean(required=False)
    validate_only = StrictBoolean(required=False, help_text="Say what would happen, and store nothing.")


class TicketChangeIn(StrictSerializer):
    """What a customer may change."""

    is_private = StrictBoolean(required=False)
    followers = _ids(required=False, help_text="All of them: who is missing here hears no more of it.")


class TicketStaffChangeIn(StrictSerializer):
    """What staff may change."""

    status = serializers.ChoiceField(Status.choices, required=False)
    priority = PriorityField(required=False)
    reason = StrictText(max_length=500, required=False, allow_blank=True, help_text="Why the priority changes.")
    assignee = StrictInteger(required=False, allow_null=True, help_text="Id of an agent; null gives it back.")


class MessageIn(StrictSerializer):
    body = StrictText(max_length=LONGEST_MESSAGE, help_text="Markdown.")
    attachments = _files()


class MessageStaffIn(MessageIn):
    status_after = serializers.ChoiceField(Status.choices, required=False)
    kind = serializers.ChoiceField(STAFF_KINDS, required=False)
    seen_message = StrictInteger(required=False, help_text="Id of the last message you have read: 409 if newer.")


class ReopenIn(StrictSerializer):
    message = StrictText(max_length=LONGEST_MESSAGE, help_text="What is still missing. Markdown.")


class PriorityIn(StrictSerializer):
    priority = PriorityField()
    reason = StrictText(max_length=500)


class NothingIn(StrictSerializer):
    """An empty object, or no body."""


class UploadIn(serializers.Serializer):
    file = serializers.FileField()


# --- Out --------------------------------------------------------------------------------------------------------


class CommitmentOut(Shape):
    kind = serializers.ChoiceField(ClockKind.choices)
    state = serializers.ChoiceField(STATES)
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    due_soon_at = serializers.DateTimeField(help_text="When three quarters of the time are used.")
    stopped_at = serializers.DateTimeField(allow_null=True)
    overdue_at = serializers.DateTimeField(allow_null=True)
    calendar = serializers.CharField(help_text="Region whose business hours count.")
    region_time_zone = serializers.CharField()
    coverage = serializers.ChoiceField(Coverage.choices)
    target_minutes = serializers.IntegerField(allow_null=True, help_text="null: due at a closing time.")
    check_in_rule = serializers.ChoiceField(CheckInRule.choices, allow_null=True)
    tier = serializers.ChoiceField(Tier.choices)
    priority = serializers.ChoiceField(Priority.choices)


class TicketOut(Shape):
    number = serializers.CharField()
    subject = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    turn = serializers.ChoiceField(Turn.choices, help_text="Whose move it is: yours is the customer's.")
    priority = serializers.ChoiceField(Priority.choices)
    asked_priority = serializers.ChoiceField(Priority.choices, allow_null=True)
    tier = serializers.ChoiceField(Tier.choices, help_text="The requester's tier when it was opened.")
    channel = serializers.ChoiceField(Channel.choices)
    language = serializers.CharField()
    language_choice = serializers.ChoiceField(LanguageChoice.choices)
    region = serializers.CharField()
    product = serializers.CharField()
    is_private = serializers.BooleanField()
    requester = NamedOut()
    assignee = NamedOut(allow_null=True)
    followers = NamedOut(many=True)
    follow_up_of = serializers.CharField(allow_null=True)
    opened_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    solved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    reopens_until = serializers.DateTimeField(allow_null=True)
    next_due_at = serializers.DateTimeField(allow_null=True)
    commitments = CommitmentOut(many=True, help_text="Those that run now.")
    version = serializers.IntegerField()
    url = serializers.URLField(help_text="The page for people.")


class TicketStaffOut(TicketOut):
    """Only staff see these."""

    account = NamedOut()
    requester_email = serializers.EmailField()
    routed_by = serializers.ChoiceField(RoutedBy.choices)


class AuthorOut(Shape):
    name = serializers.CharField()
    side = serializers.ChoiceField(AuthorKind.choices)


class AttachmentOut(Shape):
    id = serializers.CharField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    url = serializers.URLField(help_text="Needs the token.")


class MessageOut(Shape):
    id = serializers.IntegerField()
    ticket = serializers.CharField(help_text="Another ticket than asked when a closed one was followed up.")
    author = AuthorOut()
    kind = serializers.ChoiceField(MessageKind.choices)
    channel = serializers.ChoiceField(Channel.choices)
    body = serializers.CharField(help_text="Markdown.")
    created_at = serializers.DateTimeField()
    attachments = AttachmentOut(many=True)


class ExplanationOut(Shape):
    """How the due moment came about; the counted stretches sum to the target."""

    kind = serializers.ChoiceField(ClockKind.choices)
    tier = serializers.ChoiceField(Tier.choices)
    basis = serializers.ChoiceField(Basis.choices)
    priority = serializers.ChoiceField(Priority.choices)
    cause = serializers.ChoiceField(StartCause.choices)
    started_at = serializers.DateTimeField()
    counted_from = serializers.DateTimeField()
    coverage = serializers.ChoiceField(Coverage.choices)
    check_in_rule = serializers.ChoiceField(CheckInRule.choices, allow_null=True)
    target_minutes = serializers.IntegerField(allow_null=True)
    calendar = serializers.DictField(help_text="Region, time zone, version and weekly hours.")
    stretches = serializers.ListField(child=serializers.DictField(), help_text="Counted and closed, with the cause.")
    counted_seconds = serializers.FloatField()
    paused_at = serializers.DateTimeField(allow_null=True, help_text="Since when updates had paused before this one.")
    recounts = serializers.ListField(
        child=serializers.DictField(), help_text="Every change while it ran: cause, who, old and new due, what changed."
    )
    due_at = serializers.DateTimeField()
    outcome = serializers.CharField()
    stopped_at = serializers.DateTimeField(allow_null=True)
    overdue_at = serializers.DateTimeField(allow_null=True)
    sentences = serializers.ListField(child=serializers.CharField(), help_text="The same in words.")


class ExplainedOut(CommitmentOut):
    explanation = ExplanationOut(allow_null=True)


class TicketEntitlementOut(Shape):
    tier = serializers.ChoiceField(Tier.choices)
    account_tier = serializers.ChoiceField(Tier.choices)
    basis = serializers.ChoiceField(Basis.choices)
    reason = serializers.CharField()


class PromiseOut(Shape):
    kind = serializers.ChoiceField(ClockKind.choices)
    due_at = serializers.DateTimeField(help_text="The next one.")
    explanation = ExplanationOut()


class OutlookOut(Shape):
    """What would happen now. Nothing was stored."""

    validate_only = serializers.BooleanField()
    entitlement = TicketEntitlementOut()
    priority = serializers.ChoiceField(Priority.choices)
    region = serializers.CharField()
    region_time_zone = serializers.CharField()
    language_choice = serializers.ChoiceField(LanguageChoice.choices)
    commitments = PromiseOut(many=True)
    check_ins = serializers.ListField(child=serializers.DateTimeField(), help_text="The next three.")
