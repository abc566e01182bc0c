"""The live stream: who may open it, what it says, and two real web processes that lose no line over a restart."""

import asyncio
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import connection, connections
from django.test import Client

from portal.lib import live
from portal.lib.clock import now
from portal.live import hub as hubs
from portal.live.rights import allowed
from portal.live.stream import stream
from tests.chats import begin, there
from tickets.chat.domain import handling, talking
from tickets.models import ChatLine

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_connection_outlives_its_thread(monkeypatch):
    """The loop of a test ends with its threads, and with them whoever would close what they opened."""
    monkeypatch.setattr(hubs, "close_old_connections", connections.close_all)


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch):
    """Without Redis the hub asks the database at intervals: here five times a second instead of once."""
    monkeypatch.setattr(hubs, "EVERY", 0.2)


@pytest.fixture
def chat(agent, account_admin, requester):
    there(agent, now=now())
    return begin(requester, now=now())


def signed_in(person):
    client = Client()
    client.force_login(person.user, backend="accounts.identity.backends.PersonBackend")
    return client


def claim_of(client, path):
    token = client.get(path).json()["token"]
    return live.read(token, client.session.session_key)


# --- Who may listen ---------------------------------------------------------------------------------------------------


def test_a_token_is_worth_nothing_without_the_session_it_was_made_for(chat, requester):
    """#160: a foreign page has neither the cookie nor, with the cookie alone, the token."""
    client = signed_in(requester)
    token = client.get(f"/chat/{chat.key}/token/").json()["token"]

    assert live.read(token, client.session.session_key).topic == f"chat:{chat.key}"
    assert live.read(token, "another-session") is None
    assert live.read(token[:-2] + "xx", client.session.session_key) is None
    assert live.read(signing.dumps("no list", salt="punctual.live"), client.session.session_key) is None


@pytest.mark.parametrize("topic", ["desk", "chat:*", "chat:%", "*", "presence", "chat:"])
def test_a_customer_hears_of_nothing_but_the_own_chat(chat, requester, stranger, topic):
    """#161: not even with a token that names the topic."""
    mine = claim_of(signed_in(requester), f"/chat/{chat.key}/token/")
    client = signed_in(stranger)
    client.get("/home/")
    foreign = [
        live.Claim(stranger.user_id, stranger.pk, client.session.session_key, name)
        for name in (topic, f"chat:{chat.key}")
    ]

    assert allowed([mine, *foreign]) == {mine}
    assert client.get(f"/chat/{chat.key}/token/").status_code == 404
    assert client.get("/desk/chat/token/").status_code == 403


@pytest.mark.parametrize("loss", ["logout", "password", "person", "contact", "expired"])
def test_who_loses_the_right_hears_nothing_at_the_next_heartbeat(chat, requester, loss):
    """#163 #171"""
    client = signed_in(requester)
    claim = claim_of(client, f"/chat/{chat.key}/token/")
    assert allowed([claim]) == {claim}
    if loss == "logout":
        client.logout()
    elif loss == "password":
        requester.user.set_password("an entirely new one")
        requester.user.save()
    elif loss == "person":
        type(requester.user).objects.filter(pk=requester.user_id).update(is_active=False)
    elif loss == "contact":
        type(requester).objects.filter(pk=requester.pk).update(is_active=False)
    else:
        Session.objects.update(expire_date=now())

    assert allowed([claim]) == set()


def test_the_right_of_many_streams_is_asked_in_four_statements(chat, requester, django_assert_num_queries):
    claim = claim_of(signed_in(requester), f"/chat/{chat.key}/token/")
    with django_assert_num_queries(4):
        allowed([claim] * 50)


# --- The protocol -----------------------------------------------------------------------------------------------------


# How long a stream is listened to after it said what was waited for: it would look twice more.
LINGER = 0.5


def opened(query="", headers=(), method="GET", act=None, seconds=3.0, until=""):
    """(status, body) of a stream that is listened to for a while; `act` runs in a thread once it is open.

    `until`: once it has said this, it is heard for a moment more, in case that there is more.
    """

    async def listen():
        sent, said = [], asyncio.Event()

        async def send(message):
            sent.append(message)
            if until and until.encode() in b"".join(part.get("body", b"") for part in sent):
                said.set()
            if message["type"] == "http.response.start" and act is not None:
                asyncio.get_running_loop().run_in_executor(None, act)

        async def receive():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(said.wait(), seconds)
                await asyncio.sleep(LINGER)
            return {"type": "http.disconnect"}

        scope = {
            "type": "http", "method": method, "path": "/stream/", "query_string": query.encode(),
            "headers": [(b"host", b"testserver"), *((n.encode(), v.encode()) for n, v in headers)],
        }  # fmt: skip
        await stream(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()

    return asyncio.run(listen())


def with_cookie(client, path):
    token = client.get(path).json()["token"]
    return f"token={token}", [("cookie", f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}")]


def in_thread(act):
    def run():
        try:
            act()
        finally:
            connection.close()

    return run


@pytest.mark.thorough
def test_a_stream_says_that_something_changed_and_nothing_else(chat, requester):
    """#164: a version, never a word."""
    query, headers = with_cookie(signed_in(requester), f"/chat/{chat.key}/token/")
    secret = in_thread(lambda: talking.say_as_customer(chat, by=requester, body="Secret", key="", now=now()))
    status, body = opened(query, headers, act=secret, seconds=10, until='"version": 2')

    assert status == 200
    assert body.startswith("retry: 2000\n\n")
    assert [json.loads(data) for data in re.findall("^data: (.*)$", body, re.M)][-1] == {"chat": chat.key, "version": 2}
    assert "Secret" not in body


@pytest.mark.skipif(not settings.REDIS_URL, reason="Redis wakes the streams; without one they look every second")
def test_redis_wakes_the_streams_before_they_would_look_by_themselves(chat, requester, monkeypatch):
    monkeypatch.setattr(hubs, "EVERY", 60.0)
    query, headers = with_cookie(signed_in(requester), f"/chat/{chat.key}/token/")

    def say_once_somebody_listens():
        time.sleep(1)
        talking.say_as_customer(chat, by=requester, body="Hello?", key="", now=now())

    _status, body = opened(query, headers, act=in_thread(say_once_somebody_listens), seconds=4.0)

    assert [json.loads(data)["version"] for data in re.findall("^data: (.*)$", body, re.M)] == [1, 2]


@pytest.mark.thorough
@pytest.mark.parametrize("last", ["-5", "999999999999999999", "x", "0"])
def test_who_comes_back_with_a_strange_last_id_hears_where_things_stand(chat, requester, last):
    """#170"""
    query, headers = with_cookie(signed_in(requester), f"/chat/{chat.key}/token/")
    _status, body = opened(query, [*headers, ("last-event-id", last)], seconds=10, until="id: ")

    assert re.findall("^id: (.*)$", body, re.M) == ["1"]


def test_who_missed_nothing_is_told_nothing(chat, requester):
    query, headers = with_cookie(signed_in(requester), f"/chat/{chat.key}/token/")
    status, body = opened(query, [*headers, ("last-event-id", "1")], seconds=1.0)

    assert (status, re.findall("^(?:id|event|data):.*$", body, re.M)) == (200, [])


def test_every_refusal_is_the_same_few_words(chat, requester):
    """#160 #162: foreign page, no cookie, forged token, nonsense, too long, another method."""
    query, headers = with_cookie(signed_in(requester), f"/chat/{chat.key}/token/")
    refusals = [
        opened(query, [*headers, ("origin", "https://evil.example")]),
        opened(query, [*headers, ("origin", "null")]),
        opened(query, [*headers, ("sec-fetch-site", "cross-site")]),
        opened(query, [("host", "evil.example"), *headers]),
        opened(query, []),
        opened("token=forged", headers),
        opened('{"event":"base"}' + "[" * 1000, headers),
        opened("token=" + "a" * 100_000, headers),
        opened("", [("cookie", "\x00;;=;" * 50)]),
        opened(query, headers, method="POST"),
    ]

    assert {body for _status, body in refusals} == {"No stream here.\n"}
    assert {status for status, _body in refusals} == {403, 405}


def test_one_person_opens_only_so_many_streams(chat, requester):
    """#168"""

    async def fill():
        hub = hubs.Hub()
        claims = [live.Claim(1, None, "s", "desk") for _ in range(hubs.MOST_PER_USER)]
        streams = [hub.add(claim) for claim in claims]
        with pytest.raises(hubs.Full):
            hub.add(claims[0])
        for one in streams:
            hub.remove(one)
        hub.remove(streams[0])
        hub.task.cancel()
        return dict(hub.per_user)

    assert asyncio.run(fill()) == {}


def test_a_stream_ends_when_the_right_is_lost(chat, requester, monkeypatch):
    """#163: closed by the server, not by the reader."""
    monkeypatch.setattr(hubs, "HEARTBEAT", 0.5)
    client = signed_in(requester)
    query, headers = with_cookie(client, f"/chat/{chat.key}/token/")
    began = time.monotonic()
    opened(query, headers, act=in_thread(client.logout), seconds=20)

    assert time.monotonic() - began < 10


# --- Two web processes, and a restart ---------------------------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(port, database):
    name = database["NAME"]
    url = (
        f"sqlite:///{name}"
        if connection.vendor == "sqlite"
        else (f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{name}")
    )
    environment = os.environ | {"DATABASE_URL": url, "DEMO": "1", "REDIS_URL": "", "LOG_LEVEL": "ERROR"}
    return subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "portal.asgi:application", "--port", str(port), "--lifespan", "off",
         "--log-level", "error", "--timeout-graceful-shutdown", "1"],
        cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def wait_for(port, seconds=30):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if call(port, "GET", "/live", "")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the web process did not answer")


def call(port, method, path, cookie, body=None, **headers):
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        web.request(
            method, path, body,
            {"Host": "localhost", "Cookie": cookie, "HX-Request": "true"}
            | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {}) | headers,
        )  # fmt: skip
        answer = web.getresponse()
        return answer.status, answer.read().decode()
    finally:
        web.close()


def say(port, path, cookie, text, key):
    """Send a line until somebody says that it stands, as the page does: always under the same key."""
    until = time.monotonic() + 40
    while time.monotonic() < until:
        try:
            body = f"csrfmiddlewaretoken={'a' * 32}&body={text}&key={key}"
            status, _body = call(port, "POST", path, f"{cookie}; csrftoken={'a' * 32}", body)
            if status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.2)
    raise AssertionError(f"{text} was never taken")


@pytest.mark.thorough
def test_two_processes_and_a_restart_lose_no_line_and_repeat_none(chat, agent, requester):
    handling.accept(chat, by=agent, now=now())
    cookies = [f"{settings.SESSION_COOKIE_NAME}={signed_in(who).session.session_key}" for who in (requester, agent)]
    ports, database = [free_port(), free_port()], connection.settings_dict
    connection.close()
    webs = [serve(port, database) for port in ports]
    try:
        for port in ports:
            wait_for(port)

        # Each answer of the first process is thrown away: the line is sent again to the process that restarts.
        def talk(port, path, cookie, name):
            for number in range(8):
                say(port, path, cookie, f"{name}-{number}", f"{name}-{number}")
                say(ports[0], path, cookie, f"{name}-{number}", f"{name}-{number}")

        talkers = [
            threading.Thread(target=talk, args=(ports[1], f"/chat/{chat.key}/say/", cookies[0], "customer")),
            threading.Thread(target=talk, args=(ports[0], f"/desk/chat/{chat.key}/say/", cookies[1], "agent")),
        ]
        for talker in talkers:
            talker.start()
        time.sleep(1)
        webs[1].send_signal(signal.SIGKILL)
        webs[1].wait()
        webs[1] = serve(ports[1], database)
        for talker in talkers:
            talker.join(timeout=90)
        wait_for(ports[1])
        status, page = call(ports[1], "GET", f"/chat/{chat.key}/lines/?after=0", cookies[0])
    finally:
        for web in webs:
            web.kill()
            web.wait()

    said = list(ChatLine.objects.filter(chat=chat).exclude(body="").order_by("number").values_list("body", flat=True))
    assert [text for text in said if text.startswith("customer")] == [f"customer-{n}" for n in range(8)]
    assert [text for text in said if text.startswith("agent")] == [f"agent-{n}" for n in range(8)]
    numbers = [int(number) for number in re.findall(r'data-line="(\d+)"', page)]
    assert (status, numbers) == (200, list(range(1, 19)))


@pytest.mark.thorough
def test_the_stream_of_one_process_hears_what_another_process_did(chat, agent, requester):
    client = signed_in(requester)
    query, headers = with_cookie(client, f"/chat/{chat.key}/token/")
    port, database = free_port(), connection.settings_dict
    web = serve(port, database)
    try:
        wait_for(port)
        handling.accept(chat, by=agent, now=now())
        open_stream = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        open_stream.request("GET", f"/stream/?{query}", headers=dict(headers) | {"Host": "localhost"})
        answer = open_stream.getresponse()
        heard = b""
        while b'"version": 2' not in heard:
            heard += answer.readline()
        talking.say_as_agent(chat, by=agent, body="Hello", key="", now=now())
        while b'"version": 3' not in heard:
            heard += answer.readline()
    finally:
        web.kill()
        web.wait()

    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, None)
