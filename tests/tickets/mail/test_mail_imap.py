"""Mailboxes read from a real IMAP server: everything once, whatever breaks in between (F61, F62, F64, F65)."""

import imaplib
import socket
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from portal.lib import lease
from tests import imap_server
from tests.factories import MONDAY_9AM
from tickets.core.enums import MailState
from tickets.mail import imap
from tickets.mail.domain import sorting
from tickets.models import IncomingMail, Mailbox, MailSource

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server():
    with imap_server.running() as server:
        yield server


@pytest.fixture
def folder(server, request):
    name = f"Box{abs(hash(request.node.name)) % 10**8}"
    server.fresh(name)
    return name


def mail(number, sender="marc@acme.test"):
    return (
        f"From: {sender}\r\nTo: support@punctual.example\r\nSubject: Case {number}\r\n"
        f"Message-ID: <{number}@acme.test>\r\n\r\nIt is broken.\r\n"
    ).encode()


def poll(server, folder, settings, **url):
    settings.IMAP_URLS = [server.url(folder, **url)]
    (address,) = imap.addresses()
    return imap.poll(address, watch=lambda: MONDAY_9AM)


def subjects():
    sorting.process_waiting(now=MONDAY_9AM, limit=1000)
    return list(IncomingMail.objects.order_by("pk").values_list("subject", flat=True))


def test_what_is_new_is_taken_once_flagged_and_opens_tickets(server, folder, settings, requester):
    server.put(folder, mail(1), mail(2))

    assert [poll(server, folder, settings), poll(server, folder, settings)] == [2, 0]

    server.put(folder, mail(3))
    assert poll(server, folder, settings) == 1
    assert subjects() == ["Case 1", "Case 2", "Case 3"]
    assert [t.subject for t in requester.requested_tickets.order_by("pk")] == ["Case 1", "Case 2", "Case 3"]
    assert server.seen(folder) == (3, 3)
    box = Mailbox.objects.get()
    assert (box.name, box.error, box.read_at) == (f"box/{folder}@127.0.0.1", "", MONDAY_9AM)


def test_a_mail_that_a_person_has_read_in_the_mailbox_is_taken_all_the_same(server, folder, settings):
    with server.session() as client:
        client.append(folder, "(\\Seen)", None, mail(1))

    assert poll(server, folder, settings) == 1


def test_a_connection_that_breaks_in_the_middle_loses_nothing_and_doubles_nothing(
    server, folder, settings, monkeypatch
):
    """F62"""
    server.put(folder, *(mail(n) for n in range(6)))
    real, calls = imap._fetch, []

    def breaking(box, uid, size):
        calls.append(uid)
        if len(calls) == 4:
            box.client.sock.shutdown(socket.SHUT_RDWR)
        return real(box, uid, size)

    monkeypatch.setattr(imap, "_fetch", breaking)

    assert poll(server, folder, settings) == 3
    box = Mailbox.objects.get()
    assert (box.error, box.failing_since) == ("connection lost", MONDAY_9AM)
    assert poll(server, folder, settings) == 3
    assert (Mailbox.objects.get().error, subjects()) == ("", [f"Case {n}" for n in range(6)])


def test_new_numbers_for_all_mails_double_nothing(server, folder, settings):
    """F62: UIDVALIDITY changes."""
    server.put(folder, mail(1), mail(2))
    poll(server, folder, settings)
    before = Mailbox.objects.get().uid_validity
    server.fresh(folder)
    server.put(folder, mail(2), mail(3), mail(1))

    assert poll(server, folder, settings) == 1
    assert Mailbox.objects.get().uid_validity != before
    assert sorted(subjects()) == ["Case 1", "Case 2", "Case 3"]


def test_a_flag_that_cannot_be_stored_stops_nothing(server, folder, settings, monkeypatch):
    """F62"""
    server.put(folder, mail(1), mail(2))
    real = imaplib.IMAP4.uid

    def refusing(client, command, *args):
        if command == "STORE":
            raise imaplib.IMAP4.error("no")
        return real(client, command, *args)

    monkeypatch.setattr(imaplib.IMAP4, "uid", refusing)

    assert [poll(server, folder, settings), poll(server, folder, settings)] == [2, 0]
    assert subjects() == ["Case 1", "Case 2"]
    assert server.seen(folder) == (0, 2)


def test_two_readers_at_once_take_each_mail_once(server, folder, settings, requester):
    """F61, F65: one holds the lease, and where it does not, the key of the mail does."""
    server.put(folder, *(mail(n) for n in range(8)))
    settings.IMAP_URLS = [server.url(folder)]
    (address,) = imap.addresses()
    together, counts = threading.Barrier(2), []

    def read():
        together.wait()
        counts.append(imap.poll(address, watch=lambda: MONDAY_9AM))
        connection.close()

    threads = [threading.Thread(target=read) for _reader in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 8
    assert (len(subjects()), MailSource.objects.count()) == (8, 8)
    assert requester.requested_tickets.count() == 8


def test_nobody_reads_while_another_holds_the_mailbox_until_its_lease_ends(server, folder, settings):
    """F65: the lease of a killed reader expires."""
    server.put(folder, mail(1))
    settings.IMAP_URLS = [server.url(folder)]
    (address,) = imap.addresses()
    name = f"mail:{address.name}"[:40]
    lease.hold(name, holder="a killed one", now=MONDAY_9AM, length=imap.LEASE)

    while_held = imap.poll(address, watch=lambda: MONDAY_9AM + timedelta(minutes=1))
    afterwards = imap.poll(address, watch=lambda: MONDAY_9AM + timedelta(minutes=4))

    assert (while_held, afterwards) == (0, 1)


def test_a_backlog_is_read_in_pages_and_the_newest_is_not_dropped(server, folder, settings, monkeypatch):
    """F64: a run takes so many, the next one goes on."""
    monkeypatch.setattr(imap, "MOST", 120)
    server.put(folder, *(mail(n, sender=f"{n}@nowhere.test") for n in range(300)))

    assert [poll(server, folder, settings) for _run in range(4)] == [120, 120, 60, 0]
    assert subjects() == [f"Case {n}" for n in range(300)]


def test_a_bad_mail_among_others_is_set_apart(server, folder, settings, requester):
    """F63"""
    server.put(folder, mail(1), b"no header at all\r\n", mail(2))
    poll(server, folder, settings)

    assert sorting.process_waiting(now=MONDAY_9AM) == 3
    assert list(IncomingMail.objects.order_by("pk").values_list("state", "cause")) == [
        ("posted", "contact"), ("quarantined", "unreadable"), ("posted", "contact"),
    ]  # fmt: skip
    assert bytes(IncomingMail.objects.get(state=MailState.QUARANTINED).source.data) == b"no header at all\r\n"


def test_of_a_mail_that_is_too_large_only_the_beginning_is_taken(server, folder, settings):
    """#136"""
    settings.MAIL_MAX_BYTES = 200_000
    server.put(folder, mail(1) + b"x" * 300_000, mail(2))

    assert poll(server, folder, settings) == 2

    large, other = IncomingMail.objects.order_by("pk")
    assert (large.state, large.cause, len(large.source.data), large.source.is_cut) == (
        "quarantined", "too_large", 65536, True,
    )  # fmt: skip
    assert other.state == "received"


def test_a_refused_sign_in_is_said_without_the_password(server, folder, settings, caplog, client, lead):
    """#159"""
    assert poll(server, folder, settings, password="hunter2secret") == 0

    box = Mailbox.objects.get()
    assert (box.error, box.failing_since) == ("sign-in refused", MONDAY_9AM)
    client.force_login(lead.user, backend="accounts.identity.backends.PersonBackend")
    page = client.get("/desk/tickets/incomingmail/").content.decode()
    ready = client.get("/ready")
    assert "cannot be read: sign-in refused" in page
    assert ready.json()["parts"]["mail_in"]["failing"] == ["sign-in refused"]
    assert "hunter2secret" not in page + caplog.text + ready.content.decode() + str(box.__dict__)


@pytest.mark.parametrize(
    "url", ["imap://u:topsecret@mail.example.com/INBOX", "http://u:topsecret@h/", "imaps://:topsecret@h", "imaps://u:topsecret@h:99999999"]
)  # fmt: skip
def test_an_address_that_is_unsafe_or_no_address_is_refused_without_repeating_it(settings, url):
    settings.IMAP_URLS = [url]

    with pytest.raises(ImproperlyConfigured) as refusal:
        imap.addresses()

    assert "topsecret" not in str(refusal.value)
