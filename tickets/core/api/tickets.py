"""The list of tickets, opening one, and one ticket."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.response import Response

from accounts.core.domain.agents import active_agent
from accounts.models import Region
from portal.lib.errors import DomainError
from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest, repeatable
from portal.lib.rest.strict import key, moment, one_of, parameters
from sla.core.enums import Priority
from tickets.core.api import examples, rows, shapes
from tickets.core.api.base import TicketResource
from tickets.core.api.outlook import outlook_out
from tickets.core.domain.followers import add_follower, remove_follower
from tickets.core.domain.lifecycle import change_priority, change_status
from tickets.core.domain.opening import OpenTicket, open_ticket
from tickets.core.domain.privacy import set_private
from tickets.core.domain.routing import assign
from tickets.core.enums import Channel, LanguageChoice, Status, Turn
from tickets.core.models import Ticket
from tickets.core.models.ticket import TicketQuerySet, ticket_pk

# What `order` may be → the column that keeps the place. Each has an index of its own or stands on the key.
ORDERS = {"-number": "-pk", "number": "pk", "next_due_at": "next_due_at", "updated_at": "updated_at"}
STAFF_FILTERS = ("assignee", "account")
FILTERS = ("status", "priority", "turn", "updated_since", "requester", "q", "order")


def either(name: str, customers: Any, staff: Any) -> PolymorphicProxySerializer:
    """Customers and staff send or get different fields."""
    return PolymorphicProxySerializer(name, [customers, staff], resource_type_field_name=None)


TICKET = either("Ticket", shapes.TicketOut, shapes.TicketStaffOut)


class Tickets(TicketResource):
    """All tickets that the token may see."""

    route = "ticket-list"
    pagination_class = Cursor

    @extend_schema(
        operation_id="tickets", summary="List tickets",
        description="By default the newest first. `updated_since` with `order=updated_at` reads everything that "
        "changed, in order, without a gap.",
        parameters=[
            OpenApiParameter("status", description="One or several, with commas: " + ", ".join(Status.values)),
            OpenApiParameter("priority", description="One or several of 1 to 4, with commas."),
            OpenApiParameter("turn", enum=Turn.values, description="Whose move it is."),
            OpenApiParameter("updated_since", description="RFC 3339, with offset; this moment included."),
            OpenApiParameter("requester", enum=["me"], description="Only your own. For customers."),
            OpenApiParameter("assignee", enum=["me", "none"], description="Only yours, or nobody's. For staff."),
            OpenApiParameter("account", int, description="Only this account, by its id. For staff."),
            OpenApiParameter("q", description="A ticket number."),
            OpenApiParameter("order", enum=list(ORDERS)),
        ],
        responses=PolymorphicProxySerializer(
            "Ticket", [shapes.TicketOut, shapes.TicketStaffOut], resource_type_field_name=None, many=True
        ),
        examples=[examples.answered("A ticket", examples.TICKET)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        values = parameters(request, *FILTERS, *(STAFF_FILTERS if self.staff else []))
        order = one_of("order", values.get("order", "-number"), list(ORDERS))
        tickets = self._filtered(self.tickets(), values)
        pages, column = Cursor(), ORDERS[order].removeprefix("-")
        found = pages.page(tickets.with_level_3().with_workaround(), request, order=ORDERS[order])
        page = list(found.values(*rows.columns(staff=self.staff)))
        return pages.answer(
            page,
            last=lambda row: (row[column], row["pk"]),
            show=lambda some: rows.tickets_out(some, staff=self.staff, now=self.now),
        )

    def _filtered(self, tickets: TicketQuerySet, values: dict[str, str]) -> TicketQuerySet:
        if "status" in values:
            tickets = tickets.filter(
                status__in=[one_of("status", s, Status.values) for s in _several(values["status"])]
            )
        if "priority" in values:
            known = [str(priority.value) for priority in Priority]
            tickets = tickets.filter(priority__in=[one_of("priority", p, known) for p in _several(values["priority"])])
        if "turn" in values:
            turn = one_of("turn", values["turn"], Turn.values)
            tickets = tickets.filter(status__in=[status for status, whose in rows.TURNS.items() if whose == turn])
        if "updated_since" in values:
            tickets = tickets.filter(updated_at__gte=moment("updated_since", values["updated_since"]))
        if "requester" in values:
            one_of("requester", values["requester"], ["me"])
            tickets = tickets.none() if self.staff else tickets.requested_by(self.actor)
        if "assignee" in values:
            mine = one_of("assignee", values["assignee"], ["me", "none"]) == "me"
            tickets = tickets.assigned_to(self.request.user.agent) if mine else tickets.unassigned()
        if "account" in values:
            tickets = tickets.filter(account=key("account", values["account"]))
        if "q" in values:
            tickets = tickets.filter(pk=ticket_pk(values["q"]) or 0)
        return tickets

    @extend_schema(
        operation_id="open_ticket", summary="Open a ticket, or ask what would happen",
        description="With `validate_only: true` nothing is stored: the response (200) says which targets apply to you "
        "and why, when the reply and the check-ins would be due, and how that is calculated.",
        request=shapes.TicketIn,
        responses={201: shapes.TicketOut, 200: shapes.OutlookOut},
        examples=[
            examples.sent("A ticket", examples.TICKET_IN),
            examples.sent("What would happen", {**examples.TICKET_IN, "validate_only": True}),
            examples.answered("Opened", examples.TICKET, 201),
            examples.answered("What would happen", examples.OUTLOOK),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest) -> Response:
        parameters(request)
        values = self.read(shapes.TicketIn)
        region = self._region(values.get("region"))
        followers = self.colleagues(values.get("followers", []))
        attachments = self.uploads(values.get("attachments", []))
        choice = LanguageChoice(values.get("language_choice", LanguageChoice.ENGLISH))
        priority = Priority(values["priority"])
        if values.get("validate_only"):
            return Response(
                outlook_out(self.actor, priority=priority, region=region, language_choice=choice, now=self.now)
            )
        new = OpenTicket(
            requester=self.actor, subject=values["subject"], body=values["body"], priority=priority,
            channel=Channel.API, language_choice=choice, product=values.get("product", ""), region=region,
            followers=followers, attachments=attachments, is_private=values.get("is_private", False),
        )  # fmt: skip
        ticket = open_ticket(new, by=request.user, now=self.now)
        row = rows.row_of(ticket, staff=False)
        shown = rows.tickets_out([row], staff=False, now=self.now, followed=bool(followers))[0]
        headers = {
            "ETag": rows.etag(ticket.pk, ticket.version),
            "Location": reverse("api:ticket-detail", args=[ticket.number]),
        }
        return Response(shown, status=201, headers=headers)

    def _region(self, code: str | None) -> Region | None:
        if code is None:
            return None
        contact = self.actor
        ours = Q(pk=contact.account.home_region_id) | Q(pk__in=contact.account.regions.values("pk"))
        ours |= Q(pk=contact.region_id) | Q(pk__in=contact.seats.taken().values("region"))
        region = Region.objects.filter(ours, code=code, calendar__isnull=False).first()
        if region is None:
            raise DomainError(_("Choose one of the regions of your account."), code="foreign_region", field="region")
        return region


class OneTicket(TicketResource):
    """One ticket, by its number."""

    route, versioned = "ticket-detail", True

    @extend_schema(
        operation_id="ticket", summary="Read a ticket", responses=TICKET,
        examples=[examples.answered("A ticket", examples.TICKET)],
    )  # fmt: skip
    def get(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        named = self.tickets().filter(pk=ticket_pk(number) or 0).with_level_3().with_workaround()
        found = list(named.values(*rows.columns(staff=self.staff)))
        if not found:
            raise Http404
        ticket = found[0]
        shown = rows.tickets_out([ticket], staff=self.staff, now=self.now)[0]
        return Response(shown, headers={"ETag": rows.etag(ticket["pk"], ticket["version"])})

    @extend_schema(
        operation_id="change_ticket", summary="Change a ticket",
        description="Customers change who reads and follows it; staff change status, priority and assignee.",
        request=either("TicketChange", shapes.TicketChangeIn, shapes.TicketStaffChangeIn), responses=TICKET,
        examples=[
            examples.sent("A customer", {"is_private": True, "followers": [14]}),
            examples.sent("Staff", {"status": "waiting", "assignee": 5}),
            examples.answered("Changed", examples.TICKET),
        ],
    )  # fmt: skip
    @transaction.atomic
    def patch(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        if self.staff:
            self._change_as_staff(ticket, self.read(shapes.TicketStaffChangeIn))
        else:
            self._change_as_customer(ticket, self.read(shapes.TicketChangeIn))
        return self.show(ticket.pk)

    def _change_as_customer(self, ticket: Ticket, values: dict[str, Any]) -> None:
        by, now = self.request.user, self.now
        if "followers" in values:
            wanted = self.colleagues(values["followers"])
            keep = {contact.pk for contact in wanted}
            for follower in ticket.followers.select_related("contact__user").exclude(contact__in=keep):
                remove_follower(ticket, follower.contact, by=by, now=now)
            for contact in wanted:
                add_follower(ticket, contact, by=by, now=now)
        if "is_private" in values:
            set_private(ticket, values["is_private"], by=self.actor, now=now)

    def _change_as_staff(self, ticket: Ticket, values: dict[str, Any]) -> None:
        by, now = self.request.user, self.now
        if "assignee" in values:
            assign(ticket, active_agent(values["assignee"], field="assignee"), by=by, now=now)
        if "priority" in values:
            change_priority(ticket, Priority(values["priority"]), by=by, now=now, reason=values.get("reason", ""))
        if "status" in values:
            change_status(ticket, Status(values["status"]), by=by, now=now)


def _several(value: str) -> list[str]:
    return value.split(",")[:10]
