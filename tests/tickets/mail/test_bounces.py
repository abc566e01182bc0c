"""Which mail is the report of a server, and which only looks like one."""

import pytest

from tickets.mail.domain.bounces import is_bounce
from tickets.mail.domain.reading import read


@pytest.mark.parametrize(
    ("sender", "return_path", "is_report"),
    [
        ("mailer-daemon@mx.test", "<>", True),
        ("postmaster@mx.test", "<>", True),
        # A machine of a customer, or a person whose server sends without a way back: their words are theirs.
        ("marc@acme.test", "<>", False),
        ("mailer-daemon@mx.test", "<mailer-daemon@mx.test>", False),
        ("postmaster@mx.test", "<postmaster@mx.test>", False),
    ],
)
def test_a_mail_without_a_way_back_is_a_report_only_from_a_mail_server(sender, return_path, is_report):
    raw = (
        f"Return-Path: {return_path}\r\nFrom: {sender}\r\nTo: support@punctual.test\r\nSubject: Hello\r\n\r\nWords.\r\n"
    )

    assert is_bounce(read(raw.encode())) is is_report
