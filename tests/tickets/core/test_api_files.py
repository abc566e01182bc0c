"""Files by API: uploaded first, taken by one message, read with the rights of its ticket."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api import Caller, reason, wrong
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain.attachments import FileRefused, accept_upload
from tickets.models import Attachment, Message, Ticket

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
TICKET = {"subject": "Enrolment fails", "body": "See the picture.", "priority": 3}


def png(name="screen.png", content=PNG):
    return SimpleUploadedFile(name, content, content_type="text/html")


def test_a_file_is_uploaded_named_and_downloaded(requester):
    caller = Caller(requester)
    up = caller.upload(png())
    key = Attachment.objects.get().key
    shown = {
        "id": key, "name": "screen.png", "content_type": "image/png", "size": 28,
        "url": f"http://localhost:8000/api/v1/attachments/{key}",
    }  # fmt: skip
    assert (up.status_code, up.json(), up["Location"]) == (201, shown, shown["url"])

    number = caller.post("/tickets", TICKET | {"attachments": [key]}).json()["number"]
    assert caller.get(f"/tickets/{number}/messages").json()["results"][0]["attachments"] == [shown]

    down = caller.get(f"/attachments/{key}")
    assert (down.status_code, b"".join(down.streaming_content)) == (200, PNG)
    assert down["Content-Type"] == "image/png"
    assert down["Content-Disposition"] == 'attachment; filename="screen.png"'
    assert down["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert down["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_taken_once(requester, ticket):
    caller = Caller(requester)
    key = caller.upload(png()).json()["id"]
    path = f"/tickets/{ticket.number}/messages"
    assert caller.post(path, {"body": "x", "attachments": [key]}).status_code == 201
    refused = caller.post(path, {"body": "y", "attachments": [key]})
    assert (reason(refused), wrong(refused)) == ((400, "FILE_REFUSED"), [("/attachments", "file_refused")])
    assert Message.objects.count() == 2


def test_uploads_of_others_cannot_be_taken_or_read(requester, colleague, stranger, agent):
    key = Caller(requester).upload(png()).json()["id"]
    for person in (colleague, stranger, agent):
        assert reason(Caller(person).get(f"/attachments/{key}")) == (404, "NOT_FOUND")
    refused = Caller(colleague).post("/tickets", TICKET | {"attachments": [key]})
    assert (reason(refused), Ticket.objects.count()) == ((400, "FILE_REFUSED"), 0)


def test_a_file_is_read_by_whoever_reads_its_ticket(requester, colleague, stranger, agent):
    caller = Caller(requester)
    key = caller.upload(png()).json()["id"]
    caller.post("/tickets", TICKET | {"attachments": [key]})
    found = {
        person.name: Caller(person).get(f"/attachments/{key}").status_code for person in (colleague, agent, stranger)
    }
    assert found == {"Noé Blanc": 200, "Léa": 200, "Bob": 404}
    assert reason(Caller(requester).get("/attachments/1")) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("name", "content"),
    [("page.html", b"<script>"), ("a.svg", b"<svg/>"), ("a.png", b"<html>"), ("empty.txt", b""), ("x.php", b"<?php")],
)
def test_what_no_page_takes_the_api_does_not_take(requester, name, content):
    assert reason(Caller(requester).upload(png(name, content))) == (400, "FILE_REFUSED")
    assert Attachment.objects.count() == 0


def test_a_file_that_is_too_large_is_refused_by_its_length(requester, settings):
    settings.ATTACHMENT_MAX_BYTES = 1000
    refused = Caller(requester).upload(png(content=PNG + b"0" * 70_000))
    assert (reason(refused), refused.json()["metadata"]) == ((413, "TOO_LARGE"), {"limit": 1000})
    assert Attachment.objects.count() == 0


def test_a_file_may_be_exactly_as_large_as_is_said(requester, settings):
    settings.ATTACHMENT_MAX_BYTES = len(PNG)
    with pytest.raises(FileRefused, match="is larger than"):
        accept_upload(SimpleUploadedFile("a.png", PNG + b"0"), by=requester.user, now=MONDAY_9AM)
    assert Attachment.objects.count() == 0

    assert accept_upload(SimpleUploadedFile("a.png", PNG), by=requester.user, now=MONDAY_9AM).size == len(PNG)


def test_one_file_in_one_field(requester):
    caller = Caller(requester)
    assert reason(caller.upload([png(), png()])) == (400, "EMPTY")
    assert reason(caller.upload(png(), account="7")) == (400, "EMPTY")
    assert reason(caller.call("POST", "/attachments", {"file": "x"})) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert Attachment.objects.count() == 0


def test_the_same_upload_again_stores_one_file(requester):
    caller = Caller(requester)
    caller.client.defaults["HTTP_IDEMPOTENCY_KEY"] = "upload-1"
    assert caller.upload(png()).json() == caller.upload(png()).json()
    assert reason(caller.upload(png(content=PNG + b"1"))) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Attachment.objects.count() == 1


def test_only_uploads_without_message_may_be_named(requester, ticket):
    foreign = make_ticket(requester)
    refused = Caller(requester).post(f"/tickets/{foreign.number}/messages", {"body": "x", "attachments": ["../../etc"]})
    assert reason(refused) == (400, "FILE_REFUSED")
