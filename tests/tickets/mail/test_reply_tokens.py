"""The address for answers: only we can make it, and a change of a single sign makes it worthless (#124)."""

import pytest

from tickets.mail.domain.reply_tokens import ReplyToken, mailbox, read_reply_address, reply_address


def test_an_address_says_which_ticket_and_which_person():
    assert read_reply_address(reply_address(42, 7)) == ReplyToken(ticket=42, user=7)


def test_a_name_around_it_and_capitals_change_nothing():
    address = reply_address(42, 7)

    assert read_reply_address(f"Punctual <{address.upper()}>") == ReplyToken(ticket=42, user=7)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda a: a.replace("+42.", "+43."), id="another ticket"),
        pytest.param(lambda a: a.replace(".7.", ".8."), id="another person"),
        pytest.param(lambda a: a.replace(".k1.", ".k9."), id="unknown key"),
        pytest.param(lambda a: a.replace("@", "x@"), id="one sign more"),
        pytest.param(lambda a: a.replace(a[a.index("@") - 1] + "@", "@"), id="one sign less"),
        pytest.param(lambda a: a.partition("@")[0] + "@evil.test", id="another host"),
        pytest.param(lambda a: "sales" + a[a.index("+") :], id="another mailbox"),
        pytest.param(lambda a: mailbox(), id="no token"),
        pytest.param(lambda a: "", id="nothing"),
        pytest.param(lambda a: "@", id="no address"),
    ],
)
def test_whatever_else_is_no_token(spoil):
    assert read_reply_address(spoil(reply_address(42, 7))) is None


def test_every_flipped_sign_of_the_seal_is_noticed():
    address = reply_address(42, 7)
    local, _, host = address.partition("@")
    start = local.rindex(".") + 1

    for place in range(start, len(local)):
        other = "a" if local[place] != "a" else "b"
        assert read_reply_address(f"{local[:place]}{other}{local[place + 1 :]}@{host}") is None


def test_an_old_key_is_accepted_until_it_is_dropped(settings):
    settings.REPLY_KEYS = {"k1": "first"}
    address = reply_address(42, 7)

    settings.REPLY_KEYS = {"k2": "second", "k1": "first"}
    assert read_reply_address(address) == ReplyToken(42, 7)
    assert ".k2." in reply_address(42, 7)

    settings.REPLY_KEYS = {"k2": "second"}
    assert read_reply_address(address) is None
