"""The shapes of tickets in the API: …In is what a program sends, …Out what it gets. No rules here."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.core.enums import Basis, Tier
from portal.lib.rest.shapes import NamedOut, Shape
from portal.lib.rest.strict import StrictBoolean, StrictInteger, StrictMoment, StrictSerializer, StrictText
from sla.core.enums import CheckInRule, ClockKind, Coverage, Priority, StartCause
from tickets.core.enums import (
    OPEN_ESCALATION,
    AuthorKind,
    Channel,
    EscalationState,
    LanguageChoice,
    MessageKind,
    RoutedBy,
    Status,
    Turn,
)
from tickets.core.forms import LONGEST_MESSAGE

STATES = ("running", "overdue", "met", "missed", "cancelled", "skipped")
LEVEL_3_STATES = tuple(state.value for state in EscalationState if state in OPEN_ESCALATION)
STAFF_KINDS = (MessageKind.REPLY.value, MessageKind.CHECK_IN.value)
MAX_FOLLOWERS, MAX_FILES, MAX_PART = 50, 10, 12_000
_ONLY_CHECK_INS = _("Only a check-in has parts, and they replace the body.")


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


def _validate_only() -> StrictBoolean:
    return StrictBoolean(required=False, help_text="Say what would happen, and store nothing.")


class TicketIn(StrictSerializer):
    subject = StrictText(max_length=200)
    body = StrictText(max_length=LONGEST_MESSAGE, help_text="Markdown.")
    priority = PriorityField()
    product = StrictText(max_length=80, required=False, allow_blank=True)
    language_choice = serializers.ChoiceField(
        LanguageChoice.choices, required=False,
        help_text="When you write in another language and your tier has 24/7 targets in English.",
    )  # fmt: skip
    region = StrictText(max_length=30, required=False, help_text="Code of a region of yours; its hours count.")
    followers = _ids(required=False, help_text="Ids of colleagues who hear of it.")
    attachments = _files()
    is_private = StrictBoolean(required=False)
    validate_only = _validate_only()


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
    seen_message = StrictInteger(
        required=False, help_text="Id of the last message you have read: 409 if somebody else wrote since."
    )


class PartsIn(StrictSerializer):
    """An enhanced check-in, as Gold and Platinum have it."""

    changed = StrictText(max_length=MAX_PART, help_text="What changed. Markdown.")
    stands = StrictText(max_length=MAX_PART, help_text="Current status. Markdown.")
    next_step = StrictText(max_length=MAX_PART, help_text="What happens next. Markdown.")
    next_at = StrictMoment(help_text="When the next check-in comes: RFC 3339, with offset, not after its due time.")


class MessageStaffIn(MessageIn):
    body = StrictText(max_length=LONGEST_MESSAGE, required=False, help_text="Markdown. Not sent with `parts`.")
    parts = PartsIn(required=False)
    status_after = serializers.ChoiceField(Status.choices, required=False)
    kind = serializers.ChoiceField(STAFF_KINDS, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "parts" in attrs and (attrs.get("kind") != MessageKind.CHECK_IN or "body" in attrs):
            raise serializers.ValidationError({"parts": [ErrorDetail(str(_ONLY_CHECK_INS), code="only_check_ins")]})
        if "parts" not in attrs and "body" not in attrs:
            raise serializers.ValidationError({"body": [ErrorDetail("missing", code="required")]})
        return attrs


class ReopenIn(StrictSerializer):
    message = StrictText(max_length=LONGEST_MESSAGE, help_text="What is still missing. Markdown.")


class PriorityIn(StrictSerializer):
    priority = PriorityField()
    reason = StrictText(max_length=500)


class LanguageIn(StrictSerializer):
    language_choice = serializers.ChoiceField(LanguageChoice.choices)
    validate_only = _validate_only()


class RegionIn(StrictSerializer):
    region = StrictText(max_length=30, help_text="Code of a region; its hours count.")
    validate_only = _validate_only()


class MergeIn(StrictSerializer):
    into = StrictText(max_length=30, help_text="Number of the ticket of the same account that goes on.")
    validate_only = _validate_only()


class EscalateIn(StrictSerializer):
    reason = StrictText(max_length=500, help_text="Why it needs a specialist.")


class HandBackIn(StrictSerializer):
    answer = StrictText(max_length=2000, help_text="What level 3 found. The customer reads it.")


class SkipIn(StrictSerializer):
    reason = StrictText(max_length=500, help_text="Why this check-in is not needed.")


class WorkaroundIn(StrictSerializer):
    description = StrictText(max_length=2000, help_text="How the customer can go on meanwhile. They read it.")


class RejectWorkaroundIn(StrictSerializer):
    workaround = StrictInteger(min_value=1, help_text="The `id` of the workaround that was read.")
    reason = StrictText(max_length=2000, help_text="What does not work. It becomes a message and needs our reply.")


class NothingIn(StrictSerializer):
    """An empty object, or no body."""


class UploadIn(serializers.Serializer):
    file = serializers.FileField()


# --- Out --------------------------------------------------------------------------------------------------------


class ClockOut(Shape):
    kind = serializers.ChoiceField(ClockKind.choices)
    state = serializers.ChoiceField(STATES)
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    due_soon_at = serializers.DateTimeField(help_text="When three quarters of the time are used.")
    stopped_at = serializers.DateTimeField(allow_null=True)
    breached_at = serializers.DateTimeField(allow_null=True)
    calendar = serializers.CharField(help_text="Region whose business hours count.")
    region_time_zone = serializers.CharField()
    coverage = serializers.ChoiceField(Coverage.choices)
    target_minutes = serializers.IntegerField(allow_null=True, help_text="null: due at a closing time.")
    check_in_rule = serializers.ChoiceField(CheckInRule.choices, allow_null=True)
    tier = serializers.ChoiceField(Tier.choices)
    priority = serializers.ChoiceField(Priority.choices)


class Level3Out(Shape):
    state = serializers.ChoiceField(
        [(state.value, state.label) for state in EscalationState if state in OPEN_ESCALATION]
    )
    since = serializers.DateTimeField()
    agent = NamedOut(allow_null=True, help_text="The specialist who has taken the ticket.")


class WorkaroundOut(Shape):
    id = serializers.IntegerField()
    description = serializers.CharField()
    recorded_at = serializers.DateTimeField(help_text="In place since then.")
    recorded_by = serializers.CharField(help_text="The agent’s name.")


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
    level_3 = Level3Out(allow_null=True, help_text="null: nobody asked or waits for level 3.")
    workaround = WorkaroundOut(allow_null=True, help_text="null: none is in place. Only P1 and P2 have one.")
    follow_up_of = serializers.CharField(allow_null=True)
    merged_into = serializers.CharField(allow_null=True, help_text="Where its conversation goes on.")
    opened_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    solved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    reopens_until = serializers.DateTimeField(allow_null=True)
    next_due_at = serializers.DateTimeField(allow_null=True)
    clocks = ClockOut(many=True, help_text="Those that run now.")
    coming_check_ins = serializers.ListField(
        child=serializers.DateTimeField(), help_text="The next three, when each is sent at its due moment."
    )
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


class PartsOut(Shape):
    """What an enhanced check-in says."""

    changed = serializers.CharField()
    stands = serializers.CharField()
    next_step = serializers.CharField()
    next_at = serializers.DateTimeField()


class MessageOut(Shape):
    id = serializers.IntegerField()
    ticket = serializers.CharField(
        help_text="Another ticket than asked when a closed one was followed up, or a merged one goes on there."
    )
    author = AuthorOut()
    kind = serializers.ChoiceField(MessageKind.choices)
    channel = serializers.ChoiceField(Channel.choices)
    body = serializers.CharField(help_text="Markdown.")
    parts = PartsOut(allow_null=True, help_text="Of an enhanced check-in; `body` has the same as one text.")
    created_at = serializers.DateTimeField()
    attachments = AttachmentOut(many=True)


class ExplanationOut(Shape):
    """How the due time is calculated; the stretches included sum to the target."""

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
    stretches = serializers.ListField(
        child=serializers.DictField(), help_text="Included and not included, with the cause."
    )
    counted_seconds = serializers.FloatField()
    paused_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when check-ins had been paused before this one."
    )
    recounts = serializers.ListField(
        child=serializers.DictField(),
        help_text="Every change while it ran: cause, who, old and new due, what changed. `at` is from when it counts, "
        "`dated_at` the earlier moment that a change names which was entered late.",
    )
    due_at = serializers.DateTimeField()
    outcome = serializers.CharField()
    stopped_at = serializers.DateTimeField(allow_null=True)
    breached_at = serializers.DateTimeField(allow_null=True)
    sentences = serializers.ListField(child=serializers.CharField(), help_text="The same as text.")


class ExplainedOut(ClockOut):
    explanation = ExplanationOut(allow_null=True)


class TicketEntitlementOut(Shape):
    tier = serializers.ChoiceField(Tier.choices)
    account_tier = serializers.ChoiceField(Tier.choices)
    basis = serializers.ChoiceField(Basis.choices)
    reason = serializers.CharField()


class PreviewedClockOut(Shape):
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
    clocks = PreviewedClockOut(many=True)
    check_ins = serializers.ListField(child=serializers.DateTimeField(), help_text="The next three.")


class DueChangeOut(Shape):
    kind = serializers.ChoiceField(ClockKind.choices)
    old_due_at = serializers.DateTimeField(allow_null=True, help_text="null: none runs now.")
    new_due_at = serializers.DateTimeField(allow_null=True, help_text="null: this target would no longer be due.")


class ConsequenceOut(Shape):
    """What would happen to the targets now. Nothing was stored."""

    validate_only = serializers.BooleanField()
    changes = DueChangeOut(many=True)
