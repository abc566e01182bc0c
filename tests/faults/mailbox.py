"""A mail server that remembers, in a file, so that processes which die leave behind what they sent."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.test import override_settings

from portal.lib.mail import message_id as message_id_of_key

# Called around every acceptance with what happens; the victim of a kill test counts here.
passing: list[Callable[[str], None]] = []


class RecordingBackend(BaseEmailBackend):
    """Accepts every mail by one appended line: written whole or not at all, by however many processes."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            _pass("before the mail is accepted")
            line = f"{mail.extra_headers['Message-ID']} {mail.to[0]}\n".encode()
            file = os.open(os.environ["FAULTS_MAILBOX"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(file, line)
            os.close(file)
            _pass("after the mail is accepted")
        return len(email_messages)


def _pass(what: str) -> None:
    for function in passing:
        function(what)


class Mailbox:
    """What was accepted so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def counts(self) -> Counter[tuple[str, str]]:
        """(Message-ID, address) → how often."""
        return Counter(tuple(line.split(" ", 1)) for line in self.path.read_text().splitlines())  # type: ignore[misc]

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()

    def put_back(self, content: bytes) -> None:
        """Make the accepted mails what they were."""
        self.path.write_bytes(content)


@contextmanager
def recording(path: Path) -> Iterator[Mailbox]:
    """Mail goes to the file at `path`, in this process and in those forked from it."""
    before = os.environ.get("FAULTS_MAILBOX")
    os.environ["FAULTS_MAILBOX"] = str(path)
    try:
        with override_settings(EMAIL_BACKEND=f"{__name__}.RecordingBackend", MAIL_HELD=False):
            yield Mailbox(path)
    finally:
        if before is None:
            del os.environ["FAULTS_MAILBOX"]
        else:
            os.environ["FAULTS_MAILBOX"] = before


__all__ = ["Mailbox", "RecordingBackend", "message_id_of_key", "passing", "recording"]
