"""Tokens for programs: made with a secret that is shown once, found again by its hash, revoked for good."""

import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from accounts.core.domain.people import may_act
from accounts.core.models import Account, Agent, Contact, Region, User
from accounts.identity.models import ApiToken
from portal.lib.errors import DomainError, NotAllowed
from portal.lib.prepared import Prepared
from portal.lib.secret import digest

PREFIX = "sup_live_"
SCOPES = ("read", "write")
MAX_DAYS = 365
# Often enough to see that a token lives, seldom enough not to write at every call.
SEEN_EVERY = timedelta(minutes=1)
_SECRET = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")


def create_token(
    *, user: User, contact: Contact | None, name: str, scopes: list[str], days: int, now: datetime
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is nowhere stored and never shown again.

    `contact` is whom a customer's token acts as; None makes a token of staff. Raises NotAllowed for somebody who is
    neither, DomainError for no name, an unknown scope or a life longer than a year.
    """
    name = " ".join(name.split())
    if not name:
        raise DomainError(_("Enter a name."), code="empty", field="name")
    if not scopes or set(scopes) - set(SCOPES):
        raise DomainError(
            _("Choose the permissions of the token: read, write or both."), code="bad_scope", field="scopes"
        )
    if not 1 <= days <= MAX_DAYS:
        raise DomainError(
            _("A token expires after 1 to %(days)s days.") % {"days": MAX_DAYS}, code="bad_lifetime", field="days"
        )
    if not may_act(user, contact):
        raise NotAllowed(
            _(
                "API tokens are for contacts of an account and for the support team. Ask an administrator of "
                "your account."
            )
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, contact=contact, name=name[:80], digest=digest(secret), hint=secret[: len(PREFIX) + 4],
        scopes=[scope for scope in SCOPES if scope in scopes], created_at=now, expires_at=now + timedelta(days=days),
    )  # fmt: skip
    return token, secret


def find_token(secret: str, *, now: datetime) -> ApiToken | None:
    """The working token behind `secret`, with everybody it speaks for, in one query; None for all others."""
    if not _SECRET.fullmatch(secret):
        return None
    found = _TOKENS.rows(digest(secret), now)
    if not found:
        return None
    token = _with_people(found[0])
    return token if may_act(token.user, token.contact) else None


# Everybody a token speaks for: who, and where they hang in the row.
_PEOPLE: tuple[tuple[str, type[Model]], ...] = (
    ("", ApiToken), ("user__", User), ("user__agent__", Agent), ("contact__", Contact),
    ("contact__account__", Account), ("contact__account__home_region__", Region), ("contact__region__", Region),
)  # fmt: skip
_FIELDS = [[field.attname for field in model._meta.concrete_fields] for _path, model in _PEOPLE]


def _valid_tokens(digest: str, now: datetime) -> QuerySet[ApiToken, Any]:
    names = [path + name for (path, _model), names in zip(_PEOPLE, _FIELDS, strict=True) for name in names]
    return ApiToken.objects.valid(now).filter(digest=digest).values_list(*names)


_TOKENS = Prepared(_valid_tokens, "0" * 64, datetime(2000, 1, 1, tzinfo=UTC))


def _with_people(row: Sequence[Any]) -> ApiToken:
    """The token of a row of `_valid_tokens`, as `select_related` would have linked it."""
    values, made = iter(row), []
    for (_path, model), names in zip(_PEOPLE, _FIELDS, strict=True):
        own = [next(values) for _name in names]
        made.append(model.from_db(DEFAULT_DB_ALIAS, names, own) if own[0] is not None else None)
    token, user, agent, contact, account, home_region, region = cast("list[Any]", made)
    token._state.fields_cache |= {"user": user, "contact": contact}
    user._state.fields_cache["agent"] = agent
    if agent:
        agent._state.fields_cache["user"] = user
    if contact:
        # The same person: no second query, one cached role.
        contact._state.fields_cache |= {"user": user, "account": account, "region": region}
        account._state.fields_cache["home_region"] = home_region
    return cast(ApiToken, token)


def saw(token: ApiToken, *, now: datetime) -> None:
    """Note that the token was used, at most once a minute."""
    if token.last_used_at is None or now - token.last_used_at >= SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def revoke(token: ApiToken, *, now: datetime) -> None:
    """From the next request on the token opens nothing; twice is once."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
