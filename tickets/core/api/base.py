"""What the resources about one ticket share: finding it, expecting a version, showing it."""

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.response import Response

from accounts.models import Contact
from portal.lib.errors import DomainError
from portal.lib.rest.resource import Resource
from tickets.core.api import rows
from tickets.core.domain.followers import NotAColleague
from tickets.core.domain.locking import locked
from tickets.core.models import Attachment, Ticket
from tickets.core.models.ticket import TicketQuerySet, ticket_pk


class TicketResource(Resource):
    """A resource that stands on tickets."""

    tag = "Tickets"

    @property
    def staff(self) -> bool:
        return self.actor is None

    def tickets(self) -> TicketQuerySet:
        """The only door."""
        return Ticket.objects.visible_to(self.request.user, self.actor)

    def find(self, number: str) -> Ticket:
        """The visible ticket called `number`; foreign, private to others or missing is the same 404."""
        ticket = self.tickets().for_detail().filter(pk=ticket_pk(number) or 0).first()
        if ticket is None:
            raise Http404
        return ticket

    def held(self, number: str) -> Ticket:
        """The same, in the version of If-Match, locked until the caller's transaction ends."""
        ticket = self.find(number)
        if "If-Match" in self.request.headers:
            ticket = locked(ticket)
            self.expect(rows.etag(ticket.pk, ticket.version))
        return ticket

    def show(self, pk: int, *, status: int = 200, **headers: str) -> Response:
        ticket = rows.ticket_out(pk, staff=self.staff, now=self.now)
        return Response(ticket, status=status, headers={"ETag": rows.etag(pk, ticket["version"]), **headers})

    def uploads(self, keys: list[str]) -> list[Attachment]:
        """One's own uploads that no message took yet, named by their ids."""
        if not keys:
            return []
        found = {
            file.key: file for file in Attachment.objects.loose().filter(key__in=keys, uploaded_by=self.request.user)
        }
        if len(found) != len(set(keys)):
            raise DomainError(
                _("One of the attachments does not exist or is already on another message. Upload it again."),
                code="file_refused", field="attachments",
            )  # fmt: skip
        return [found[key] for key in dict.fromkeys(keys)]

    def colleagues(self, ids: list[int]) -> list[Contact]:
        """Active contacts of the account, by their ids."""
        if not ids:
            return []
        people = Contact.objects.active().filter(account=self.actor.account_id, pk__in=ids)
        found = {contact.pk: contact for contact in people.select_related("user")}
        if len(found) != len(set(ids)):
            raise NotAColleague(
                _("Choose active colleagues of %(account)s.") % {"account": self.actor.account.name},
                field="followers",
            )
        return [found[pk] for pk in dict.fromkeys(ids)]
