"""The fingerprint by which a mail is known again, whichever way it came."""

import pytest

from tickets.mail.domain.intake import content_hash
from tickets.mail.domain.reading import MOST_HEADER_BYTES


def mail(received: bytes, *, header_bytes: int, line: bytes = b"\r\n", body: bytes = b"Hello.") -> bytes:
    """A mail whose header has just so many bytes."""
    begin = b"Received: from %s%sX-Long: " % (received, line)
    return begin + b"x" * (header_bytes - len(begin)) + line * 2 + body


@pytest.mark.parametrize("size", [100, MOST_HEADER_BYTES - 1, MOST_HEADER_BYTES])
def test_what_servers_add_on_the_way_leaves_the_fingerprint_as_it_is(size):
    one, two = (mail(server, header_bytes=size) for server in (b"a.test", b"b.test"))

    assert content_hash(one, len(one)) == content_hash(two, len(two))


def test_the_body_the_size_and_nothing_of_line_ends_make_a_difference():
    one = mail(b"a.test", header_bytes=100)
    same = one.replace(b"\r\n", b"\n")

    assert content_hash(one, len(one)) == content_hash(same, len(same))
    assert content_hash(one, len(one)) != content_hash(one, len(one) + 1)
    other = mail(b"a.test", header_bytes=100, body=b"Hello!")
    assert content_hash(one, len(one)) != content_hash(other, len(other))


def test_a_header_without_end_is_all_taken_for_words():
    one, two = (mail(server, header_bytes=MOST_HEADER_BYTES + 1) for server in (b"a.test", b"b.test"))

    assert content_hash(one, len(one)) != content_hash(two, len(two))
