"""Changes that move what was promised: language, region, merge; and leaving out a check-in."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.response import Response

from accounts.models import Region
from portal.lib.errors import DomainError
from portal.lib.rest.moments import stamp
from portal.lib.rest.resource import ApiRequest, repeatable
from portal.lib.rest.strict import parameters
from tickets.core.api import examples, shapes
from tickets.core.api.base import TicketResource
from tickets.core.api.tickets import TICKET
from tickets.core.domain import language, lifecycle
from tickets.core.domain.conversation import skip_check_in
from tickets.core.domain.merging import merge, mergeable
from tickets.core.domain.preview import Consequence, language_consequence, merger, region_consequence
from tickets.core.enums import LanguageChoice
from tickets.core.models import Ticket

WOULD = "With `validate_only: true` nothing is stored: the response gives the due time of each target."


def _either(name: str) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(
        name, [shapes.TicketOut, shapes.TicketStaffOut, shapes.ConsequenceOut], resource_type_field_name=None
    )


class _Change(TicketResource):
    versioned = True

    def done(self, act: Callable[[], Ticket], would: Callable[[], Consequence], *, only_say: bool) -> Response:
        """The ticket after `act`. With `only_say` what would happen: `act` is tried and undone, so that whatever
        refuses it refuses here too."""
        with transaction.atomic():
            changed = act()
            transaction.set_rollback(only_say)
        if not only_say:
            return self.show(changed.pk)
        return Response({
            "validate_only": True,
            "changes": [
                {
                    "kind": change.kind.value,
                    "old_due_at": stamp(change.old_due_at),
                    "new_due_at": stamp(change.new_due_at),
                }
                for change in would().changes
            ],
        })  # fmt: skip


class Language(_Change):
    """English, 24/7, or your own language in business hours."""

    route = "ticket-language"

    @extend_schema(
        operation_id="change_language", summary="Choose the language of the replies", request=shapes.LanguageIn,
        responses=_either("TicketAfterLanguage"),
        description=f"For the requester, the account's administrators and staff, where the tier has 24/7 targets "
        f"in English and the requester writes in another language. {WOULD}",
        examples=[
            examples.sent("My language", {"language_choice": "own"}),
            examples.sent("What would happen", {"language_choice": "own", "validate_only": True}),
            examples.answered("Chosen", {**examples.TICKET, "language": "fr", "language_choice": "own", "version": 2}),
            examples.answered("What would happen", examples.CONSEQUENCE),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        values = self.read(shapes.LanguageIn)
        to = LanguageChoice(values["language_choice"])

        def act() -> Ticket:
            if self.staff:
                return lifecycle.change_language(ticket, to, by=request.user, now=self.now)
            return language.choose_language(ticket, to, by=self.actor, now=self.now)

        return self.done(
            act, lambda: language_consequence(ticket, to, now=self.now), only_say=values.get("validate_only", False)
        )


class OtherRegion(_Change):
    """The ticket belongs to another region."""

    route = "ticket-region"

    @extend_schema(
        operation_id="change_region", summary="Move a ticket to another region", request=shapes.RegionIn,
        responses=_either("TicketAfterRegion"),
        description=f"For staff. Targets in business hours use those of the new region. {WOULD}",
        examples=[
            examples.sent("To the United Kingdom", {"region": "emea"}),
            examples.sent("What would happen", {"region": "emea", "validate_only": True}),
            examples.answered("Moved", {**examples.TICKET, "region": "emea", "version": 2}),
            examples.answered("What would happen", examples.CONSEQUENCE),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        values = self.read(shapes.RegionIn)
        to = Region.objects.filter(code=values["region"], calendar__isnull=False).first()
        if to is None:
            raise DomainError(_("Choose a region that has business hours."), code="no_region", field="region")
        return self.done(
            lambda: lifecycle.change_region(ticket, to, by=request.user, now=self.now),
            lambda: region_consequence(ticket, to, now=self.now),
            only_say=values.get("validate_only", False),
        )


class Merge(_Change):
    """Two tickets about the same thing become one."""

    route = "ticket-merge"

    @extend_schema(
        operation_id="merge_ticket", summary="Merge a ticket into another one", request=shapes.MergeIn,
        responses=_either("TicketAfterMerge"),
        description="For staff. Messages, files, notes and people go to the ticket named by `into`, which keeps the "
        f"earlier due time of the two and is the response. Merging again into the same one changes nothing. {WOULD}",
        examples=[
            examples.sent("Into another one", {"into": "SUP-1042"}),
            examples.sent("What would happen", {"into": "SUP-1042", "validate_only": True}),
            examples.answered("The ticket that goes on", {**examples.TICKET, "version": 2}),
            examples.answered("What would happen", examples.CONSEQUENCE),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        values = self.read(shapes.MergeIn)
        into = mergeable(ticket, values["into"], by=request.user)
        if ticket.merged_into_id == into.pk:
            return self.show(into.pk)
        return self.done(
            lambda: merge(ticket, into=into, by=request.user, now=self.now),
            lambda: merger(ticket, into, now=self.now),
            only_say=values.get("validate_only", False),
        )


class SkipCheckIn(_Change):
    """Nothing to say this time."""

    route = "ticket-skip-check-in"

    @extend_schema(
        operation_id="skip_check_in", summary="Leave out the next check-in, with a reason", request=shapes.SkipIn,
        responses=TICKET, description="For staff. It is counted separately, and the next one starts now.",
        examples=[
            examples.sent("We spoke", {"reason": "We spoke on the phone at noon."}),
            examples.answered("Left out", {**examples.TICKET, "status": "open", "version": 3}),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        values = self.read(shapes.SkipIn)
        skip_check_in(ticket, reason=values["reason"], by=request.user, now=self.now)
        return self.show(ticket.pk)
