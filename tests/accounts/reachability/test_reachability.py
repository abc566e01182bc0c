"""Mail that comes back: what a report may do, who sees it, and how an address is free again (#131, F57)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.reachability.domain import record_bounce, try_again
from portal.lib import outbox
from portal.lib.bounces import bounce_address, read_bounce_address
from portal.lib.notice import Delivery, Notice
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain.conversation import reply_as_agent
from tickets.mail.domain.reply_tokens import reply_address

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def notice(requester, mailoutbox):
    """A mail that was accepted."""
    make_ticket(requester)
    outbox.deliver(now=MONDAY_9AM)
    return Notice.objects.get(recipient=requester.user_id, kind="ticket_opened")


def back(notice, status="5.1.1", reason="No such user", address=None, now=MONDAY_9AM + HOUR):
    address = bounce_address(notice.pk) if address is None else address
    known = record_bounce(address, status=status, reason=reason, now=now)
    notice.refresh_from_db()
    notice.recipient.refresh_from_db()
    return known


def test_a_hard_bounce_marks_the_mail_and_the_address_once(notice):
    assert (back(notice), back(notice, reason="Again", now=MONDAY_9AM + 2 * HOUR)) == (True, True)

    person = notice.recipient
    assert (notice.delivery, notice.status, notice.last_error, notice.bounced_at) == (
        Delivery.BOUNCED, "5.1.1", "No such user", MONDAY_9AM + HOUR,
    )  # fmt: skip
    assert (person.is_unreachable, person.unreachable_since, person.unreachable_reason) == (
        True, MONDAY_9AM + HOUR, "5.1.1 No such user",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "kept"), [("4.2.2", "4.2.2"), ("", ""), ("5.1.1\r\nX: y", ""), ("6.0.0", ""), ("nonsense" * 50, "")]
)
def test_a_soft_bounce_or_one_that_cannot_be_read_marks_the_mail_alone(notice, status, kept):
    assert back(notice, status=status, reason="Full\r\nX-Evil: 1\x00" + "y" * 500)

    assert (notice.delivery, notice.recipient.is_unreachable) == (Delivery.BOUNCED, False)
    assert (notice.status, "\n" in notice.last_error, len(notice.last_error)) == (kept, False, 200)


def forgeries(notice):
    genuine = bounce_address(notice.pk)
    local, _at, host = genuine.partition("@")
    flipped = local[:-1] + ("a" if local[-1] != "a" else "b")
    return {
        "plain": f"bounces@{host}",
        "another mail": genuine.replace(f"+{notice.pk}.", f"+{notice.pk + 1}."),
        "one sign changed": f"{flipped}@{host}",
        "cut": f"{local[:-1]}@{host}",
        "another host": f"{local}@evil.test",
        "another box": genuine.replace("bounces+", "support+"),
        "an address for answers": reply_address(notice.pk, notice.recipient_id).replace("support+", "bounces+"),
        "an unknown key": genuine.replace(".k1.", ".k9."),
        "nothing": "",
        "no address": "\x00<>@@",
    }


@pytest.mark.parametrize("forgery", forgeries(Notice(pk=1, recipient_id=1)))
def test_a_forged_bounce_has_no_effect(notice, forgery):
    """#131."""
    before = Notice.objects.values().get(pk=notice.pk)

    assert back(notice, address=forgeries(notice)[forgery]) is False

    assert Notice.objects.values().get(pk=notice.pk) == before
    assert notice.recipient.is_unreachable is False


def test_the_address_survives_the_case_and_the_keys_that_servers_and_we_change(notice, settings):
    old = bounce_address(notice.pk)
    settings.REPLY_KEYS = {"k2": "new-secret", **settings.REPLY_KEYS}

    assert (read_bounce_address(old.upper()), read_bounce_address(f"<{old}>")) == (notice.pk, notice.pk)
    assert ".k2." in bounce_address(notice.pk)
    del settings.REPLY_KEYS["k1"]
    assert read_bounce_address(old) is None


def test_what_comes_back_from_an_address_that_they_left_does_not_mark_the_new_one(notice):
    User.objects.filter(pk=notice.recipient_id).update(email="marc@new.test")

    assert back(notice)

    assert (notice.delivery, notice.recipient.is_unreachable) == (Delivery.BOUNCED, False)


def test_nothing_is_tried_at_a_marked_address_but_what_its_owner_asks_for(notice, mailoutbox, agent):
    back(notice)
    mailoutbox.clear()
    reply_as_agent(notice.recipient.contacts.get().requested_tickets.get(), body="Hello", by=agent.user, now=MONDAY_9AM)
    outbox.write("password_reset", key="reset", recipients=[notice.recipient_id], data={}, now=MONDAY_9AM)
    outbox.deliver(now=MONDAY_9AM + 2 * HOUR)

    answer = Notice.objects.get(kind="agent_wrote")
    assert (answer.delivery, answer.last_error) == (
        Delivery.FAILED, f"not tried: mail to {notice.recipient.email} came back before",
    )  # fmt: skip
    assert [mail.to for mail in mailoutbox] == [[notice.recipient.email]]
    assert Notice.objects.get(kind="password_reset").delivery == Delivery.SENT


@pytest.mark.parametrize("way", ["verb", "new address"])
def test_an_address_is_free_again(notice, way):
    back(notice)
    person = notice.recipient
    if way == "verb":
        try_again(person)
    else:
        person.email = "marc@new.test"
        person.save()

    assert User.objects.get(pk=person.pk).is_unreachable is False


def test_the_person_sees_it_and_says_that_the_address_works(notice, client_for):
    back(notice, reason="<b>Secret relay 10.0.0.7</b>")
    client = client_for(notice.recipient.contacts.get())
    page = client.get(reverse("portal:home")).content.decode()

    assert "An email to marc@acme.test bounced" in page
    assert "10.0.0.7" not in page, "the words of a mail server are for staff (#131)"
    assert client.post(reverse("accounts:reachable")).status_code == 302
    assert "acme.test came back" not in client.get(reverse("portal:home")).content.decode()


def test_the_accounts_administrator_and_the_desk_see_it_where_they_look(notice, client_for, account_admin, agent, lead):
    back(notice)
    contact = notice.recipient.contacts.get()
    ticket = contact.requested_tickets.get()
    User.objects.filter(pk=agent.user.pk).update(language="en")
    said = "An email to this address bounced on"

    assert said in client_for(account_admin).get(reverse("accounts:contacts")).content.decode()
    desk = client_for(lead)
    for page in (
        reverse("admin:tickets_ticket_change", args=[ticket.number]),
        reverse("admin:accounts_contact_change", args=[contact.pk]),
    ):
        shown = desk.get(page).content.decode()
        assert (said in shown, "5.1.1 No such user" in shown) == (True, True)
    response = desk.post(reverse("admin:accounts_contact_reachable", args=[contact.pk]), {"back": "https://evil.test/"})
    assert response["Location"] == reverse("admin:accounts_contact_changelist")
    assert User.objects.get(pk=contact.user_id).is_unreachable is False


def test_each_message_says_on_the_desk_what_became_of_its_mails(
    requester, colleague, agent, lead, client_for, mailoutbox, django_assert_num_queries
):
    from tickets.core.domain.followers import add_follower
    from tickets.mail.desk.deliveries import deliveries_of

    ticket = make_ticket(requester)
    add_follower(ticket, colleague, by=requester.user, now=MONDAY_9AM)
    outbox.deliver(now=MONDAY_9AM)
    message = reply_as_agent(ticket, body="Hello", by=agent.user, now=MONDAY_9AM)
    outbox.deliver(now=MONDAY_9AM, limit=1)
    Notice.objects.filter(kind="agent_wrote", recipient=colleague.user_id).update(
        dead_at=MONDAY_9AM, last_error="550 no"
    )

    with django_assert_num_queries(1):
        rows = {notice.recipient.name: notice.delivery for notice in deliveries_of(ticket)[message.pk]}

    page = client_for(lead).get(reverse("admin:tickets_ticket_change", args=[ticket.number])).content.decode()
    portal = client_for(requester).get(reverse("tickets:detail", args=[ticket.number])).content.decode()
    assert rows == {requester.user.name: Delivery.SENT, colleague.user.name: Delivery.FAILED}
    assert ("not delivered: 550 no" in page, "550 no" in portal) == (True, False)
