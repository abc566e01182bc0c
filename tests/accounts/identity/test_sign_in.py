"""Signing in, and the way back in. The numbers are those of the list of abuse cases."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.core.mails import reset_url
from accounts.identity.domain import sign_in
from accounts.identity.domain.sign_in import TRIES_OF_ADDRESS, TRIES_OF_NETWORK, TooManyAttempts, authenticate
from accounts.models import User
from portal.lib import outbox
from portal.lib.clock import now
from portal.lib.limits import Limit, RateWindow, give_back, hit, network_of
from portal.lib.outbox import Notice
from tests.factories import MONDAY_9AM

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
SIGN_IN = "/sign-in/"


@pytest.fixture
def mike():
    return User.objects.create_user("mike@acme.test", PASSWORD, name="Mike")


def attempt(password=PASSWORD, email="mike@acme.test", client=None, address="192.0.2.1", **extra):
    client = client or Client()
    return client.post(SIGN_IN, {"login": email, "password": password}, REMOTE_ADDR=address, **extra)


def said(response):
    """The page without what differs between two loads of one page: the form's secret and the typed address."""
    page = re.sub(
        r'((?:csrfmiddlewaretoken|submission)" value=|X-CSRFToken": )"[^"]*"', r"\1", response.content.decode()
    )
    return re.sub(r'name="login" value="[^"]*"', "", re.sub(r"req_\w+", "", page))


def signed_in(client):
    return "_auth_user_id" in client.session


def link_in(message):
    return re.search(r"http\S+/password/new/\S+", message.body).group()


def path_of(link):
    return re.sub(r"^https?://[^/]+", "", link)


def open_link(client, path):
    """Follow the link: the address without the token, and the page that it shows."""
    page = client.get(path, follow=True)
    return (page.redirect_chain[-1][0] if page.redirect_chain else path), page


# --- Who somebody is --------------------------------------------------------------------------------------------------


def test_a_right_password_signs_in(mike, client):
    response = attempt(client=client)

    assert (response.status_code, response.headers["Location"], signed_in(client)) == (302, "/", True)


@pytest.mark.parametrize("typed", ["  Mike@ACME.test ", "ｍｉｋｅ＠ａｃｍｅ．ｔｅｓｔ", "mike@acme.test."])
def test_an_address_may_be_typed_in_any_form(mike, client, typed):
    attempt(client=client, email=typed)

    assert signed_in(client)


def test_unknown_wrong_and_deactivated_get_one_answer(mike):
    """#1"""
    User.objects.create_user("gone@acme.test", PASSWORD, name="Gone", is_active=False)
    User.objects.create_user("new@acme.test", name="New")
    with time_machine.travel(MONDAY_9AM, tick=False):  # the banner of the demonstration says the time
        answers = [
            attempt(password="not it", email="nobody@acme.test"),
            attempt(password="not it"),
            attempt(email="gone@acme.test"),
            attempt(email="new@acme.test"),
        ]

    assert {response.status_code for response in answers} == {200}
    assert len({said(response) for response in answers}) == 1
    assert len({tuple(sorted(set(response.headers) - {"X-Request-Id"})) for response in answers}) == 1
    assert "The email address or password is incorrect." in said(answers[0])


def test_unknown_wrong_and_deactivated_take_the_same_work(mike, monkeypatch):
    """#1: every answer costs one hash; the time follows."""
    User.objects.create_user("gone@acme.test", PASSWORD, name="Gone", is_active=False)
    hashed = []
    encode = PBKDF2PasswordHasher.encode
    from django.contrib.auth.hashers import get_hasher

    hasher = type(get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(
        hasher, "encode", lambda self, *args, **kwargs: hashed.append(1) or encode(self, *args, **kwargs)
    )
    costs = []
    for email, password in [("nobody@acme.test", "x"), ("mike@acme.test", "x"), ("gone@acme.test", PASSWORD)]:
        hashed.clear()
        authenticate(email, password, network="192.0.2.9", now=now())
        costs.append(len(hashed))

    assert costs == [1, 1, 1]


def test_the_twenty_first_wrong_password_waits_from_whatever_network(mike):
    """#2"""
    answers = [attempt(password="not it", address=f"198.51.100.{n}").status_code for n in range(20)]
    refused = attempt(address="198.51.100.99")

    assert answers == [200] * 20
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert "Try again in 15\xa0min" in refused.content.decode()


def test_an_open_session_survives_the_guessing_and_the_wait_ends(mike, client):
    """#2"""
    with time_machine.travel("2026-11-09T09:00:00Z", tick=False) as travel:
        attempt(client=client)
        for _ in range(25):
            attempt(password="not it")
        assert client.get(reverse("account_change_password")).status_code == 200
        travel.shift(timedelta(minutes=15))
        other = Client()
        attempt(client=other)
        assert signed_in(other)


def test_signing_in_to_ones_own_account_clears_no_count_of_others(mike):
    """#3"""
    User.objects.create_user("thief@acme.test", PASSWORD, name="Thief")
    for _ in range(20):
        attempt(password="not it")
        attempt(email="thief@acme.test")

    assert attempt().status_code == 429


def test_an_office_signs_in_as_often_as_it_likes(mike, monkeypatch):
    """Good sign-ins from one network take nothing from its limit; 100 of them and it is as free as before."""
    monkeypatch.setattr(User, "check_password", lambda self, password: password == PASSWORD)
    at = now()
    for _ in range(TRIES_OF_NETWORK.amount + 1):
        assert authenticate("mike@acme.test", PASSWORD, network="192.0.2.7", now=at) == mike

    for _ in range(TRIES_OF_NETWORK.amount):
        hit(TRIES_OF_NETWORK, "192.0.2.7", now=at)
    with pytest.raises(TooManyAttempts):
        authenticate("mike@acme.test", PASSWORD, network="192.0.2.7", now=at)


def test_a_success_gives_back_its_own_try_only(mike):
    for _ in range(19):
        attempt(password="not it")
    for _ in range(5):
        assert attempt().status_code == 302

    assert attempt(password="not it").status_code == 200
    assert attempt(password="not it").status_code == 429


@pytest.mark.parametrize("header", ["X_FORWARDED_FOR", "X_REAL_IP", "CF_CONNECTING_IP", "FORWARDED", "CLIENT_IP"])
def test_a_header_changes_no_count_when_no_proxy_is_ours(rf, header):
    """#4"""
    networks = {network_of(rf.get("/", REMOTE_ADDR="192.0.2.1", **{f"HTTP_{header}": f"10.0.0.{n}"})) for n in range(5)}

    assert networks == {"192.0.2.1"}


def test_of_a_chain_of_proxies_only_what_ours_wrote_counts(rf, settings):
    """#4"""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forged = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.7")

    assert network_of(forged) == "203.0.113.7"


def test_a_network_of_ipv6_is_one_bucket(rf):
    """#226"""
    networks = {network_of(rf.get("/", REMOTE_ADDR=f"2001:db8:1:2::{n:x}")) for n in range(1, 50)}

    assert networks == {"2001:db8:1:2::/64"}
    assert network_of(rf.get("/", REMOTE_ADDR="::ffff:192.0.2.1")) == "192.0.2.1"
    assert network_of(rf.get("/", REMOTE_ADDR="")) == "unknown"


def test_a_password_of_a_megabyte_is_refused_before_it_is_hashed(mike, monkeypatch):
    """#19"""
    monkeypatch.setattr(sign_in, "authenticate", lambda *a, **k: pytest.fail("examined"))
    response = attempt(password="x" * 1024 * 1024)

    assert response.status_code == 400


def test_an_endless_password_is_not_hashed_for_programs_either(mike, monkeypatch):
    """#19"""
    lengths = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: lengths.append(len(raw)))
    monkeypatch.setattr(User, "check_password", lambda self, raw: pytest.fail("hashed"))

    assert authenticate("mike@acme.test", "x" * 5000, network="n", now=now()) is None
    assert lengths == [1024]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https:evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "%2f%2fevil.example",
        "/x\r\nLocation: https://evil.example",
        "http://testserver.evil.example/",
        "\t//evil.example",
    ],
)
def test_after_signing_in_one_stays_on_this_site(mike, client, target):
    """#22"""
    response = client.post(SIGN_IN, {"login": "mike@acme.test", "password": PASSWORD, "next": target})

    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_after_signing_in_one_comes_to_the_page_one_wanted(mike, client):
    response = client.post(SIGN_IN, {"login": "mike@acme.test", "password": PASSWORD, "next": "/account/profile/"})

    assert response.headers["Location"] == "/account/profile/"


def test_a_session_planted_before_signing_in_is_never_signed_in(mike, client):
    """#25"""
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    attempt(client=client)
    thief = Client()
    thief.cookies["sessionid"] = planted

    assert client.session.session_key != planted
    assert thief.get(reverse("account_change_password")).status_code == 302


def test_somebody_else_signing_in_finds_nothing_of_the_one_before(mike, client):
    """#29"""
    User.objects.create_user("eve@acme.test", PASSWORD, name="Eve")
    attempt(client=client)
    session = client.session
    session["draft"] = "secret"
    session.save()
    client.post("/sign-out/")
    attempt(client=client, email="eve@acme.test")

    assert client.session.get("draft") is None


def test_signing_out_ends_the_session_and_pages_are_not_kept(mike, client):
    """#27"""
    attempt(client=client)
    page = client.get(reverse("account_change_password"))
    key = client.session.session_key
    client.post("/sign-out/")
    again = Client()
    again.cookies["sessionid"] = key

    assert "no-store" in page.headers["Cache-Control"]
    assert again.get(reverse("account_change_password")).status_code == 302


def test_signing_out_needs_a_post(mike, client):
    attempt(client=client)
    client.get("/sign-out/")

    assert signed_in(client)


def test_a_session_ends_after_twelve_hours(mike, client):
    """#28"""
    with time_machine.travel("2026-11-09T09:00:00Z", tick=False) as travel:
        attempt(client=client)
        travel.shift(timedelta(hours=12, minutes=1))
        assert client.get(reverse("account_change_password")).status_code == 302


def test_somebody_who_is_deactivated_is_out_at_the_next_click(mike, client):
    """#23"""
    attempt(client=client)
    User.objects.filter(pk=mike.pk).update(is_active=False)

    assert client.get(reverse("account_change_password")).status_code == 302


def test_remote_user_headers_sign_nobody_in(mike, client):
    """#21"""
    response = client.get(
        reverse("account_change_password"),
        REMOTE_USER="mike@acme.test",
        HTTP_REMOTE_USER="mike@acme.test",
        HTTP_X_REMOTE_USER="mike@acme.test",
    )

    assert response.status_code == 302


@pytest.mark.parametrize("wanted", ["fr-" + "x" * 100_000, "../../etc/passwd", "*;q=bad,,;=", "\u00e9" * 50])
def test_a_strange_wish_for_a_language_is_answered_in_the_default_one(client, wanted):
    """#195"""
    response = client.get(SIGN_IN, HTTP_ACCEPT_LANGUAGE=wanted)

    assert (response.status_code, response.headers["Content-Language"]) == (200, "en")


# --- The way back in --------------------------------------------------------------------------------------------------


def ask(email, client=None, **extra):
    return (client or Client()).post("/password/reset/", {"email": email}, **extra)


def test_a_reset_gets_one_answer_whoever_is_asked_for(mike, agent):
    """#5"""
    User.objects.create_user("gone@acme.test", PASSWORD, name="Gone", is_active=False)
    answers = [ask(email) for email in ("mike@acme.test", "nobody@acme.test", "lea@punctual.test", "gone@acme.test")]

    assert {(response.status_code, response.headers["Location"]) for response in answers} == {
        (302, "/password/reset/sent/")
    }
    assert list(Notice.objects.order_by("pk").values_list("recipient__email", flat=True)) == [
        "mike@acme.test",
        "lea@punctual.test",
    ]


def test_no_mail_server_is_asked_while_somebody_waits_for_the_page(mike, settings):
    """#5"""
    settings.EMAIL_BACKEND = "no.such.Backend"

    assert ask("mike@acme.test").status_code == 302
    assert Notice.objects.get().sent_at is None


def test_fifty_requests_send_three_mails_and_answer_the_same(mike):
    """#6"""
    answers = {ask("mike@acme.test", REMOTE_ADDR=f"198.51.100.{n}").headers["Location"] for n in range(50)}

    assert answers == {"/password/reset/sent/"}
    assert Notice.objects.count() == 3


@pytest.mark.parametrize("twin", ["mıke@acme.test", "mike@acme.tеst", "mike@аcme.test", "mike+1@acme.test"])
def test_a_look_alike_address_gets_no_mail(mike, twin):
    """#7"""
    ask(twin)

    assert not Notice.objects.exists()


def test_a_reset_mail_goes_to_the_stored_address(mike):
    """#7: full-width letters are the same letters; the mail goes where we always wrote."""
    ask("ｍike@acme.test")
    outbox.deliver(now=now())

    assert [message.to for message in mail.outbox] == [["mike@acme.test"]]


def test_no_secret_rests_in_the_row(mike):
    """#217"""
    ask("mike@acme.test")

    assert Notice.objects.get().data == {}


def test_the_link_is_built_on_the_configured_address(mike, settings):
    """#9"""
    settings.SITE_URL = "https://support.punctual.example"
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    ask("mike@acme.test", HTTP_HOST="other.example", HTTP_X_FORWARDED_HOST="evil.example")
    outbox.deliver(now=now())

    assert link_in(mail.outbox[0]).startswith("https://support.punctual.example/password/new/")


def test_a_foreign_host_is_refused(mike):
    """#9"""
    assert ask("mike@acme.test", HTTP_HOST="evil.example").status_code == 400
    assert not Notice.objects.exists()


def test_the_link_of_the_mail_sets_a_new_password_once(mike, client):
    """#8"""
    ask("mike@acme.test")
    outbox.deliver(now=now())
    path = path_of(link_in(mail.outbox[0]))
    form, page = open_link(client, path)
    assert default_token_generator.make_token(mike)[:6] not in form, "the token does not stay in the address"
    response = client.post(form, {"password1": "another long password"})
    _form, again = open_link(Client(), path)
    mike.refresh_from_db()

    assert page.status_code == 200
    assert (response.status_code, response.headers["Location"]) == (302, "/password/new/done/")
    assert mike.check_password("another long password")
    assert "This link no longer works" in again.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda user: (user.set_password("something else entirely"), user.save()), id="password changed"),
        pytest.param(lambda user: User.objects.filter(pk=user.pk).update(email="new@acme.test"), id="address changed"),
        pytest.param(lambda user: User.objects.filter(pk=user.pk).update(is_active=False), id="deactivated"),
    ],
)
def test_the_link_dies_when_the_person_changes(mike, client, change):
    """#8"""
    path = path_of(reset_url(mike))
    change(mike)
    _form, page = open_link(client, path)

    assert "This link no longer works" in page.content.decode()


def test_the_link_works_for_an_hour(mike, client):
    """#8"""
    with time_machine.travel("2026-11-09T09:00:00Z", tick=False) as travel:
        path = path_of(reset_url(mike))
        travel.shift(timedelta(minutes=59))
        _form, fresh = open_link(client, path)
        travel.shift(timedelta(minutes=2))
        _form, stale = open_link(Client(), path)

    assert "Choose a new password" in fresh.content.decode()
    assert "This link no longer works" in stale.content.decode()


def test_the_link_opens_nobody_elses_account(mike, client):
    """#8"""
    eve = User.objects.create_user("eve@acme.test", PASSWORD, name="Eve")
    uid, token = path_of(reset_url(mike)).removeprefix("/password/new/").strip("/").split("-", 1)
    _form, page = open_link(
        client, reverse("account_reset_password_from_key", kwargs={"uidb36": format(eve.pk, "d"), "key": token})
    )
    eve.refresh_from_db()

    assert "This link no longer works" in page.content.decode()
    assert eve.check_password(PASSWORD)


@pytest.mark.parametrize("token", ["", "%20", "%00", "0", "None", "*", "1-", "1-%2e%2e"])
def test_a_strange_link_opens_nothing(mike, client, token):
    """#10"""
    response = client.get(f"/password/new/{token}/", follow=True)

    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


@pytest.mark.parametrize("token", ["1-abc", "zzz-abc-def", "1-set-password"])
def test_a_link_with_a_wrong_token_says_that_it_works_no_longer(mike, client, token):
    response = client.get(f"/password/new/{token}/", follow=True)

    assert (response.status_code, "This link no longer works" in response.content.decode()) == (200, True)


def test_a_new_password_ends_every_other_session(mike, client):
    """#26"""
    attempt(client=client)
    other = Client()
    attempt(client=other)
    response = client.post("/password/change/", {"oldpassword": PASSWORD, "password1": "another long password"})

    assert response.status_code == 302
    assert client.get("/password/change/").status_code == 200
    assert other.get("/password/change/").status_code == 302


def test_changing_the_password_needs_the_present_one_and_few_guesses(mike, client):
    """#17"""
    attempt(client=client)
    answers = [
        client.post("/password/change/", {"oldpassword": "not it", "password1": "another long password"}).status_code
        for _ in range(11)
    ]
    mike.refresh_from_db()

    assert answers == [200] * 10 + [429]
    assert mike.check_password(PASSWORD)


@pytest.mark.parametrize("password", ["short", "password12", "1234567890123", "mike@acme.test"])
def test_a_weak_password_is_refused(mike, client, password):
    """#18"""
    form, _page = open_link(client, path_of(reset_url(mike)))
    response = client.post(form, {"password1": password})
    mike.refresh_from_db()

    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert mike.check_password(PASSWORD)


@pytest.mark.parametrize("password", ["x y" * 30, "  räksmörgås på båten 🚢  ", "p" * 128])
def test_long_passwords_and_every_sign_count_exactly(mike, client, password):
    """#18"""
    form, _page = open_link(client, path_of(reset_url(mike)))
    client.post(form, {"password1": password})
    fresh = Client()
    attempt(password=password + " ", client=fresh)
    assert not signed_in(fresh)
    attempt(password=password, client=fresh)
    assert signed_in(fresh)


# --- Limits -----------------------------------------------------------------------------------------------------------

THREE = Limit("test", 3, timedelta(minutes=1))


def test_n_pass_and_the_next_waits_until_the_window_ends():
    """#224"""
    at = now()
    waits = [hit(THREE, "k", now=at + timedelta(seconds=n)) for n in range(5)]

    assert waits == [None, None, None, timedelta(seconds=57), timedelta(seconds=56)]
    assert hit(THREE, "k", now=at + timedelta(seconds=60)) is None
    assert hit(THREE, "other", now=at) is None


def test_what_is_given_back_may_be_used_again():
    at = now()
    for _ in range(3):
        hit(THREE, "k", now=at)
    give_back(THREE, "k", now=at)

    assert hit(THREE, "k", now=at) is None
    assert hit(THREE, "k", now=at) is not None


def test_no_address_stands_in_the_counts(mike):
    attempt(password="not it")

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM portal_ratewindow")
        rows = cursor.fetchall()
    assert len(rows) == 2  # one of the address, one of the network
    assert [row for row in rows if "mike" in str(row) or "192.0.2" in str(row)] == []


def test_old_windows_are_tidied_away():
    at = now()
    hit(THREE, "old", now=at - timedelta(hours=3))
    hit(THREE, "new", now=at)

    assert RateWindow.objects.count() == 1


def test_refusals_say_when_in_whole_minutes(mike):
    at = now()
    for _ in range(TRIES_OF_ADDRESS.amount):
        authenticate("mike@acme.test", "not it", network="n", now=at)
    with pytest.raises(TooManyAttempts) as refusal:
        authenticate("mike@acme.test", PASSWORD, network="n", now=at + timedelta(minutes=14, seconds=30))

    assert refusal.value.wait == timedelta(seconds=30)
    assert refusal.value.messages == ["Too many attempts. Try again in 1\xa0min."]


def test_without_the_database_nobody_gets_in(mike, monkeypatch):
    """#225: it fails closed."""

    def broken(*_args, **_kwargs):
        raise RuntimeError("no database")

    monkeypatch.setattr(RateWindow.objects, "get_or_create", broken)
    with pytest.raises(RuntimeError):
        authenticate("mike@acme.test", PASSWORD, network="n", now=now())
