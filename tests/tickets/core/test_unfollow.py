"""Leaving a ticket from its mails: by a POST only, without signing in, with a link that only we can make."""

from urllib.parse import quote

import pytest
from django.urls import reverse

from portal.lib import outbox
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.domain.unfollowing import unfollow_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(requester, colleague):
    return make_ticket(requester, followers=[colleague])


def page(ticket, contact):
    return reverse("tickets:unfollow", args=[unfollow_token(ticket.pk, contact.user_id)])


def test_followers_can_leave_and_nobody_else_is_offered_it(ticket, requester, colleague, agent, mailoutbox, settings):
    settings.SITE_URL = "https://support.acme.test"
    reply_as_agent(ticket, body="Hello", by=agent.user, now=MONDAY_9AM)
    outbox.deliver(now=MONDAY_9AM)

    offered = {
        mail.to[0]: mail.extra_headers["List-Unsubscribe"]
        for mail in mailoutbox if "List-Unsubscribe" in mail.extra_headers
    }  # fmt: skip
    assert offered == {colleague.user.email: f"<https://support.acme.test{page(ticket, colleague)}>"}
    assert {
        mail.extra_headers.get("List-Unsubscribe-Post") for mail in mailoutbox if mail.to == [colleague.user.email]
    } == {"List-Unsubscribe=One-Click"}


def test_a_scanner_that_opens_the_link_changes_nothing_and_a_post_does(ticket, colleague, client):
    """#155"""
    shown = client.get(page(ticket, colleague))
    client.head(page(ticket, colleague))
    assert (shown.status_code, ticket.followers.count()) == (200, 1)
    assert ticket.subject not in shown.content.decode()

    for _again in range(2):
        response = client.post(page(ticket, colleague), {"List-Unsubscribe": "One-Click"})
        assert (response.status_code, ticket.followers.count()) == (200, 0)
    assert ticket.events.filter(kind="follower_removed").get().actor == colleague.user


def test_a_link_that_we_did_not_make_is_no_page(ticket, colleague, client):
    genuine = unfollow_token(ticket.pk, colleague.user_id)
    for token in (genuine[:-1], genuine.replace(f"-{colleague.user_id}.", "-1."), "x", "1-2", f"{genuine}\x00"):
        if token != genuine:
            address = reverse("tickets:unfollow", args=["TOKEN"]).replace("TOKEN", quote(token))
            assert client.post(address).status_code == 404
    assert ticket.followers.count() == 1
