"""What a mail server may do, and what becomes of the mails: F54 to F60 on a real one, on loopback."""

import logging
import socket
from datetime import timedelta

import pytest

from accounts.models import User
from portal.lib import breaker, outbox
from portal.lib.bounces import read_bounce_address
from portal.lib.mail import compose, message_id
from portal.lib.notice import Delivery, Notice
from tests.factories import MONDAY_9AM, make_contact, make_ticket
from tests.mail_server import Post, free_port, serving
from tickets.core.domain.conversation import reply_as_agent

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def quiet(db):
    """Nothing waits but what the test writes."""
    Notice.objects.all().delete()


@pytest.fixture
def ticket(requester, quiet):
    ticket = make_ticket(requester)
    Notice.objects.all().delete()
    return ticket


def say(ticket, agent, *words, at=MONDAY_9AM):
    for number, word in enumerate(words):
        reply_as_agent(ticket, body=word, by=agent.user, now=at + number * timedelta(seconds=1))


def run(start, length, step=timedelta(seconds=30)):
    """Beat, from `start` for `length`."""
    at, sent = start, []
    while at <= start + length:
        if outbox.deliver(now=at):
            sent.append(at)
        at += step
    return sent


def words_of(post):
    found = []
    for taken in post.taken:
        plain = taken.message.get_payload()[0].get_payload(decode=True).decode().replace("\r\n", "\n")
        found.append(next(word for word in ("First", "Second", "Third", "Fourth") if f"\n{word}\n" in plain))
    return found


def states():
    return [notice.delivery for notice in Notice.objects.order_by("pk")]


def nowhere(settings):
    """A port that nobody listens on."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 0.5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def test_after_hours_without_a_server_each_mail_leaves_once_and_in_its_order(settings, ticket, agent):
    """F54."""
    say(ticket, agent, "First", "Second", "Third")
    nowhere(settings)
    back = MONDAY_9AM + 6 * HOUR

    assert run(MONDAY_9AM, 6 * HOUR, 5 * MINUTE) == []

    post = Post()
    with serving(settings, post):
        run(back, 6 * MINUTE)
    assert (words_of(post), states()) == (["First", "Second", "Third"], [Delivery.SENT] * 3)
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}


def test_a_thousand_waiting_mails_do_not_each_knock_at_a_door_that_is_closed(settings, requester, quiet, monkeypatch):
    """F60: the breaker lets one attempt a pause through, at most five minutes apart."""
    user = requester.user_id
    for number in range(1000):
        outbox.write("welcome", key=f"w:{number}", recipients=[user], data={"account": "A", "by": "B"}, now=MONDAY_9AM)
    nowhere(settings)
    knocks = []
    from portal.lib.mail_line import MailLine

    opened = MailLine.open
    monkeypatch.setattr(MailLine, "open", lambda line: (knocks.append(1), opened(line))[1])

    run(MONDAY_9AM, HOUR, timedelta(seconds=10))

    state = breaker.look("mail")
    assert 12 <= len(knocks) <= 20
    assert (state.cause, state.since) == ("not reachable", MONDAY_9AM)
    assert state.try_at - (MONDAY_9AM + HOUR) <= 5 * MINUTE
    assert set(Notice.objects.values_list("attempts", "dead_at")) == {(0, None)}


def test_a_slow_server_costs_a_batch_one_time_out(settings, ticket, agent, requester):
    """F55: it accepts the connection and says nothing."""
    say(ticket, agent, "First", "Second")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        nowhere(settings)
        settings.EMAIL_PORT = silent.getsockname()[1]

        assert outbox.deliver(now=MONDAY_9AM) == 0
    assert breaker.look("mail").cause == "no answer in time"
    assert set(Notice.objects.values_list("attempts", flat=True)) == {0}


def test_greylisting_is_waited_for_and_the_mail_leaves_within_the_hour(settings, ticket, agent):
    """F56: refused for now during five hours; the pauses differ by chance and never reach an hour."""
    say(ticket, agent, "First", "Second")
    post = Post(answer=lambda _address, _count: "451 4.7.1 Greylisted, try again later")
    with serving(settings, post):
        run(MONDAY_9AM, 5 * HOUR, MINUTE)
        first, second = Notice.objects.order_by("pk")
        assert (first.status, first.last_error, first.delivery) == (
            "4.7.1", "451 4.7.1 Greylisted, try again later", Delivery.WAITING,
        )  # fmt: skip
        assert (second.attempts, breaker.look("mail")) == (0, None)
        post.answer = lambda _address, _count: None
        accepted = MONDAY_9AM + 5 * HOUR
        sent = run(accepted, HOUR, MINUTE)
    assert (words_of(post), len(sent) > 0, User.objects.filter(unreachable_since__isnull=False).count()) == (
        ["First", "Second"], True, 0,
    )  # fmt: skip


def test_pauses_grow_with_chance_to_at_most_an_hour(ticket, agent):
    """F56."""
    say(ticket, agent, "First")
    pauses = {}
    for attempts in (1, 2, 5, 8, 12, 60):
        seen = set()
        for _again in range(20):
            notice = Notice.objects.get()
            notice.attempts = attempts
            outbox._wait(notice, MONDAY_9AM, status="451", error="later")
            notice.refresh_from_db()
            seen.add((notice.not_before - MONDAY_9AM).total_seconds())
        pauses[attempts] = (min(seen), max(seen), len(seen))

    assert [many > 10 for _low, _high, many in pauses.values()] == [True] * 6
    for attempts, (low, high, _many) in pauses.items():
        middle = min(15 * 2**attempts, 3000)
        assert 0.8 * middle <= low < high <= 1.2 * middle, attempts


def test_a_permanent_refusal_is_not_tried_again_marks_the_address_and_blocks_nobody(
    settings, ticket, agent, requester, account
):
    """F57, F59: separate mails to three; one is refused."""
    from tickets.core.domain.followers import add_follower

    others = [make_contact(account, f"{name}@acme.test", name=name) for name in ("eve", "zoe")]
    for other in others:
        add_follower(ticket, other, by=requester.user, now=MONDAY_9AM)
    Notice.objects.all().delete()  # the followers have read that they follow
    say(ticket, agent, "First")
    gone = others[0].user.email
    post = Post(answer=lambda address, _count: "550 5.1.1 No such user" if address == gone else None)
    with serving(settings, post):
        assert outbox.deliver(now=MONDAY_9AM) == 2
        say(ticket, agent, "Second", at=MONDAY_9AM + MINUTE)
        assert outbox.deliver(now=MONDAY_9AM + MINUTE) == 2
        asked = post.asked
        run(MONDAY_9AM + HOUR, 5 * HOUR, HOUR)

    refused, not_tried = Notice.objects.filter(recipient=others[0].user_id).order_by("pk")
    assert [taken.recipients for taken in post.taken] == [[requester.user.email], [others[1].user.email]] * 2
    assert (refused.delivery, refused.status, refused.last_error, refused.attempts, refused.address) == (
        Delivery.FAILED, "5.1.1", "550 5.1.1 No such user", 1, gone,
    )  # fmt: skip
    assert (not_tried.delivery, not_tried.last_error) == (
        Delivery.FAILED, f"not tried: mail to {gone} came back before",
    )  # fmt: skip
    person = User.objects.get(email=gone)
    assert (person.is_unreachable, person.unreachable_since, person.unreachable_reason) == (
        True, MONDAY_9AM, "550 5.1.1 No such user",
    )  # fmt: skip
    assert (post.asked, post.connections) == (asked, 2)


@pytest.mark.parametrize("said", ["554 5.7.1 Relay access denied", "550 5.7.26 Blocked by policy"])
def test_a_refusal_that_speaks_of_us_marks_nobody(settings, ticket, agent, requester, said):
    say(ticket, agent, "First")
    with serving(settings, Post(answer=lambda _address, _count: said)):
        outbox.deliver(now=MONDAY_9AM)

    requester.user.refresh_from_db()
    assert (states(), requester.user.is_unreachable) == ([Delivery.FAILED], False)


def test_a_connection_lost_after_the_text_repeats_the_mail_under_the_same_id(settings, ticket, agent):
    """F58: the server has it and we do not know."""
    say(ticket, agent, "First")
    post = Post(lose={1})
    with serving(settings, post):
        assert outbox.deliver(now=MONDAY_9AM) == 0
        assert outbox.deliver(now=MONDAY_9AM + HOUR) == 1

    ids = [taken.message["Message-ID"] for taken in post.taken]
    assert (ids, states()) == ([message_id(Notice.objects.get().key)] * 2, [Delivery.SENT])


def test_a_connection_that_breaks_twice_in_a_row_ends_the_batch(settings, requester, agent, quiet):
    for _more in range(5):
        make_ticket(requester)
    post = Post(lose={1, 2})
    with serving(settings, post):
        assert outbox.deliver(now=MONDAY_9AM) == 0

    assert (len(post.taken), breaker.look("mail").cause) == (2, "breaks off")
    assert sorted(Notice.objects.values_list("attempts", flat=True))[-3:] == [0, 1, 1]


def test_a_refused_login_opens_the_breaker_raises_the_alarm_and_tells_no_password(
    settings, ticket, agent, client, caplog
):
    """F60, #159."""
    say(ticket, agent, "First")
    post = Post()
    with caplog.at_level(logging.INFO), serving(settings, post, login=False):
        assert outbox.deliver(now=MONDAY_9AM) == 0

    alarm = [record for record in caplog.records if record.getMessage() == "mail.down"]
    assert [(record.levelname, record.cause) for record in alarm] == [("ERROR", "login refused")]
    assert (post.taken, breaker.look("mail").cause) == ([], "login refused")
    part = client.get("/ready").json()["parts"]["mail"]
    assert (part["works"], part["cause"]) == (False, "login refused")
    everything = repr([vars(record) for record in caplog.records]) + repr(list(Notice.objects.values()))
    assert "hunter2" not in everything + repr(part)


@pytest.mark.parametrize(
    ("certificate", "cause"), [(True, "certificate refused"), (False, "no encryption or login offered")]
)
def test_no_mail_leaves_without_the_encryption_that_was_asked_for(settings, ticket, agent, certificate, cause):
    """F60: neither to a server that nobody vouches for, nor to one without TLS."""
    say(ticket, agent, "First")
    post = Post()
    with serving(settings, post, certificate=certificate):
        settings.EMAIL_USE_TLS, settings.EMAIL_HOST = True, "localhost"
        assert outbox.deliver(now=MONDAY_9AM) == 0

    assert (post.taken, post.asked, breaker.look("mail").cause, states()) == ([], 0, cause, [Delivery.WAITING])


def test_when_the_server_is_back_the_breaker_closes_and_says_so(settings, ticket, agent, client, caplog):
    say(ticket, agent, "First")
    nowhere(settings)
    outbox.deliver(now=MONDAY_9AM)
    with caplog.at_level(logging.INFO), serving(settings, Post()):
        assert outbox.deliver(now=MONDAY_9AM + timedelta(seconds=5)) == 0
        assert outbox.deliver(now=MONDAY_9AM + timedelta(seconds=20)) == 1

    assert breaker.look("mail") is None
    assert "mail.up" in [record.getMessage() for record in caplog.records]
    assert client.get("/ready").json()["parts"]["mail"] == {"ok": None, "works": True}


def test_one_connection_serves_a_batch_and_the_envelope_says_where_it_comes_back_to(settings, ticket, agent, requester):
    """#157, #152: the sender on the wire is the address of this one mail, and nobody is copied."""
    say(ticket, agent, "First", "Second", "Third", "Fourth")
    post = Post()
    with serving(settings, post):
        assert outbox.deliver(now=MONDAY_9AM + MINUTE) == 4

    assert (post.connections, words_of(post)) == (1, ["First", "Second", "Third", "Fourth"])
    assert [read_bounce_address(taken.sender) for taken in post.taken] == list(
        Notice.objects.order_by("pk").values_list("pk", flat=True)
    )
    for taken in post.taken:
        assert taken.message["From"].endswith("<support@punctual.example>")
        assert (taken.message.get_all("To"), taken.message["Bcc"], taken.message["Cc"]) == (
            [requester.user.email], None, None,
        )  # fmt: skip


def test_a_mail_that_cannot_be_written_holds_up_nobody(ticket, agent, mailoutbox):
    say(ticket, agent, "First")
    Notice.objects.update(kind="no_such_kind")
    say(ticket, agent, "Second", at=MONDAY_9AM + MINUTE)

    assert outbox.deliver(now=MONDAY_9AM + MINUTE) == 1

    broken, sent = Notice.objects.order_by("pk")
    assert (broken.status, broken.last_error, broken.delivery) == ("unwritable", "TemplateDoesNotExist", "waiting")
    assert (sent.delivery, len(mailoutbox)) == (Delivery.SENT, 1)


def test_a_mail_is_given_up_after_three_days_of_refusals(settings, ticket, agent):
    say(ticket, agent, "First")
    post = Post(answer=lambda _address, _count: "452 4.2.2 Mailbox full")
    with serving(settings, post):
        run(MONDAY_9AM, timedelta(days=5), 30 * MINUTE)

    notice = Notice.objects.get()
    assert (notice.delivery, notice.attempts, notice.status) == (Delivery.FAILED, outbox.MAX_ATTEMPTS, "4.2.2")
    assert timedelta(days=2) < notice.dead_at - MONDAY_9AM < timedelta(days=4)


@pytest.mark.parametrize(("code", "state"), [(499, "waiting"), (500, "failed"), (599, "failed"), (600, "waiting")])
def test_a_refusal_is_for_good_from_five_hundred_to_five_hundred_and_ninety_nine(settings, ticket, agent, code, state):
    say(ticket, agent, "First")
    with serving(settings, Post(answer=lambda _address, _count: f"{code} No")):
        outbox.deliver(now=MONDAY_9AM)

    assert states() == [state]


def test_a_mail_that_nobody_waits_to_hear_back_from_comes_from_our_own_address(requester):
    values = {"to": requester.user, "key": "k", "context": {"account": "A", "by": "B"}}

    senders = [compose("welcome", **values, bounces_to=back).from_email for back in (None, "b+1@punctual.example")]

    assert senders == ["support@punctual.example", "b+1@punctual.example"]


def test_one_at_a_time_tries_a_service_again_when_its_own_pause_is_over():
    pause = breaker.trip("mail", cause="not reachable", now=MONDAY_9AM).try_at
    breaker.trip("storage", cause="not reachable", now=MONDAY_9AM - HOUR)
    second = timedelta(seconds=1)
    moments = [pause - second, pause, pause, pause + breaker.TRIAL - second, pause + breaker.TRIAL]

    assert [breaker.may_try("mail", now=moment) for moment in moments] == [False, True, False, False, True]
    assert breaker.look("storage").try_at == MONDAY_9AM - HOUR + breaker.FIRST_PAUSE
    assert breaker.close("mail")
    assert breaker.may_try("mail", now=MONDAY_9AM)
