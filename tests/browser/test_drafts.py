"""Words typed for an hour, in a real browser: through a session that ends, another act on the page, another browser."""

import os
import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from portal.lib.drafts import Draft
from tests.factories import PASSWORD, make_ticket
from tickets.models import InternalNote, Message

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
HOUR_OF_WORK = "An hour of work: the log, the steps, and what we tried."


def keys(page):
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))")


def end_session(context):
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)


def sign_in_here(page, person):
    page.fill("input[name=login]", person.user.email)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Continue").click()


def photograph(page, name):
    if folder := os.environ.get("PHOTOGRAPHS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("face", ["portal", "desk"])
def test_a_reply_outlives_its_session_and_leaves_with_the_act(face, open_context, sign_in, requester, lead):
    ticket = make_ticket(requester)
    person, address = {
        "portal": (requester, ticket.get_absolute_url()),
        "desk": (lead, reverse("admin:tickets_ticket_change", args=[ticket.number])),
    }[face]
    context = open_context()
    sign_in(context, person)
    page = context.new_page()
    page.goto(address)
    send = page.get_by_role("button", name="Send" if face == "portal" else "Reply to Marc", exact=True)

    page.locator("#id_body").press_sequentially(HOUR_OF_WORK[:20])
    page.locator("#id_body").fill(HOUR_OF_WORK)
    end_session(context)
    send.click()

    page.wait_for_url(re.compile(r"/sign-in/\?next="), timeout=8000)
    assert len(keys(page)) == 1
    photograph(page, f"draft-{face}-signed-out")
    sign_in_here(page, person)
    page.wait_for_url(f"**{address}", timeout=8000)
    expect(page.locator("#id_body")).to_have_value(HOUR_OF_WORK)
    expect(page.locator(".draft").first).to_contain_text("Draft saved at")
    photograph(page, f"draft-{face}-restored")
    send.click()
    page.wait_for_url(re.compile("#"), timeout=8000)
    expect(page.locator("#id_body")).to_have_value("")
    assert (keys(page), Draft.objects.count()) == ([], 0)
    assert Message.objects.filter(body=HOUR_OF_WORK).count() == 1


def test_assigning_the_ticket_keeps_the_answer_and_the_note(open_context, sign_in, requester, lead):
    ticket = make_ticket(requester)
    context = open_context()
    sign_in(context, lead)
    page = context.new_page()
    page.goto(reverse("admin:tickets_ticket_change", args=[ticket.number]))
    page.locator("#id_body").fill(HOUR_OF_WORK)
    page.get_by_text("Write an internal note").click()
    page.locator("#id_note").fill("For us")

    page.get_by_role("button", name="Take this ticket").click()
    page.wait_for_selector("text=Ticket assigned to you.")

    expect(page.locator("#id_body")).to_have_value(HOUR_OF_WORK)
    expect(page.locator("#id_note")).to_have_value("For us")
    expect(page.locator("#id_note")).to_be_visible()
    page.get_by_role("button", name="Add internal note").click()
    page.wait_for_selector("text=Note added")
    expect(page.locator("#id_body")).to_have_value(HOUR_OF_WORK)
    expect(page.locator("#id_note")).to_have_value("")
    assert InternalNote.objects.get().body == "For us"


def test_another_browser_has_it_and_another_person_has_nothing(open_context, sign_in, requester, colleague):
    ticket = make_ticket(requester)
    first, second = open_context(), open_context()
    for context in (first, second):
        sign_in(context, requester)
    page, elsewhere = first.new_page(), second.new_page()
    page.goto(ticket.get_absolute_url())
    page.locator("#id_body").fill(HOUR_OF_WORK)
    expect(page.locator(".draft")).to_contain_text("Draft saved at")

    elsewhere.goto(ticket.get_absolute_url())
    expect(elsewhere.locator("#id_body")).to_have_value(HOUR_OF_WORK)
    end_session(first)
    sign_in(first, colleague)
    page.goto(ticket.get_absolute_url())
    page.wait_for_load_state("networkidle")
    expect(page.locator("#id_body")).to_have_value("")
    assert keys(page) == []
    elsewhere.get_by_role("button", name="Discard draft").click()
    expect(elsewhere.locator("#id_body")).to_have_value("")
    elsewhere.reload()
    elsewhere.wait_for_load_state("networkidle")
    expect(elsewhere.locator("#id_body")).to_have_value("")


def test_a_page_says_that_its_session_has_ended_while_somebody_writes(open_context, sign_in, requester):
    ticket = make_ticket(requester)
    context = open_context(locale="fr", viewport={"width": 360, "height": 780}, color_scheme="dark")
    requester.user.language = "fr"
    requester.user.save()
    sign_in(context, requester)
    page = context.new_page()
    page.goto(ticket.get_absolute_url())
    end_session(context)

    page.locator("#id_body").fill(HOUR_OF_WORK)

    line = page.locator(".draft")
    expect(line).to_contain_text("Votre session a expiré. Votre texte est conservé dans ce navigateur.")
    photograph(page, "draft-ended-narrow-dark-fr")
    assert line.get_by_role("link").get_attribute("href") == f"/sign-in/?next=%2Ftickets%2F{ticket.number}%2F"
    assert len(keys(page)) == 1
