"""What our middleware guarantees about a request, said to the type checker and to readers."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from portal.lib.access import Role

# Session key: the contact (primary key) that a person of several accounts acts as.
ACTING = "acting_contact"


class PortalRequest(HttpRequest):
    """A request behind our middleware: `user` is signed in on every page that the table does not open to everybody.

    `contact` is the accounts.Contact a customer acts as (None for staff), `contacts` all they may act as, `role` what
    the permission table knows them as.
    """

    user: Any
    contact: Any
    contacts: list[Any]
    role: "Role"
    htmx: "HtmxDetails"
    request_id: str
    led_to: str  # set by a view that acts and answers with a page of its own: where a second sending leads


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx will swap the answer into a page that is already there.

    A boosted link and a history restore also carry HX-Request, but both need the whole page.
    """
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def is_own_path(target: str) -> bool:
    """True for a path of this site, such as `next` may name: no scheme, no host, no control signs."""
    return (
        target.startswith("/") and target.isprintable() and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    )
