"""Every mail of the corpus is read as expected, and becomes what it should: a message, a held mail, or nothing.

The mails and what must come of them are in tests/mails; build.py there says how they are made.
"""

import json
import time
from pathlib import Path

import pytest
from django.db import transaction

from tests import factories
from tests.factories import MONDAY_9AM
from tickets.mail.domain import bounces
from tickets.mail.domain.intake import store
from tickets.mail.domain.reading import CannotRead, read
from tickets.mail.domain.reply_tokens import reply_address
from tickets.mail.domain.sorting import process
from tickets.models import TicketEvent

FOLDER = Path(__file__).parents[2] / "mails"
EXPECTED = json.loads((FOLDER / "expected.json").read_text())
NAMES = sorted(EXPECTED)
MARC = {
    "sender": "marc@acme.test", "name": "Marc Petit", "subject": "Scanner", "text": "", "quote": "", "files": [],
    "automatic": "", "verdict": "unknown", "reply_to": "",
}  # fmt: skip


def raw(name):
    return (FOLDER / f"{name}.eml").read_bytes()


def test_the_corpus_is_as_large_as_it_was_promised():
    assert len(NAMES) >= 150
    assert sorted(path.stem for path in FOLDER.glob("*.eml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_is_read(name, settings):
    settings.MAIL_AUTHSERV_ID = [EXPECTED[name]["setting"]] if EXPECTED[name]["setting"] else []
    begun = time.monotonic()
    try:
        mail = read(raw(name))
    except CannotRead as problem:
        found = {"error": problem.detail}
        expected = EXPECTED[name]["read"]
    else:
        found = {
            "sender": mail.sender, "name": mail.sender_name, "subject": mail.subject, "text": mail.text,
            "quote": mail.quote, "files": [file.name for file in mail.files] + mail.left_out,
            "automatic": mail.automatic, "verdict": mail.verdict.value, "reply_to": mail.reply_to,
        }  # fmt: skip
        subject = {"subject": "Re: Scanner"} if mail.subject == "Re: Scanner" else {}
        subject = {"subject": "RE: Scanner"} if mail.subject == "RE: Scanner" else subject
        expected = MARC | subject | EXPECTED[name]["read"]

    assert found == expected
    assert time.monotonic() - begun < 5


def became(row, before):
    """What became of a mail, in the words of expected.json."""
    said = f"{row.state} {row.cause}".strip()
    about = "about" if row.about and row.state != "posted" else ""
    noted = "noted" if TicketEvent.objects.filter(kind="mail", data__act="automatic").exists() else ""
    if row.state == "posted":
        assert not row.ticket.events.filter(kind="priority").exists()
        new = row.ticket.pk not in before
        about = "new ticket" if new else "reply"
        assert row.message.channel == "email"
        assert row.message.created_at == MONDAY_9AM
        if files := [file.name for file in row.message.attachments.order_by("pk")]:
            about += f", files {files}"
        elif "files" in EXPECTED[row.mailbox]["became"]:
            about += ", files []"
    if row.state == "bounce":
        about = " ".join(bounced[-1])
    rest = ", ".join(part for part in (about, noted) if part)
    return f"{said}: {rest}" if rest else said


bounced = []


def taker(address, *, status, reason, now):
    """Knows one bounce address, as the sender of our mails does."""
    bounced.append((status, reason))
    return address == "bounces+7.abcdef@punctual.example"


@pytest.mark.thorough
@pytest.mark.servers
@pytest.mark.django_db
def test_each_mail_becomes_what_it_should(
    requester, colleague, stranger, agent, ticket, account, settings, monkeypatch
):
    """#117 to #150: one result for each mail, whole."""
    monkeypatch.setattr(bounces, "on_bounce", [taker])
    other = factories.make_account("Charlie", region=account.home_region)
    factories.make_contact(account, "ida@acme.test")
    account.contacts.filter(user__email="ida@acme.test").update(is_active=False)
    tia = factories.make_contact(account, "tia@both.test")
    other.contacts.create(user=tia.user)
    real = reply_address(ticket.pk, requester.user_id).encode()
    local, _at, host = real.partition(b"@")
    flipped = local[:-1] + (b"a" if local[-1:] != b"a" else b"b")
    found = {}
    for name in NAMES:
        settings.MAIL_AUTHSERV_ID = [EXPECTED[name]["setting"]] if EXPECTED[name]["setting"] else []
        data = raw(name).replace(b"support+token-of-marc@punctual.example", real)
        data = data.replace(b"SUPPORT+TOKEN-OF-MARC@PUNCTUAL.EXAMPLE", real.upper())
        data = data.replace(b"support+flipped-token@", flipped + b"@").replace(b"SUP-NUMBER", ticket.number.encode())
        with transaction.atomic():
            row, _new = store(data, mailbox=name, now=MONDAY_9AM)
            row = process(row.pk, now=MONDAY_9AM)
            found[name] = became(row, {ticket.pk})
            transaction.set_rollback(True)

    assert found == {name: EXPECTED[name]["became"] for name in NAMES}
