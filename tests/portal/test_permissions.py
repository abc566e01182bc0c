"""
The site keeps to its permission table: every route × every role × every method, pages, desk and API.

That the table says what it should is held by test_permission_duties.py.
"""

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from accounts.core.enums import ContactRole, StaffRole, Tier
from accounts.identity.domain.tokens import create_token
from accounts.models import Agent, Contract, TierPrice, TierTerms
from portal import errors
from portal.lib.access import Role, role_of, rule_for
from portal.lib.clock import now
from portal.lib.errors import NotAllowed
from portal.lib.outbox import Notice
from portal.lib.permissions import API, DESK, TABLE
from sla.models import Target
from tests import factories, specimens
from tickets.core.domain.attachments import accept_upload, attach

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
def role():
    """Whose walk it is; the walks give every role in turn."""
    return Role.MEMBER


@pytest.fixture
def world(role, account, account_admin, requester, colleague, agent, lead, administrator, ticket):
    """Somebody of every role, and one row of everything that a route can name, of the customer who walks."""
    uploaded = accept_upload(SimpleUploadedFile("a.txt", b"E7"), by=requester.user, now=now())
    attach([uploaded], ticket.messages.first())
    people = {
        Role.STRANGER: factories.make_user("nobody@nowhere.test"),
        Role.MEMBER: colleague.user,
        Role.ACCOUNT_ADMIN: account_admin.user,
        Role.AGENT: agent.user,
        Role.LEAD: lead.user,
        Role.ADMINISTRATOR: administrator.user,
    }
    world = {
        "people": people, "ticket": ticket, "account": account, "seat": requester.seats.get(),
        "contact": account_admin if role == Role.ACCOUNT_ADMIN else colleague, "walker": people.get(role),
        "outside": role in {Role.ANONYMOUS, Role.STRANGER},
    }  # fmt: skip
    found = specimens.collect(world)
    Agent.objects.update(level=3)  # the rules of level 3 are tested elsewhere: here any member of staff may take one
    return world | {"specimens": found, "rows": rows_of(world)}


def rows_of(world):
    """The keys that stand in addresses; they are the same for every route."""
    ticket, seat, contact = world["ticket"], world["seat"], world["contact"]
    return {
        "tickets_ticket": ticket.pk, "accounts_account": world["account"].pk, "accounts_contact": contact.pk,
        "accounts_contract": Contract.objects.first().pk, "accounts_seat": seat.pk, "accounts_region": ticket.region_id,
        "accounts_agent": Agent.objects.first().pk, "accounts_user": contact.user_id,
        "accounts_tierterms": TierTerms.objects.first().pk, "accounts_tierprice": TierPrice.objects.first().pk,
        "accounts_apitoken": token_of(contact.user if world["outside"] else world["walker"])[0].pk,
        "sla_target": Target.objects.first().pk, "sla_calendar": ticket.region.calendar.pk,
        "sla_clock": ticket.clocks.first().pk, "portal_notice": Notice.objects.first().pk,
        "file": ticket.messages.first().attachments.get().key,
    }  # fmt: skip


def arguments(name, world):
    """What a route needs in its address, by the name of the parameter and the place of the route."""
    ticket, seat, contact, objects = world["ticket"], world["seat"], world["contact"], world["rows"]
    number = seat.number if name == "api:seat-detail" else ticket.number
    key = "a-b" if name.startswith("account_") else objects["file"]
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
    return [name for name in ROUTES if not name.startswith("api:") and name not in OWN_ANSWER]


# Routes with an answer of their own to an empty request: the admin sends everybody to our sign-in page, its search asks
# for parameters, signing out ends the session, and an unknown address of the API is missing whatever the method.
OWN_ANSWER = {"admin:login", "account_logout", "admin:logout", "account_login", "admin:autocomplete", "api:missing"}

# What answers 404 to those who may, as the request or the specimens name nothing there. Every other 404 is a fault.
NOTHING_THERE = {
    "POST tickets:mail_inbound": "a provider of mail is known by its secret",
    "POST accounts:switch": "the empty form names no account",
    "POST tickets:follower_add": "the empty form names no colleague",
    "POST tickets:follower_remove": "the empty form names no colleague",
    "POST admin:accounts_hoursyear_answer": "the empty form names no question",
    "POST admin:tickets_rootcauseanalysis_answer": "the empty form names no question",
    "POST admin:tickets_rootcauseanalysis_withdraw": "no version of the analysis is out",
    "GET tickets:analysis_file": "no version of the analysis is out",
}
# The site is not ready as long as no job has run.
NOT_READY = {"GET portal:ready"}
# An answer to those who may: it went well, or the request, which says nothing, is refused for what it says.
INSIDE = {200, 201, 202, 204, 302, 400, 409, 415, 422}


@pytest.fixture
def refusals_drawn_once(monkeypatch):
    """Pages that refuse are drawn for each walker once and then only answered: an eighth of the walk went there."""
    drawn = set()

    def draw(request, template, *, status):
        if template in drawn:
            return HttpResponse(status=status)
        drawn.add(template)
        return render(request, template, status=status)

    monkeypatch.setattr(errors, "render", draw)


def verdict(response):
    """allowed, signed out, refused or no such method; a failure, or any other answer, is none of them."""
    status = response.status_code
    if status == 302 and response.url.startswith(reverse("account_login")):
        return "sign in"
    if status in INSIDE:
        return "allowed"
    words = {401: "sign in", 403: "refused", 404: "nothing there", 405: "no such method"}
    return words.get(status, f"a {status}")


def expected(rule, role, method, name):
    """The verdicts that are right."""
    if method not in rule:
        return {"no such method"}
    if role not in rule[method]:
        return {"sign in"} if role == Role.ANONYMOUS else {"refused", "nothing there"}
    if f"{method} {name}" in NOTHING_THERE:
        return {"nothing there"}
    return {"a 503"} if f"{method} {name}" in NOT_READY else {"allowed"}


def answer(client, method, url, **more):
    """The answer to a request of which nothing stays, so that the next one finds the world as it was."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = client.generic(method, url, **more)
        transaction.set_rollback(True)
    for close in response._resource_closers:  # the file that it would send; close() would end the connection as well
        close()
    client.cookies = cookies
    cache.clear()  # the limits are tested elsewhere
    return response


@pytest.mark.thorough
@pytest.mark.usefixtures("refusals_drawn_once")
@pytest.mark.parametrize("role", Role, ids=str)
def test_pages_open_to_exactly_the_roles_of_the_table(role, world, client):
    client.raise_request_exception = False
    if world["walker"]:
        client.force_login(world["walker"], backend="accounts.identity.backends.PersonBackend")
    wrong = []
    for name in pages():
        rule, url = rule_for(name, TABLE, DESK), address(name, world)
        # A method that nobody has is refused before anybody is asked who they are: one role sees that.
        for method in METHODS if role == Role.ANONYMOUS else rule:
            want = expected(rule, role, method, name)
            got = verdict(answer(client, method, url))
            if got not in want:
                wrong.append(f"{method} {name}: {got} instead of {want}")

    assert wrong == []


def token_of(user):
    scopes = ["read", "write"]
    return create_token(user=user, contact=user.contacts.first(), name="test", scopes=scopes, days=1, now=now())


@pytest.mark.thorough
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STRANGER}), ids=str)
def test_the_api_opens_to_exactly_the_roles_of_the_table(role, world, client):
    """Without a stranger: who belongs to no account gets no token."""
    client.raise_request_exception = False
    headers = {"authorization": f"Bearer {token_of(world['walker'])[1]}"} if world["walker"] else {}
    wrong = []
    for name in sorted(set(API) - OWN_ANSWER):
        url = address(name, world)
        for method in METHODS:
            response = answer(client, method, url, data="{}", content_type="application/json", headers=headers)
            want = expected(API[name], role, method, name)
            # Without a token the API asks for one before it says which methods there are, unless all may read it.
            if verdict(response) not in (want if world["walker"] else want | {"sign in"}):
                wrong.append(f"{method} {name}: {verdict(response)} instead of {want}")

    assert wrong == []


def test_a_stranger_gets_no_token(world):
    with pytest.raises(NotAllowed):
        token_of(world["people"][Role.STRANGER])


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
    client.force_login(member.user, backend="accounts.identity.backends.PersonBackend")
    member.user.is_active = False
    member.user.save()

    response = client.get(reverse("portal:home"))

    assert response.headers["Location"].startswith(reverse("account_login"))


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
