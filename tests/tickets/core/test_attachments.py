"""Files: what is accepted and under which name, how many may wait, who takes them, and when they are thrown away."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.factories import MONDAY_9AM
from tickets.core.domain import attachments
from tickets.core.domain.attachments import TYPES, FileRefused, accept_upload, attach, purge_uploads, safe_name
from tickets.models import Attachment

HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)


def upload(by, name="a.txt", content=b"words", now=MONDAY_9AM):
    return accept_upload(ContentFile(content, name=name), by=by.user, now=now)


def write(ticket, by):
    return ticket.messages.create(
        author=by.user, author_kind="agent", channel="desk", body="Look.", created_at=MONDAY_9AM
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.png", "a.png"),
        ("../../etc/pass wd.txt", "pass wd.txt"),
        ("C:\\files\\a.txt", "a.txt"),
        (" .a.b.txt. ", "a.b.txt"),
        ("no extension", "no extension"),
        ("e\u0301.txt", "é.txt"),
        ("a\x00\u200b\nb.txt", "ab.txt"),
        ("x" * 300 + ".jpeg", "x" * 190 + ".jpeg"),
        ("a." + "y" * 30, "a." + "y" * 9),
        ("z" * 300, "z" * 200),
        ("/", ""),
    ],
)
def test_a_name_has_no_folders_no_control_signs_and_an_end(name, shown):
    assert safe_name(name) == shown


GOOD = {
    "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "gif": b"GIF87a", "webp": b"RIFF",
    "heic": b"....ftyp", "mp4": b"....ftyp", "mov": b"....ftyp", "pdf": b"%PDF-", "txt": b"a", "log": b"a", "csv": b"a",
    "json": b"{", "md": b"#", "har": b"{", "eml": b"From:", "zip": b"PK\x03\x04", "gz": b"\x1f\x8b",
    "7z": b"7z\xbc\xaf\x27\x1c", "docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04", "pptx": b"PK\x03\x04",
    "odt": b"PK\x03\x04", "ods": b"PK\x03\x04",
}  # fmt: skip


@pytest.mark.parametrize("extension", TYPES)
def test_each_type_is_known_by_its_first_bytes(agent, settings, extension):
    good = GOOD[extension]
    bad = b"\x00" + good if extension in attachments.TEXT else b"." + good

    found = upload(agent, f"A.{extension.upper()}", good + b" more")

    assert (found.name, found.size) == (f"A.{extension.upper()}", len(good) + 5)
    assert (found.uploaded_by, found.uploaded_at, found.message) == (agent.user, MONDAY_9AM, None)
    assert found.content_type == TYPES[extension][0]
    assert (Path(settings.MEDIA_ROOT) / found.path).read_bytes() == good + b" more"
    with pytest.raises(FileRefused):
        upload(agent, f"a.{extension}", bad)
    assert Attachment.objects.get() == found


@pytest.mark.parametrize("name", ["a.gif", "a.zip"])
def test_a_type_with_two_beginnings_takes_both(agent, name):
    content = {"a.gif": b"GIF89a", "a.zip": b"PK\x05\x06"}[name]

    assert upload(agent, name, content).size == len(content)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", b""), ("a.html", b"<p>"), ("a.svg", b"<svg>"), ("a.exe", b"MZ"), ("txt2", b"a"), ("a.txt", b"x" * 1001)],
    ids=["empty", "html", "svg", "program", "no extension", "too large"],
)
def test_what_is_refused_is_not_stored(agent, settings, name, content):
    settings.ATTACHMENT_MAX_BYTES = 1000

    with pytest.raises(FileRefused) as refusal:
        upload(agent, name, content)

    assert (refusal.value.code, refusal.value.field) == ("file_refused", "files")
    assert not Attachment.objects.exists()
    assert upload(agent, "a.txt", b"x" * 1000).size == 1000


def test_the_first_four_thousand_bytes_of_a_text_are_looked_at(agent):
    assert upload(agent, "a.txt", b"x" * 4096 + b"\x00").size == 4097
    with pytest.raises(FileRefused):
        upload(agent, "a.txt", b"x" * 4095 + b"\x00")


def test_a_file_that_is_too_large_is_refused_with_the_limit(agent, settings):
    settings.ATTACHMENT_MAX_BYTES = 3 * 1024 * 1024

    with pytest.raises(FileRefused) as refusal:
        upload(agent, "a.txt", b"x" * (3 * 1024 * 1024 + 1))

    assert "3" in refusal.value.message
    assert attachments.MAX_LOOSE == 50


def test_so_many_files_may_wait_for_a_message_of_each_person(agent, lead, ticket, monkeypatch):
    monkeypatch.setattr(attachments, "MAX_LOOSE", 2)
    one, _two = upload(agent), upload(agent)
    with pytest.raises(FileRefused):
        upload(agent)
    assert upload(lead).uploaded_by == lead.user

    attach([one], write(ticket, agent))

    assert upload(agent).message is None
    assert attachments.TYPES.keys() == GOOD.keys()


def test_a_message_takes_all_of_its_files_or_none(agent, lead, ticket):
    message = write(ticket, agent)
    mine, hers, gone = upload(agent), upload(lead), upload(agent)
    attach([], message)
    attach([gone], message)
    for files in ([hers], [gone]):
        with pytest.raises(FileRefused) as refusal:
            attach(files, message)
        assert refusal.value.field == "files"

    attach([mine, mine], message)

    assert list(message.attachments.all()) == [mine, gone]
    assert Attachment.objects.loose().get() == hers


def test_what_no_message_took_within_a_day_is_thrown_away_with_its_file(agent, ticket):
    old, older, taken, fresh = (upload(agent, now=MONDAY_9AM + n * MOMENT) for n in (-1, -2, -3, 0))
    attach([taken], write(ticket, agent))

    assert purge_uploads(now=MONDAY_9AM + 24 * HOUR, limit=1) == 1
    assert set(Attachment.objects.all()) == {old, taken, fresh}
    assert purge_uploads(now=MONDAY_9AM + 24 * HOUR) == 1

    assert set(Attachment.objects.all()) == {taken, fresh}
    assert [default_storage.exists(row.path) for row in (old, older, taken, fresh)] == [False, False, True, True]
    assert purge_uploads(now=MONDAY_9AM + 24 * HOUR) == 0
