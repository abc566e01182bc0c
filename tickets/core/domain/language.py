"""The choice between English around the clock and one's own language in business hours, made by the customer's side."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import entitlements_of
from accounts.models import Contact
from portal.lib.errors import NotAllowed
from tickets.core.domain.clocks import may_choose_language
from tickets.core.domain.lifecycle import change_language
from tickets.core.enums import LanguageChoice
from tickets.core.models import Ticket


def decides_language(ticket: Ticket, contact: Contact) -> bool:
    """The requester reads the answers, and the account's administrators speak for everybody."""
    return contact.pk == ticket.requester_id or contact.is_admin


def has_language_choice(ticket: Ticket, *, now: datetime) -> bool:
    """Whether there is anything to choose: a live ticket of a person with another language, on a 24x7 tier."""
    language = ticket.requester.user.language
    return ticket.is_live and language != "en" and may_choose_language(entitlements_of(ticket.requester, now), language)


def choose_language(ticket: Ticket, to: LanguageChoice, *, by: Contact, now: datetime) -> Ticket:
    """As change_language, by the customer's side. Raises NotAllowed for a colleague who only reads along."""
    if not decides_language(ticket, by):
        raise NotAllowed(
            _("Only %(name)s and the account administrators can choose the reply language.")
            % {"name": ticket.requester.name}
        )
    return change_language(ticket, to, by=by.user, now=now)
