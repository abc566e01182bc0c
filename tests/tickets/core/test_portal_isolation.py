"""What belongs to another account, or is private to others, does not exist: same status, same bytes."""

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories
from tests.factories import MONDAY_9AM
from tickets.core.domain.attachments import accept_upload
from tickets.core.domain.conversation import reply_as_customer
from tickets.core.enums import Channel
from tickets.models import Attachment, Message

READS = ["", "receipt/", "why/", "priority/", "reply/"]
ACTS = ["reply/", "close/", "reopen/", "priority/", "follow/", "followers/add/", "followers/remove/"]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_9AM, tick=False):
        yield


def without_token(answer):
    """The page without what differs at every request: the masked CSRF tokens."""
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "token", answer.content.decode())


@pytest.mark.parametrize("path", READS)
def test_a_foreign_ticket_is_the_same_as_a_missing_one(client_for, ticket, stranger, path):
    client = client_for(stranger)
    foreign, missing = client.get(f"/tickets/{ticket.number}/{path}"), client.get(f"/tickets/SUP-99999/{path}")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert without_token(foreign) == without_token(missing).replace("SUP-99999", ticket.number)


@pytest.mark.parametrize("path", ACTS)
def test_nothing_can_be_done_to_a_foreign_ticket(client_for, ticket, stranger, path):
    answer = client_for(stranger).post(
        f"/tickets/{ticket.number}/{path}",
        {"body": "Mine now", "priority": "1", "reason": "because", "contact": stranger.pk},
    )
    version = ticket.version
    ticket.refresh_from_db()
    assert (answer.status_code, ticket.version, Message.objects.count(), ticket.followers.count()) == (
        404,
        version,
        1,
        0,
    )


@pytest.mark.parametrize("number", ["SUP-", "SUP-0", "x", "SUP-99999999999999999999", "SUP-１０４２", "-1", "SUP-1e3"])
def test_what_is_no_number_is_not_found(client_for, requester, number):
    assert client_for(requester).get(f"/tickets/{number}/").status_code == 404


def test_a_private_ticket_shows_to_its_people_only(client_for, requester, colleague, account_admin):
    ticket = factories.make_ticket(requester, is_private=True)
    seen = {}
    for person in (requester, account_admin, colleague):
        seen[person.name] = client_for(person).get(f"/tickets/{ticket.number}/").status_code
    assert seen == {"Marc Petit": 200, "Anna Roy": 200, "Noé Blanc": 404}
    assert ticket.subject not in client_for(colleague).get("/tickets/?tab=organisation").content.decode()


@pytest.mark.parametrize(
    "path", ["/tickets/", "/tickets/?tab=organisation", "/tickets/?tab=followed", "/tickets/?tab=organisation&q=CANARY",
             "/home/", "/tickets/new/", "/account/", "/account/contacts/"],
)  # fmt: skip
def test_no_page_shows_a_word_of_another_account(client_for, requester, stranger, path):
    factories.make_ticket(requester, subject="CANARY-A subject", body="CANARY-A body", product="CANARY-A product")
    page = client_for(stranger).get(path)
    assert page.status_code == 200
    html = page.content.decode()
    for word in ("CANARY-A", "Acme", "Marc Petit", "Anna Roy", "acme.test"):
        assert word not in html


def test_a_person_of_two_accounts_sees_only_the_one_they_act_for(client_for, requester, stranger):
    ticket = factories.make_ticket(requester)
    twin = type(requester).objects.create(user=requester.user, account=stranger.account)
    client = client_for(requester)
    assert client.get(f"/tickets/{ticket.number}/").status_code == 200
    client.post("/account/switch/", {"contact": twin.pk})
    assert client.get(f"/tickets/{ticket.number}/").status_code == 404


def test_who_leaves_the_account_loses_its_tickets_at_once(client_for, requester):
    ticket = factories.make_ticket(requester)
    client = client_for(requester)
    assert client.get(f"/tickets/{ticket.number}/").status_code == 200
    requester.is_active = False
    requester.save()
    assert client.get(f"/tickets/{ticket.number}/").status_code == 403


def test_staff_have_the_desk_not_the_portal(client_for, ticket, agent):
    assert client_for(agent).get(f"/tickets/{ticket.number}/").status_code == 403


# --- Files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def attachment(ticket, requester):
    file = accept_upload(SimpleUploadedFile('r\u202eé"sumé.png', PNG), by=requester.user, now=MONDAY_9AM)
    reply_as_customer(
        ticket, body="With a file", by=requester, channel=Channel.PORTAL, now=MONDAY_9AM, attachments=[file]
    )
    file.refresh_from_db()
    return file


def test_a_file_comes_as_a_download_that_runs_nothing(client_for, requester, attachment):
    answer = client_for(requester).get(f"/tickets/files/{attachment.key}/")
    assert b"".join(answer.streaming_content) == PNG
    assert (answer["Content-Type"], answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
        "image/png", "nosniff", "default-src 'none'; sandbox",
    )  # fmt: skip
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''r%C3%A9%22sum%C3%A9.png"


def test_staff_read_files_too(client_for, agent, attachment):
    answer = client_for(agent).get(f"/tickets/files/{attachment.key}/")
    assert answer.status_code == 200
    answer.close()


def test_a_foreign_file_is_the_same_as_a_missing_one(client_for, stranger, attachment):
    client = client_for(stranger)
    foreign, missing = client.get(f"/tickets/files/{attachment.key}/"), client.get("/tickets/files/nothing/")
    assert (foreign.status_code, missing.status_code) == (404, 404)


def test_a_file_that_is_gone_from_the_disk_is_not_found(client_for, requester, attachment, tmp_path):
    (tmp_path / attachment.path).unlink()
    assert client_for(requester).get(f"/tickets/files/{attachment.key}/").status_code == 404


def test_a_loose_upload_shows_to_its_owner_only(client_for, requester, colleague):
    loose = accept_upload(SimpleUploadedFile("a.png", PNG), by=requester.user, now=MONDAY_9AM)
    assert client_for(colleague).get(f"/tickets/files/{loose.key}/").status_code == 404
    assert Attachment.objects.loose().count() == 1


def test_nobody_reads_a_file_without_signing_in(client, attachment):
    assert client.get(f"/tickets/files/{attachment.key}/").status_code == 302
