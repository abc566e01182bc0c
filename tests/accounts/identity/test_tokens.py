"""Tokens: shown once, stored as a hash, limited in what and how long, revoked at once."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.core.enums import StaffRole
from accounts.identity.domain.tokens import create_token, find_token, revoke
from accounts.models import Agent, ApiToken
from portal.lib.errors import DomainError, NotAllowed
from portal.lib.secret import digest
from tests.api import Caller, reason, wrong
from tests.factories import MONDAY_9AM, PASSWORD, make_account

NOW = MONDAY_9AM
YEAR = timedelta(days=365)


def make(contact, **given):
    values = {"name": "Monitoring", "scopes": ["read"], "days": 30} | given
    return create_token(user=contact.user, contact=contact, now=NOW, **values)


def test_the_secret_is_random_and_only_its_hash_is_stored(requester):
    token, secret = make(requester)

    assert re.fullmatch(r"sup_live_[A-Za-z0-9_-]{43}", secret)
    assert (token.digest, token.hint) == (digest(secret), secret[:13])
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    assert secret not in out.getvalue()
    assert secret[14:] not in out.getvalue()


def test_two_thousand_secrets_are_all_different(requester, monkeypatch):
    secrets = set()
    monkeypatch.setattr(ApiToken.objects, "create", lambda **fields: secrets.add(fields["digest"]))
    for _ in range(2000):
        make(requester)
    assert len(secrets) == 2000


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"name": "  "}, "empty", "name"),
        ({"scopes": []}, "bad_scope", "scopes"),
        ({"scopes": ["read", "admin"]}, "bad_scope", "scopes"),
        ({"days": 0}, "bad_lifetime", "days"),
        ({"days": 366}, "bad_lifetime", "days"),
    ],
)
def test_a_token_without_name_known_scope_or_limit_is_not_made(requester, given, code, field):
    with pytest.raises(DomainError) as refusal:
        make(requester, **given)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert ApiToken.objects.count() == 0


def test_a_year_is_the_longest_life(requester):
    assert make(requester, days=365)[0].expires_at == NOW + YEAR


def test_a_customer_makes_no_token_of_staff_and_none_of_others(requester, stranger):
    for user, contact in ((requester.user, None), (requester.user, stranger)):
        with pytest.raises(NotAllowed):
            create_token(user=user, contact=contact, name="x", scopes=["read"], days=1, now=NOW)
    assert ApiToken.objects.count() == 0


def test_a_token_is_found_by_its_secret_in_one_query(requester):
    token, secret = make(requester)
    with CaptureQueriesContext(connection) as queries:
        found = find_token(secret, now=NOW)
        facts = (found, found.contact.account.home_region.code, found.contact.name, found.user.staff_role)
    assert facts == (token, "france", "Marc Petit", None)
    assert len(queries) == 1


@pytest.mark.parametrize("secret", ["", "sup_live_", "sup_live_" + "a" * 43, "x" * 52, "sup_live_" + "é" * 43])
def test_what_was_never_a_token_finds_nothing(requester, secret):
    make(requester)
    assert find_token(secret, now=NOW) is None


def test_expired_revoked_and_inactive_tokens_find_nothing(requester):
    token, secret = make(requester)
    assert find_token(secret, now=NOW + timedelta(days=30)) is None
    for table, row in ((requester.account, "account"), (requester, "contact"), (requester.user, "user")):
        type(table).objects.filter(pk=table.pk).update(is_active=False)
        assert find_token(secret, now=NOW) is None, row
        type(table).objects.filter(pk=table.pk).update(is_active=True)
    assert find_token(secret, now=NOW) == token
    revoke(token, now=NOW)
    assert find_token(secret, now=NOW) is None


def test_a_token_is_revoked_once(requester):
    token, _secret = make(requester)
    for hours in (1, 2):
        revoke(token, now=NOW + timedelta(hours=hours))

    token.refresh_from_db()
    assert token.revoked_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(("left", "works"), [(timedelta(seconds=1), True), (timedelta(0), False)])
def test_a_token_works_until_its_last_moment_and_not_in_it(requester, left, works):
    token, secret = make(requester, days=1)

    assert (find_token(secret, now=token.expires_at - left) is not None) is works


def test_a_changed_role_ends_older_tokens(requester, agent):
    _token, customers = make(requester)
    Agent.objects.create(user=requester.user, role=StaffRole.ADMINISTRATOR)
    assert find_token(customers, now=NOW) is None

    _token, staffs = create_token(user=agent.user, contact=None, name="x", scopes=["read"], days=1, now=NOW)
    agent.delete()
    assert find_token(staffs, now=NOW) is None


# --- By password ------------------------------------------------------------------------------------------------


def sign_in(**more):
    return {"email": "marc@acme.test", "password": PASSWORD, **more}


def test_a_password_makes_a_token_that_is_shown_once(requester):
    caller = Caller()

    made = caller.post("/token", sign_in(name="Monitoring", scopes=["read"], days=7))

    secret = made.json()["token"]
    shown = {
        "name": "Monitoring", "begins_with": secret[:13], "scopes": ["read"],
        "account": {"id": requester.account_id, "name": "Acme"}, "created_at": "2026-11-09T09:00:00Z",
        "expires_at": "2026-11-16T09:00:00Z", "last_used_at": None,
    }  # fmt: skip
    assert (made.status_code, made.json()) == (201, {**shown, "token": secret})
    assert made["Cache-Control"] == "no-store"
    caller.secret = secret
    again = caller.get("/token/current")
    assert again.json() == {**shown, "last_used_at": None}
    assert secret not in again.content.decode()


@pytest.mark.parametrize("given", [{"password": "another password"}, {"email": "nobody@acme.test"}])
def test_a_wrong_password_and_an_unknown_address_are_told_apart_by_nothing(requester, given):
    refused = Caller().post("/token", sign_in(**given))
    body = refused.json()
    assert reason(refused) == (401, "SIGN_IN_FAILED")
    assert refused["WWW-Authenticate"] == 'Bearer realm="api"'
    assert body["detail"] == "The email address or password is incorrect. Try again."
    assert ApiToken.objects.count() == 0


def test_guessing_passwords_ends_in_a_pause_even_for_the_right_one(requester):
    caller = Caller()
    statuses = [caller.post("/token", sign_in(password=f"guess number {n}")).status_code for n in range(21)]
    assert statuses == [401] * 20 + [429]
    locked = caller.post("/token", sign_in())
    assert reason(locked) == (429, "TOO_MANY_REQUESTS")
    assert int(locked["Retry-After"]) > 0
    assert ApiToken.objects.count() == 0


def test_a_contact_of_two_accounts_names_one(requester, paris):
    other = make_account("Beta", region=paris)
    make_contact_of(requester.user, other)

    asked = Caller().post("/token", sign_in())
    assert reason(asked) == (409, "CHOOSE_ACCOUNT")
    assert asked.json()["metadata"] == {
        "accounts": [{"id": requester.account_id, "name": "Acme"}, {"id": other.pk, "name": "Beta"}]
    }
    made = Caller().post("/token", sign_in(account=other.pk))
    assert made.json()["account"] == {"id": other.pk, "name": "Beta"}


def make_contact_of(user, account):
    from accounts.models import Contact

    return Contact.objects.create(user=user, account=account)


def test_nobody_acts_for_a_foreign_account(requester, stranger):
    assert reason(Caller().post("/token", sign_in(account=stranger.account_id))) == (401, "SIGN_IN_FAILED")
    assert ApiToken.objects.count() == 0


def test_a_token_makes_no_other_token(requester):
    caller = Caller(requester)
    refused = caller.post("/token", {"name": "Wider", "scopes": ["read", "write"], "days": 365})
    assert reason(refused) == (400, "BAD_INPUT")
    assert wrong(refused) == [("/email", "required"), ("/password", "required")]
    assert ApiToken.objects.count() == 1


def test_a_token_of_staff_acts_for_no_account(agent):
    made = Caller().post("/token", {"email": "lea@punctual.test", "password": PASSWORD})
    assert (made.status_code, made.json()["account"]) == (201, None)


# --- Life -------------------------------------------------------------------------------------------------------


def test_a_revoked_token_opens_nothing_from_the_next_request_on(requester):
    caller = Caller(requester)
    assert caller.delete("/token/current").status_code == 204
    for call in (lambda: caller.get("/me"), lambda: caller.delete("/token/current")):
        refused = call()
        assert reason(refused) == (401, "BAD_TOKEN")
        assert refused["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'


def test_an_expired_token_opens_nothing(requester):
    caller = Caller(requester)
    assert caller.later(days=29).get("/me").status_code == 200
    assert reason(caller.later(days=1).get("/me")) == (401, "BAD_TOKEN")


def test_the_last_use_is_noted_once_a_minute(requester):
    caller = Caller(requester)
    seen = []
    for seconds in (0, 59, 1):
        caller.later(seconds=seconds).get("/me")
        seen.append(ApiToken.objects.get(pk=caller.token.pk).last_used_at)
    assert seen == [NOW, NOW, NOW + timedelta(minutes=1)]


def test_a_token_in_the_address_is_refused_even_beside_a_good_one(requester):
    caller = Caller(requester)
    assert reason(caller.get(f"/me?access_token={caller.secret}")) == (400, "TOKEN_IN_QUERY")
    assert ApiToken.objects.get().last_used_at is None


@pytest.mark.parametrize("header", ["Basic bWFyYzp4", "Bearer", "Token abc", "Bearer  ", "sup_live_" + "a" * 43])
def test_other_credentials_are_a_bad_token(requester, header):
    assert reason(Caller().get("/me", Authorization=header)) == (401, "BAD_TOKEN")


def test_a_session_opens_no_api(requester):
    caller = Caller()
    caller.client.force_login(requester.user, backend="accounts.identity.backends.PersonBackend")
    assert reason(caller.get("/me")) == (401, "TOKEN_REQUIRED")


def test_bad_tokens_are_slowed_down(db):
    caller = Caller()
    caller.secret = "sup_live_" + "a" * 43
    statuses = [caller.get("/me").status_code for _ in range(61)]
    assert statuses == [401] * 60 + [429]


def test_bad_tokens_of_one_network_count_together(db):
    caller = Caller()
    caller.secret = "sup_live_" + "a" * 43
    statuses = []
    for n in range(61):
        caller.client.defaults["REMOTE_ADDR"] = f"2001:db8:0:1::{n:x}"
        statuses.append(caller.get("/me").status_code)
    assert statuses == [401] * 60 + [429]
