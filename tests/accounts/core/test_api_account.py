"""Me, my account, its people and its seats by API."""

import pytest

from accounts.models import Seat
from portal.lib.idempotency import IdempotencyKey
from tests.api import Caller, reason, wrong
from tests.factories import make_contact

FRANCE = {"code": "france", "name": "France", "time_zone": "Europe/Paris"}


def test_me_says_who_i_am_and_which_targets_apply(requester):
    caller = Caller(requester)
    assert caller.get("/me").json() == {
        "id": requester.pk, "name": "Marc Petit", "email": "marc@acme.test", "language": "en",
        "time_zone": "Europe/Paris", "role": "member", "account": {"id": requester.account_id, "name": "Acme"},
        "region": FRANCE,
        "entitlement": {
            "tier": "gold", "account_tier": "gold", "basis": "seat", "seat": 2,
            "reason": "You are a Premium contact of Acme (seat 2 of 3): Premium Gold targets apply.",
        },
        "token": {
            "name": "Tests", "begins_with": caller.secret[:13], "scopes": ["read", "write"],
            "account": {"id": requester.account_id, "name": "Acme"}, "created_at": "2026-11-09T09:00:00Z",
            "expires_at": "2026-12-09T09:00:00Z", "last_used_at": None,
        },
    }  # fmt: skip


def test_staff_have_no_account_and_no_entitlement(lead):
    body = Caller(lead).get("/me").json()
    assert {name: body[name] for name in ("id", "role", "account", "region", "entitlement")} == {
        "id": None, "role": "lead", "account": None, "region": None, "entitlement": None,
    }  # fmt: skip


def test_the_price_is_for_administrators(account_admin, requester):
    contract = {
        "tier": "gold", "starts_on": "2020-01-01", "ends_on": "2039-12-31", "premium_contacts": 3,
        "professional_services_hours": 8, "price_usd": None,
    }  # fmt: skip
    account = {
        "id": requester.account_id,
        "name": "Acme",
        "segment": "enterprise",
        "home_region": FRANCE,
        "regions": [],
    }
    assert Caller(requester).get("/account").json() == {**account, "contract": contract}
    assert Caller(account_admin).get("/account").json() == {
        **account,
        "contract": {**contract, "price_usd": "28000.00"},
    }


def test_an_account_without_a_contract_says_so(requester):
    requester.account.contracts.all().delete()
    assert Caller(requester).get("/account").json()["contract"] is None


def test_contacts_are_those_of_the_account(requester, account_admin, colleague, stranger):
    assert Caller(requester).get("/contacts").json()["results"] == [
        {"id": account_admin.pk, "name": "Anna Roy", "role": "admin", "region": "france", "is_active": True},
        {"id": requester.pk, "name": "Marc Petit", "role": "member", "region": "france", "is_active": True},
        {"id": colleague.pk, "name": "Noé Blanc", "role": "member", "region": "france", "is_active": True},
    ]


def marcs(requester, **changes):
    return {
        "number": 2, "contact": {"id": requester.pk, "name": "Marc Petit"}, "region": "france", "state": "active",
        "over_limit": False, "nominated_at": "2026-11-09T09:00:00Z", "validated_at": "2026-11-09T09:00:00Z",
    } | changes  # fmt: skip


def test_seats_show_who_holds_them(requester):
    body = Caller(requester).get("/seats").json()
    assert {name: body[name] for name in ("limit", "used", "free")} == {"limit": 3, "used": 2, "free": 1}
    assert body["seats"][1] == marcs(requester) == Caller(requester).get("/seats/2").json()
    requester.account.contracts.update(premium_contacts=1)
    assert Caller(requester).get("/seats/2").json() == marcs(requester, over_limit=True)


def test_an_administrator_nominates_a_colleague(account_admin, requester, colleague):
    answer = Caller(account_admin).post("/seats", {"contact": colleague.pk, "region": "france"})
    assert (answer.status_code, answer["Location"]) == (201, "/api/v1/seats/3")
    assert answer.json() == {
        "number": 3, "contact": {"id": colleague.pk, "name": "Noé Blanc"}, "region": "france", "state": "nominated",
        "over_limit": False, "nominated_at": "2026-11-09T09:00:00Z", "validated_at": None,
    }  # fmt: skip


def test_nominating_again_under_the_same_key_takes_no_second_seat(account_admin, colleague):
    caller = Caller(account_admin)
    answers = [caller.post("/seats", {"contact": colleague.pk}, **{"Idempotency-Key": "s"}).content for _ in range(2)]
    assert answers[0] == answers[1]
    assert (Seat.objects.count(), IdempotencyKey.objects.count()) == (2, 1)


def test_no_seat_beyond_the_contract(account_admin, requester, colleague):
    caller = Caller(account_admin)
    caller.post("/seats", {"contact": colleague.pk})
    zoe = make_contact(requester.account, "zoe@acme.test")
    refused = caller.post("/seats", {"contact": zoe.pk})
    assert (reason(refused), refused.json()["metadata"]) == ((409, "SEATS_FULL"), {"limit": 3, "used": 3})
    assert Seat.objects.count() == 3


@pytest.mark.parametrize(("given", "errors"), [
    ({"contact": 999_999}, [("/contact", "not_a_colleague")]),
    ({"contact": "2"}, [("/contact", "invalid")]),
    ({"region": "france"}, [("/contact", "required")]),
])  # fmt: skip
def test_a_nomination_needs_a_contact_of_the_account(account_admin, given, errors):
    assert wrong(Caller(account_admin).post("/seats", given)) == errors


def test_a_stranger_gets_no_seat_here(account_admin, stranger):
    refused = Caller(account_admin).post("/seats", {"contact": stranger.pk})
    assert (reason(refused), stranger.seats.count()) == ((400, "NOT_A_COLLEAGUE"), 0)


def test_a_seat_is_withdrawn_once(account_admin, requester):
    caller = Caller(account_admin)
    assert caller.delete("/seats/2").status_code == 204
    assert requester.seats.get().state == "withdrawn"
    assert reason(caller.delete("/seats/2")) == (404, "NOT_FOUND")


@pytest.mark.parametrize("number", ["1", "0", "9", "99999999999999999999", "-1", "x"])
def test_seats_of_others_do_not_exist(stranger, requester, number):
    assert reason(Caller(stranger).get(f"/seats/{number}")) == (404, "NOT_FOUND")
