"""An address with anything but an id in the place of an id has no page: every route, every reader."""

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.urls.exceptions import Resolver404

from accounts.identity.domain.tokens import create_token
from portal.lib.clock import now
from portal.lib.typed import as_id

# What Python takes for a digit and no database does, what is more than a column holds, what the admin undoes ("_5f"),
# what a database does not store, what leads out of a folder, what is cut by a line.
NOT_IDS = ["²", "٣", "1_5f", "1_5", "+1", "-1", "1.0", "0x1", "1e3", "9" * 19, "9" * 400, "\x00", "1\x00", "1\n",
           "SUP-", "SUP-²", "SUP-1_0", "SUP-" + "9" * 16, "..", "%", "1'--", "é", "𝟏", "{}"]  # fmt: skip
# Parameters that hold words of any kind, checked by their own pages: a secret or the name of a part of the admin.
SECRETS = {"token", "key", "uidb36", "provider"}
WORDS = {"app_label", "content_type_id", "url"}


def routes(resolver=None, prefix=""):
    """(whole route as written in the urls, names of its parameters)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        written = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, written)
        elif isinstance(pattern, URLPattern) and pattern.pattern.converters:
            yield written, tuple(pattern.pattern.converters)


WITH_IDS = [(route, names) for route, names in routes() if set(names) - SECRETS - WORDS]


def address(route, bad):
    """The route with `bad` in the place of every parameter."""
    inside = False
    out = []
    for piece in route.replace(">", "<").split("<"):
        out.append(bad if inside else piece)
        inside = not inside
    return "/" + "".join(out)


def test_there_are_routes_of_every_kind():
    begins = {route.split("/")[0] for route, _names in WITH_IDS}

    assert begins == {"account", "analyses", "api", "desk", "phone", "tickets"}
    assert len(WITH_IDS) > 130


@pytest.mark.parametrize("bad", NOT_IDS)
def test_what_is_no_id_leads_to_no_page(bad):
    """Only the last route of the API answers there: that there is nothing."""
    found = []
    for route, _names in WITH_IDS:
        try:
            match = resolve(address(route, bad))
        except Resolver404:
            continue
        if match.view_name != "api:missing":
            found.append((route, match.view_name))

    assert found == []


@pytest.mark.django_db
@pytest.mark.parametrize("bad", ["²", "1_5f", "9" * 19, "\x00"])
@pytest.mark.parametrize("who", ["administrator", "account_admin"])
def test_such_an_address_answers_404(who, bad, request, ticket):
    person = request.getfixturevalue(who)
    client = Client(raise_request_exception=False)
    client.force_login(person.user, backend="accounts.identity.backends.PersonBackend")
    _token, secret = create_token(
        user=person.user, contact=None if who == "administrator" else person, name="t", scopes=["read"], days=1,
        now=now(),
    )  # fmt: skip
    kinds = {}
    for route, names in WITH_IDS:  # one of each kind of parameter and part of the site
        kinds.setdefault((names, route.split("/")[0]), route)

    answers = {
        route: client.get(quote(address(route, bad)), headers={"authorization": f"Bearer {secret}"}).status_code
        for route in kinds.values()
    }

    assert {route: status for route, status in answers.items() if status != 404} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("bad", ["²", "\x00", "9" * 300, "a b", "é"])
def test_a_secret_that_we_never_made_opens_nothing(bad, client_for, requester):
    client = client_for(requester)
    client.raise_request_exception = False
    routes_of_secrets = [route for route, names in routes() if set(names) <= SECRETS]

    answers = {route: client.get(quote(address(route, bad))).status_code for route in routes_of_secrets}

    assert len(answers) >= 12
    assert {route: status for route, status in answers.items() if status not in {403, 404, 405}} == {}


@pytest.mark.parametrize(
    ("typed", "key"),
    [("7", 7), ("007", 7), ("9" * 18, int("9" * 18)), (None, None), ("", None), *((bad, None) for bad in NOT_IDS)],
)
def test_the_same_holds_for_ids_in_forms(typed, key):
    assert as_id(typed) == key


def test_a_real_number_is_written_in_any_case():
    for number in ("SUP-1001", "sup-1001", "1001"):
        assert resolve(f"/tickets/{number}/").kwargs == {"number": number}
        assert resolve(f"/desk/tickets/ticket/{number}/change/").kwargs == {"object_id": number}


def test_reversing_refuses_what_no_route_takes():
    with pytest.raises(NoReverseMatch):
        reverse("tickets:detail", args=["²"])
