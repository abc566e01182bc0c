"""Opened by Celery beat: fetches and sorts the mail that came in. Loaded by the app, because it stands above its
domain."""

from celery import shared_task

from portal.lib import heartbeat
from portal.lib.clock import now
from tickets.mail import imap
from tickets.mail.domain.sorting import process_waiting


@shared_task(name="tickets.receive_mail")
def receive_mail() -> int:
    for address in imap.addresses():
        imap.poll(address, watch=now)
    done = process_waiting(now=now())
    heartbeat.beat("mail_in", now=now())
    return done
