"""A mail from somebody unknown, held for an agent."""

from portal.lib.clock import now
from tickets.mail.domain.intake import store
from tickets.mail.domain.sorting import process

RAW = b"From: Zoe <zoe@nowhere.test>\r\nTo: support@punctual.example\r\nSubject: Hello\r\n\r\nWho are you?\r\n"


def specimens(world):
    row, _new = store(RAW, mailbox="support", now=now())
    process(row.pk, now=now())
    return {
        "admin:tickets_incomingmail_": {"pk": row.pk, "object_id": row.pk},
        "tickets:mail_inbound": {"provider": "postmark"},
    }
