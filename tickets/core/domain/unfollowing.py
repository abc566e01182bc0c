"""Stop following a ticket from a mail, without signing in: the link names ticket and person, and only we make it."""

from datetime import datetime

from django.core.signing import BadSignature, Signer

from tickets.core.domain.followers import remove_follower
from tickets.core.models import Follower

_SALT = "tickets.unfollow"


def unfollow_token(ticket_pk: int, user_pk: int) -> str:
    return Signer(salt=_SALT, sep=".").sign(f"{ticket_pk}-{user_pk}")


def read_unfollow_token(token: str) -> tuple[int, int] | None:
    """Ticket and person; None for a token that we did not make."""
    try:
        ticket, user = Signer(salt=_SALT, sep=".").unsign(token).split("-")
    except (BadSignature, ValueError):
        return None
    return int(ticket), int(user)


def following(ticket_pk: int, user_pk: int) -> Follower | None:
    rows = Follower.objects.select_related("ticket", "contact__user")
    return rows.filter(ticket=ticket_pk, contact__user=user_pk).first()


def stop_following(ticket_pk: int, user_pk: int, *, now: datetime) -> None:
    """The person stops hearing of the ticket; twice is once."""
    row = following(ticket_pk, user_pk)
    if row:
        remove_follower(row.ticket, row.contact, by=row.contact.user, now=now)
