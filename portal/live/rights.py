"""Who may still listen: asked when a stream opens and at every heartbeat, for all streams at once."""

from collections.abc import Sequence

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from accounts.models import Contact, User
from portal.lib import clock
from portal.lib.live import DESK, Claim
from tickets.chat.domain.watching import owners


def allowed(claims: Sequence[Claim]) -> set[Claim]:
    """Those of `claims` that hold now: the session lives and is of this person, their contact acts, the chat is theirs.

    Four queries, however many streams.
    """
    keys = {claim.session for claim in claims}
    rows = Session.objects.filter(session_key__in=keys, expire_date__gt=clock.machine_now())
    sessions = {row.session_key: row for row in rows}
    users = User.objects.select_related("agent").in_bulk({claim.user for claim in claims})
    contacts = dict(
        Contact.objects.active().filter(pk__in={c.contact for c in claims if c.contact}).values_list("pk", "user")
    )
    chats = owners({claim.chat for claim in claims if claim.chat})
    return {
        claim
        for claim in claims
        if (user := users.get(claim.user)) is not None
        and user.is_active
        and _is_session_of(sessions.get(claim.session), user)
        and _may_hear(claim, user, contacts, chats)
    }


def _is_session_of(session: Session | None, user: User) -> bool:
    if session is None:
        return False
    data = SessionStore().decode(session.session_data)
    return data.get(SESSION_KEY) == str(user.pk) and constant_time_compare(
        data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    )


def _may_hear(claim: Claim, user: User, contacts: dict[int, int], chats: dict[str, int]) -> bool:
    if claim.contact is None:
        return user.is_staff and (claim.topic == DESK or claim.chat in chats)
    return claim.chat in chats and chats[claim.chat] == claim.contact and contacts.get(claim.contact) == user.pk
