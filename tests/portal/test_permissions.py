"""
The site keeps to its permission table: every route × every role × every method, pages, desk and API.

That the table says what it should is held by test_permission_duties.py.
"""

import pytest
from django.contrib import admin
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from accounts.domain.tokens import create_token
from accounts.enums import ContactRole, StaffRole, Tier
from accounts.models import Agent, Contract, TierPrice, TierTerms
from portal.lib.access import Role, role_of, rule_for
from portal.lib.clock import now
from portal.lib.outbox import Notice
from portal.lib.permissions import API, DESK, TABLE
from sla.models import Target
from tests import factories, specimens

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes(resolver=None, namespaces=()):
    """(name, parameter names) of every route of the site."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from routes(pattern, inner)
        else:
            yield ":".join((*namespaces, pattern.name or "")), tuple(pattern.pattern.regex.groupindex)


ROUTES = dict(routes())


def test_every_route_has_a_row_in_the_table():
    assert [name for name in ROUTES if rule_for(name, TABLE, DESK) is None] == []


def test_every_row_in_the_table_has_a_route():
    assert sorted(set(TABLE) - set(ROUTES)) == []


def test_every_model_on_the_desk_has_its_rights_in_the_table():
    assert sorted(f"{m._meta.app_label}_{m._meta.model_name}" for m in admin.site._registry) == sorted(DESK)


@pytest.fixture
def world(account, account_admin, requester, colleague, agent, lead, administrator, ticket):
    """Somebody of every role, and one row of everything that a route can name."""
    ticket.messages.first().attachments.create(
        name="a.txt", content_type="text/plain", size=1, uploaded_by=requester.user, uploaded_at=now()
    )
    people = {
        Role.STRANGER: factories.make_user("nobody@nowhere.test"),
        Role.MEMBER: colleague.user,
        Role.ACCOUNT_ADMIN: account_admin.user,
        Role.AGENT: agent.user,
        Role.LEAD: lead.user,
        Role.ADMINISTRATOR: administrator.user,
    }
    world = {
        "people": people, "ticket": ticket, "account": account, "seat": requester.seats.get(), "contact": colleague,
    }  # fmt: skip
    return world | {"specimens": specimens.collect(world)}


def arguments(name, world):
    """What a route needs in its address, by the name of the parameter and the place of the route."""
    ticket, seat, contact = world["ticket"], world["seat"], world["contact"]
    objects = {
        "tickets_ticket": ticket.pk, "accounts_account": world["account"].pk, "accounts_contact": contact.pk,
        "accounts_contract": Contract.objects.first().pk, "accounts_seat": seat.pk, "accounts_region": ticket.region_id,
        "accounts_agent": Agent.objects.first().pk, "accounts_user": contact.user_id,
        "accounts_tierterms": TierTerms.objects.first().pk, "accounts_tierprice": TierPrice.objects.first().pk,
        "accounts_apitoken": create_token(
            user=contact.user, contact=contact, name="t", scopes=["read"], days=1, now=now()
        )[0].pk,
        "sla_target": Target.objects.first().pk, "sla_calendar": ticket.region.calendar.pk,
        "sla_clock": ticket.clocks.first().pk, "portal_notice": Notice.objects.first().pk,
    }  # fmt: skip
    number = seat.number if name == "api:seat-detail" else ticket.number
    key = "a-b" if name.startswith("account_") else ticket.messages.first().attachments.get().key
    values = {
        "number": number, "key": key, "uidb36": "1", "app_label": "tickets",
        "url": "x", "content_type_id": 1,
    }  # fmt: skip
    values |= specimens.values_for(name, world["specimens"])
    for parameter in ROUTES[name]:
        if parameter in values:
            continue
        model = next((m for m in objects if name.startswith(f"admin:{m}_")), None)
        place = {"contact": contact.pk, "seat": seat.pk, "token": objects["accounts_apitoken"], "follower": contact.pk}
        by_name = next((pk for word, pk in place.items() if word in f"{name} {parameter}"), None)
        values[parameter] = objects.get(model) or by_name or 1  # 1: nobody says that there is such a row
    return {parameter: values[parameter] for parameter in ROUTES[name]}


def address(name, world):
    values = arguments(name, world)
    try:
        return reverse(name, kwargs=values)
    except NoReverseMatch:
        return reverse(name, args=list(values.values()))


def pages():
    return [name for name in ROUTES if not name.startswith("api:")]


def verdict(response):
    """allowed, signed out, refused or no such method — whatever else the page says."""
    if response.status_code == 302 and response.url.startswith(reverse("account_login")):
        return "sign in"
    return {401: "sign in", 403: "refused", 405: "no such method"}.get(response.status_code, "allowed")


def expected(rule, role, method):
    if method not in rule:
        return "no such method"
    if role in rule[method]:
        return "allowed"
    return "sign in" if role == Role.ANONYMOUS else "refused"


# Routes with an answer of their own to an empty request: the admin sends everybody to our sign-in page, its search asks
# for parameters, signing out ends the session, and an unknown address of the API is missing whatever the method.
OWN_ANSWER = {"admin:login", "account_logout", "admin:logout", "account_login", "admin:autocomplete", "api:missing"}


@pytest.mark.parametrize("role", Role, ids=str)
def test_pages_open_to_exactly_the_roles_of_the_table(role, world, client):
    wrong = []
    addresses = {name: address(name, world) for name in pages() if name not in OWN_ANSWER}
    person = world["people"].get(role)
    for name, url in addresses.items():
        rule = rule_for(name, TABLE, DESK) or {}
        for method in ("GET", "POST", "DELETE"):
            if person and SESSION_KEY not in client.session:
                client.force_login(person, backend="accounts.backends.PersonBackend")
            got = verdict(client.generic(method, url))
            if got != expected(rule, role, method):
                wrong.append(f"{method} {name}: {got} instead of {expected(rule, role, method)}")

    assert wrong == []


def bearer(user):
    """The header of a fresh token: one of the routes revokes the token it is called with."""
    scopes = ["read", "write"]
    _token, secret = create_token(
        user=user, contact=user.contacts.first(), name="test", scopes=scopes, days=1, now=now()
    )
    return {"authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("role", Role, ids=str)
def test_the_api_opens_to_exactly_the_roles_of_the_table(role, world, client):
    # A stranger has no account to act for, so the API knows them only without a token.
    user = world["people"].get(role) if role != Role.STRANGER else None
    wrong = []
    for name in sorted(set(API) - OWN_ANSWER):
        url = address(name, world)
        for method in METHODS:
            cache.clear()  # the limits are tested elsewhere
            headers = bearer(user) if user else {}
            response = client.generic(method, url, data="{}", content_type="application/json", headers=headers)
            want = expected(API[name], role if user else Role.ANONYMOUS, method)
            # Without a token the API asks for one before it says which methods there are.
            wanted = {want} if user else {want, "sign in"}
            if verdict(response) not in wanted:
                wrong.append(f"{method} {name}: {verdict(response)} instead of {want}")

    assert wrong == []


@pytest.mark.parametrize(("scopes", "status"), [(["read"], 403), (["read", "write"], 400)])
def test_a_token_that_only_reads_cannot_write(world, client, scopes, status):
    member = world["contact"]
    _token, secret = create_token(user=member.user, contact=member, name="t", scopes=scopes, days=1, now=now())

    response = client.post(
        reverse("api:ticket-list"),
        data="{}",
        content_type="application/json",
        headers={"authorization": f"Bearer {secret}"},
    )

    assert response.status_code == status


def test_a_person_who_left_is_nobody_on_the_next_request(world, client):
    member = world["contact"]
    client.force_login(member.user, backend="accounts.backends.PersonBackend")
    member.user.is_active = False
    member.user.save()

    response = client.get(reverse("portal:home"))

    assert verdict(response) == "sign in"


def test_roles_follow_the_account_that_is_acted_for(paris):
    user = factories.make_user("both@acme.test")
    first = factories.make_account("A", region=paris, tier=Tier.GOLD).contacts.create(user=user, role=ContactRole.ADMIN)
    second = factories.make_account("B", region=paris).contacts.create(user=user)

    assert [role_of(user, contact) for contact in (first, second, None)] == [
        Role.ACCOUNT_ADMIN,
        Role.MEMBER,
        Role.STRANGER,
    ]
    assert {role.value for role in StaffRole} < {role.value for role in Role}
