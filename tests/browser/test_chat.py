"""A customer and an agent in two browsers: lines come by themselves, survive a break and a reload, and stand once."""

import re

import pytest
from playwright.sync_api import expect

from portal.lib.clock import now
from tests.chats import there
from tickets.models import ChatLine

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_chat_in_two_browsers_that_loses_its_connection(open_context, live_server, sign_in, agent, requester):
    """The test server has no stream, so this is the way by asking; the stream is tried in tests/portal/test_live.py."""
    there(agent, now=now())
    agent.user.language = "en"
    agent.user.save()
    customer_side, desk_side = open_context(), open_context()
    sign_in(customer_side, requester)
    sign_in(desk_side, agent)
    customer, desk = customer_side.new_page(), desk_side.new_page()

    customer.goto(f"{live_server.url}/chat/")
    customer.get_by_label("Subject").fill("Scanner")
    customer.get_by_label("Your message").fill("It shows E7.")
    customer.get_by_role("button", name="Start chat").click()
    expect(customer.get_by_text("You are next.")).to_be_visible()

    desk.goto(f"{live_server.url}/desk/chat/")
    desk.get_by_role("link", name="Marc Petit").click()
    desk.get_by_role("button", name="Accept chat").click()
    desk.get_by_label("Your message").fill("Restart it.")
    desk.keyboard.press("Control+Enter")
    expect(customer.get_by_text("Restart it.")).to_be_visible(timeout=15_000)

    customer_side.set_offline(True)
    customer.get_by_label("Your message").fill("Kept over the break")
    customer.get_by_role("button", name="Send").click()
    expect(customer.get_by_text(re.compile("No connection since"))).to_be_visible()
    customer_side.set_offline(False)
    expect(desk.get_by_text("Kept over the break")).to_be_visible(timeout=20_000)

    customer.reload()
    expect(customer.get_by_text("Kept over the break")).to_have_count(1)
    said = ChatLine.objects.exclude(body="").order_by("number").values_list("body", flat=True)
    assert list(said) == ["It shows E7.", "Restart it.", "Kept over the break"]


def test_leaving_takes_the_typed_line_to_the_reply_field(open_context, live_server, sign_in, agent, requester):
    there(agent, now=now())
    side = open_context()
    sign_in(side, requester)
    page = side.new_page()
    page.goto(f"{live_server.url}/chat/")
    page.get_by_label("Subject").fill("Scanner")
    page.get_by_label("Your message").fill("It shows E7.")
    page.get_by_role("button", name="Start chat").click()

    page.get_by_label("Your message").fill("One more thing")
    page.get_by_role("button", name="Leave chat").click()
    expect(page.get_by_text("Your unsent text is in the reply field of the ticket.")).to_be_visible()
    page.get_by_role("link", name="Continue in the ticket").click()

    expect(page.locator("textarea[name=body]").first).to_have_value("One more thing")
    assert list(ChatLine.objects.exclude(body="").values_list("body", flat=True)) == ["It shows E7."]
