"""The mailbox of the demonstration: one's own mails, as they were written, and only there."""

import pytest
from django.urls import reverse

from portal.lib import outbox
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain.conversation import reply_as_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_files(settings, tmp_path):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


def test_people_read_what_was_written_to_them_and_nobody_elses_mail(in_files, client_for, requester, colleague, agent):
    colleague.user.language = "en"
    colleague.user.save()
    ticket = make_ticket(requester, subject="Café fails")  # beside the mail of their seat
    reply_as_agent(ticket, body="Try <b>again</b>, it is été.", by=agent.user, now=MONDAY_9AM)
    while outbox.deliver(now=MONDAY_9AM):
        pass

    mine = client_for(requester).get(reverse("portal:mailbox")).content.decode()
    theirs = client_for(colleague).get(reverse("portal:mailbox")).content.decode()

    assert (mine.count('<details class="mail'), "Try &lt;b&gt;again&lt;/b&gt;, it is été." in mine) == (3, True)
    assert f"[{ticket.number}] Reply from Léa — Café fails" in mine
    assert (ticket.number in theirs, "No email yet." in theirs) == (False, True)


def test_outside_of_the_demonstration_there_is_no_such_page(in_files, settings, client_for, requester):
    settings.DEMO = False

    assert client_for(requester).get(reverse("portal:mailbox")).status_code == 404


def test_with_a_mail_server_it_says_where_the_mails_are(settings, client_for, requester):
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = None

    assert "A mail server is set up" in client_for(requester).get(reverse("portal:mailbox")).content.decode()
