"""The main story in a real browser: promised on the form, noticed by the sweep, answered on the desk, read by all."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.identity.domain.tokens import create_token
from portal.lib.clock import now
from sla.core.domain.sweep import sweep
from tests.factories import PASSWORD
from tickets.core.domain.clock_events import act_on_clock_events
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page_of(open_context, live_server):
    """`page_of(person)`: a browser of their own, signed in through the page."""

    def open_page(person):
        page = open_context(viewport={"width": 1366, "height": 900}).new_page()
        page.goto(live_server.url)
        page.fill("input[name=login]", person.user.email)
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/home/" if hasattr(person, "account") else "**/desk/")
        return page

    return open_page


def test_a_promise_is_made_missed_told_and_kept_in_sight(page_of, live_server, client, requester, lead):
    customer = page_of(requester)
    customer.goto(live_server.url + reverse("tickets:new"))
    customer.fill("#id_subject", "Nobody can sign in")
    customer.click("label[for=priority-1]")
    promised = customer.inner_text("#promise-1")
    customer.fill("#id_body", "Since ten o'clock, **everywhere**.")
    customer.get_by_role("button", name="Create ticket").click()
    customer.wait_for_url("**/receipt/")
    ticket = Ticket.objects.get()
    due_at = ticket.clocks.get(kind="response").due_at
    assert "1\u00a0h, 24/7" in promised
    assert ticket.number in customer.inner_text("main")

    late = due_at + timedelta(seconds=10)
    assert (sweep(now=late)["overdue"], act_on_clock_events(now=late)) == (1, 1)

    desk = page_of(lead)
    desk.goto(live_server.url + reverse("admin:tickets_ticket_changelist") + "?view=team")
    first = desk.locator("tbody tr").first
    assert ticket.number in first.inner_text()
    desk.get_by_role("link", name="Nobody can sign in").click()
    desk.locator("textarea[name=body]").first.fill("We are on it: the directory was down.")
    desk.get_by_role("button", name="Reply to Marc").click()
    desk.wait_for_selector("text=We are on it")

    customer.goto(live_server.url + ticket.get_absolute_url())
    assert "We are on it: the directory was down." in customer.inner_text("#thread")
    assert "Missed" in customer.inner_text("#clock-box")

    _token, secret = create_token(
        user=requester.user, contact=requester, name="story", scopes=["read"], days=1, now=now()
    )
    answer = client.get(
        reverse("api:ticket-clocks", args=[ticket.number]), headers={"authorization": f"Bearer {secret}"}
    )
    states = {row["kind"]: row["state"] for row in answer.json()["results"] if row["stopped_at"]}
    assert states == {"response": "missed", "check_in": "met"}


def test_the_form_works_without_scripts_and_keeps_what_was_written(open_context, live_server, sign_in, requester):
    context = open_context(java_script_enabled=False)
    sign_in(context, requester)
    page = context.new_page()
    page.goto(live_server.url + reverse("tickets:new"))
    page.fill("#id_subject", "Printer offline")
    page.click("label[for=priority-4]")
    page.get_by_role("button", name="Recalculate due times").click()
    assert (page.input_value("#id_subject"), Ticket.objects.count()) == ("Printer offline", 0)
    assert page.inner_text("#counted h2") == "How the P4 reply target is calculated"

    page.get_by_role("button", name="Create ticket").click()
    assert page.inner_text(".error-summary li") == "Enter a description."
    page.fill("#id_body", "It blinks.")
    page.get_by_role("button", name="Create ticket").click()

    assert Ticket.objects.get().subject == "Printer offline"
