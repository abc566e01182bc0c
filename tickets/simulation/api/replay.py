"""An account's last 90 days under another tier: what would have been late."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.enums import Tier
from accounts.models import Account
from portal.lib.rest.moments import stamp
from portal.lib.rest.refusals import BadParameter
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import one_of, parameters
from sla.core.enums import ClockKind, Priority
from tickets.simulation.domain.replay import Replay, Replayed, replay

# The newest promises that an answer names; all are counted.
SHOWN = 200


class ReplayedOut(Shape):
    ticket = serializers.CharField()
    kind = serializers.ChoiceField(ClockKind.choices)
    priority = serializers.ChoiceField(Priority.choices)
    started_at = serializers.DateTimeField()
    stopped_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="When it was due.")
    due_then = serializers.DateTimeField(help_text="At the other tier.")
    was_late = serializers.BooleanField()
    late_then = serializers.BooleanField()


class ReplayCountsOut(Shape):
    kind = serializers.ChoiceField(ClockKind.choices)
    ended = serializers.IntegerField(help_text="All targets met or missed, as in the SLA report.")
    total = serializers.IntegerField(help_text="Those of them that are compared; `notes` say why others are not.")
    late = serializers.IntegerField(help_text="When it was due.")
    late_then = serializers.IntegerField(help_text="At the other tier.")


class ReplayOut(Shape):
    account = serializers.IntegerField()
    tier = serializers.ChoiceField(Tier.choices)
    since = serializers.DateTimeField()
    counts = ReplayCountsOut(many=True)
    sentences = serializers.ListField(child=serializers.CharField(), help_text="The same as text.")
    notes = serializers.ListField(child=serializers.CharField(), help_text="What is compared, and what is not.")
    is_cut = serializers.BooleanField(help_text="Only the latest 5,000 were compared.")
    results = ReplayedOut(many=True, help_text="The newest 200; what would have gone otherwise before the rest.")


_ANSWER = {
    "account": 3, "tier": "gold", "since": "2026-08-11T09:00:00Z",
    "counts": [{"kind": "response", "ended": 6, "total": 5, "late": 0, "late_then": 2}],
    "sentences": ["As Premium Gold, 2 of these 5 answers would have been late (in fact: 0)."], "is_cut": False,
    "notes": [
        "Answers of the last 90 days: 6 (compared here: 5). "
        "Left out: 1 (the tier of the account did not apply to the person)."
    ],
    "results": [{
        "ticket": "SUP-1042", "kind": "response", "priority": 2, "started_at": "2026-11-09T09:00:00Z",
        "stopped_at": "2026-11-09T12:40:00Z", "due_at": "2026-11-09T13:00:00Z", "due_then": "2026-11-09T12:00:00Z",
        "was_late": False, "late_then": True,
    }],
}  # fmt: skip
_TIER = [OpenApiParameter("tier", enum=Tier.values, required=True, description="The tier to replay it at.")]
_EXAMPLES = [OpenApiExample("A Standard account as Gold", response_only=True, value=_ANSWER)]


class AccountReplay(Resource):
    """The past of one account, for staff."""

    route, tag = "account-replay", "Accounts"

    @extend_schema(
        operation_id="account_replay", summary="The last 90 days of an account at another tier", responses=ReplayOut,
        parameters=_TIER, examples=_EXAMPLES,
    )  # fmt: skip
    def get(self, request: ApiRequest, account: int) -> Response:
        tier = _tier(request)
        found = Account.objects.filter(pk=account).first() if self.actor is None else None
        if found is None:
            raise Http404
        return Response(_out(replay(found, tier, now=self.now)))


class OwnReplay(Resource):
    """The past of one's own account, for its administrators."""

    route, tag = "own-replay", "Account"

    @extend_schema(
        operation_id="own_replay", summary="The last 90 days of your account at another tier", responses=ReplayOut,
        parameters=_TIER, examples=_EXAMPLES,
        description="Account administrators only: it tells of every ticket of the account.",
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        tier = _tier(request)
        return Response(_out(replay(self.actor.account, tier, now=self.now)))


def _tier(request: ApiRequest) -> Tier:
    values = parameters(request, "tier")
    if "tier" not in values:
        raise BadParameter(_("Enter the tier: %(allowed)s.") % {"allowed": ", ".join(Tier.values)}, pointer="tier")
    return Tier(one_of("tier", values["tier"], Tier.values))


def _out(found: Replay) -> dict[str, Any]:
    rows = sorted(found.rows, key=lambda row: not row.differs)
    return {
        "account": found.account.pk,
        "tier": found.tier.value,
        "since": stamp(found.since),
        "counts": [
            {
                "kind": kind.value,
                "ended": ended.total,
                "total": len(of_kind),
                "late": sum(row.was_late for row in of_kind),
                "late_then": sum(row.late_then for row in of_kind),
            }
            for kind, ended in found.ended.items()
            for of_kind in [found.of(kind)]
        ],
        "sentences": found.sentences,
        "notes": found.notes,
        "is_cut": found.is_cut,
        "results": [_row(row) for row in rows[:SHOWN]],
    }


def _row(row: Replayed) -> dict[str, Any]:
    return {
        "ticket": row.ticket.number,
        "kind": row.kind.value,
        "priority": int(row.priority),
        "started_at": stamp(row.started_at),
        "stopped_at": stamp(row.stopped_at),
        "due_at": stamp(row.due_at),
        "due_then": stamp(row.due_then),
        "was_late": row.was_late,
        "late_then": row.late_then,
    }
