"""What a contract sells besides answers, from the first click to the last: one journey for each, in two browsers."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.core.enums import ContactRole, Tier
from accounts.hours.domain import hours, hours_years
from accounts.models import Contact, Meeting
from accounts.sponsorship.domain import meetings, naming
from portal.lib.clock import now
from sla.core.enums import Priority
from tests import factories
from tests.api import Caller
from tests.browser.analyses import TEXTS
from tests.mails.build import plain
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.enums import Status
from tickets.mail.domain import sorting
from tickets.mail.domain.intake import store
from tickets.models import Call, RootCauseAnalysis, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page_of(open_context, sign_in):
    """`page_of(person)`: a page in a browser of their own."""

    def open_page(person):
        context = open_context(viewport={"width": 1366, "height": 900})
        context.set_default_timeout(10_000)
        sign_in(context, person)
        return context.new_page()

    return open_page


@pytest.fixture
def tom(london, tokyo, lead):
    """Tom administers Kestrel, a Platinum account in London with a further region, and holds a seat."""
    account = factories.make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    account.regions.add(tokyo)
    contact = factories.make_contact(
        account, "tom@kestrel.test", name="Tom Reed", role=ContactRole.ADMIN, time_zone="Europe/London"
    )
    factories.seat(contact, by=lead.user, now=now() - timedelta(days=1))
    return contact


def test_hours_from_the_wish_to_the_line_that_somebody_asks_about(page_of, tom, lead):
    hours_years.update_contract_years(now=now())
    customer, desk = page_of(tom), page_of(lead)
    customer.goto("/account/hours/")
    customer.get_by_role("link", name="Request an engagement").click()
    customer.get_by_label("Subject").fill("Upgrade")
    customer.get_by_label("What do you want to achieve?").fill("Nobody waits.")
    customer.get_by_role("button", name="Send request").click()
    expect(customer.get_by_role("heading", name="Upgrade")).to_be_visible()

    desk.goto("/desk/accounts/engagement/")
    desk.get_by_role("link", name="Upgrade").click()
    desk.get_by_label("What we will do").fill("Rehearse, then do it.")
    desk.get_by_label("Goals").fill("No downtime.")
    desk.get_by_label("Hours", exact=True).fill("4.5")
    desk.get_by_role("button", name="Propose a plan").click()

    customer.reload()
    customer.get_by_role("button", name="Accept plan").click()
    expect(customer.locator(".tag").first).to_have_text("Accepted")

    desk.reload()
    soon = (now() + timedelta(days=3)).strftime("%Y-%m-%dT")
    desk.get_by_label("Starts").fill(soon + "10:00")
    desk.get_by_label("Ends").fill(soon + "14:00")
    desk.get_by_role("button", name="Set dates").click()
    desk.get_by_text("Mark as delivered").first.click()
    desk.get_by_label("Hours worked").fill("4")
    desk.get_by_label("Result").fill("It runs.")
    desk.get_by_role("button", name="Mark as delivered").click()

    customer.goto("/account/hours/")
    used = customer.locator("tr", has_text="Upgrade").filter(has_text="from reserved")
    expect(used).to_contain_text("−4")
    used.get_by_role("link", name="Ask a question about entry").click()
    customer.get_by_role("textbox").fill("Why four?")
    customer.get_by_role("button", name="Send question").click()
    expect(customer.get_by_text("waiting for our reply")).to_be_visible()

    balance = hours.balance_of(hours.year_in_force(tom.account, now()))
    told = Caller(tom, now=now()).get("/ps-balance").json()
    assert (balance.used, balance.reserved) == (240, 0)
    assert told["available_minutes"] == balance.available


def test_a_call_that_is_planned_moved_tried_and_reached(page_of, tom, lead):
    customer, desk = page_of(tom), page_of(lead)
    customer.goto("/phone/")
    customer.get_by_role("textbox", name="Phone number").fill("020 7946 0123")
    customer.get_by_label("Subject").fill("The gates do not open")
    times = customer.locator("#id_slot option").evaluate_all("options => options.map(option => option.value)")
    customer.select_option("#id_slot", times[3])
    customer.get_by_role("button", name="Request a call").click()
    customer.get_by_role("link", name="Change time or number").click()
    customer.select_option("#id_slot", "")
    customer.get_by_role("button", name="Save new time").click()
    expect(customer.get_by_text("As soon as possible").first).to_be_visible()
    call = Call.objects.get()
    assert (call.number, call.is_priority) == ("+442079460123", True)

    for outcome, notes in (("Voicemail", "I left a message."), ("Reached", "The relay was loose.")):
        desk.goto("/desk/tickets/call/")
        desk.get_by_role("link", name="Tom Reed").click()
        desk.get_by_label(outcome).check()
        desk.get_by_label("Notes").fill(notes)
        desk.get_by_role("button", name="Save result").click()
        expect(desk.get_by_role("status")).to_be_visible()

    customer.goto(call.ticket.get_absolute_url())
    expect(customer.locator("#thread")).to_contain_text("The relay was loose.")
    expect(customer.locator("#thread")).not_to_contain_text("I left a message.")
    told = Caller(tom, now=now()).get("/calls").json()["results"]
    assert [(row["state"], len(row["attempts"])) for row in told] == [("done", 2)]


def test_level_3_asked_for_taken_and_handed_back(page_of, tom, lead):
    lead.level = 3
    lead.save()
    ticket = factories.make_ticket(tom, now=now() - timedelta(minutes=10))
    customer, desk = page_of(tom), page_of(lead)
    customer.goto(reverse("tickets:level_3", args=[ticket.number]))
    customer.get_by_role("textbox").fill("It spreads.")
    customer.get_by_role("button", name="Request level 3").click()

    desk.goto("/desk/tickets/ticket/?view=level_3")
    desk.get_by_role("link", name=ticket.subject).click()
    desk.get_by_role("button", name="Take ticket at level 3").click()
    customer.goto(ticket.get_absolute_url())
    expect(customer.get_by_text(re.compile("At level 3")).first).to_be_visible()

    desk.get_by_label("Findings of level 3").fill("A bug of 14.2; 14.3 mends it.")
    desk.get_by_role("button", name="Hand back ticket").click()
    customer.reload()
    expect(customer.locator("dl.facts")).to_contain_text("A bug of 14.2; 14.3 mends it.")


def test_a_seat_with_its_region_nominated_validated_and_listed(page_of, tom, tokyo, lead):
    aiko = factories.make_contact(tom.account, "aiko@kestrel.test", name="Aiko Mori", region=tokyo)
    customer, desk = page_of(tom), page_of(lead)
    customer.goto("/account/seats/nominate/")
    customer.get_by_label("Contact").select_option(str(aiko.pk))
    customer.get_by_label("Region").select_option(str(tokyo.pk))
    customer.get_by_role("button", name="Nominate").click()

    desk.goto("/desk/accounts/seat/")
    desk.get_by_role("button", name="Approve Aiko").click()
    expect(desk.get_by_role("status")).to_be_visible()

    customer.goto("/account/seats/history/")
    expect(customer.get_by_role("main")).to_contain_text("Aiko Mori")
    seat = Contact.objects.get(pk=aiko.pk).seats.get()
    told = [(row["contact"]["name"], row["region"]) for row in Caller(tom, now=now()).get("/seats").json()["seats"]]
    assert (seat.region, ("Aiko Mori", "apac") in told) == (tokyo, True)


def test_a_meeting_with_the_sponsor_from_the_choice_of_a_time_to_its_minutes(page_of, tom, lead):
    meeting = meetings.propose(naming.name_sponsor(tom.account, lead, by=lead.user, now=now()), by=lead.user, now=now())
    customer, desk = page_of(tom), page_of(lead)
    customer.goto("/account/meetings/")
    customer.get_by_role("radio").first.check()
    customer.get_by_role("button", name="Confirm time").click()
    customer.get_by_label("Subject").fill("The next airport")
    customer.get_by_role("button", name="Add to agenda").click()
    expect(customer.get_by_text("The next airport")).to_be_visible()

    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now() - timedelta(hours=2))
    desk.goto(f"/desk/accounts/meeting/{meeting.pk}/change/")
    desk.get_by_role("button", name="Record that it took place").click()
    desk.locator("#minutes_minutes").fill("We open in **May**.")
    desk.locator("#minutes_publish").check()
    desk.get_by_role("button", name="Save minutes").click()

    customer.reload()
    expect(customer.get_by_text("We open in May.")).to_be_visible()
    assert Caller(tom, now=now()).get(f"/meetings/{meeting.pk}").json()["state"] == "held"


def test_an_analysis_written_reviewed_approved_published_and_asked_about(page_of, tom, agent, lead):
    agent.user.language = "en"
    agent.user.save()
    reviewer = factories.make_agent("sam@punctual.test", name="Sam")
    ticket = factories.make_ticket(tom, priority=Priority.URGENT, now=now() - timedelta(hours=2), subject="All is down")
    reply_as_agent(
        ticket, body="It is up again.", by=agent.user, now=now() - timedelta(hours=1), status_after=Status.SOLVED
    )
    analysis = RootCauseAnalysis.objects.get()
    path = reverse("admin:tickets_rootcauseanalysis_change", args=[analysis.number])
    author = page_of(agent)
    author.goto(path)
    for name, text in TEXTS.items():
        author.fill(f"#id_{name}", text)
    author.fill("#a-what-1", "Warn a month before")
    author.fill("#a-owner-1", "Operations")
    author.fill("#a-on-1", "2030-01-31")
    author.get_by_role("button", name="Save and submit for review").click()
    for person, button in (
        (reviewer, "Reviewed, no changes needed"),
        (lead, "Approve analysis"),
        (lead, "Publish version"),
    ):
        page = page_of(person)
        page.goto(path)
        page.get_by_role("button", name=button).click()

    customer = page_of(tom)
    customer.goto("/analyses/")
    customer.get_by_role("link", name=analysis.number).first.click()
    expect(customer.get_by_text("A certificate had ended.")).to_be_visible()
    customer.locator("form.no-print textarea").fill("And elsewhere?")
    customer.get_by_role("button", name="Ask").click()
    expect(customer.get_by_text("And elsewhere?")).to_be_visible()
    told = Caller(tom, now=now()).get(f"/rca-reports/{analysis.number}").json()
    assert (told["state"], told["version"]) == ("published", 1)


def test_a_mail_of_nobody_that_an_agent_opens_for_a_contact(page_of, tom, lead, settings):
    row, _new = store(
        plain("The gates do not open.", sender="T. Reed <home@elsewhere.test>").encode(), mailbox="box", now=now()
    )
    sorting.process(row.pk, now=now())
    desk = page_of(lead)
    desk.goto("/desk/tickets/incomingmail/")
    desk.locator(f"a[href*='/{row.pk}/']").first.click()
    desk.get_by_label("Requester: name").fill("Tom")
    desk.get_by_label("Requester: name").press("Enter")
    desk.get_by_role("button", name="Open ticket for Tom Reed").click()

    ticket = Ticket.objects.get()
    customer = page_of(tom)
    customer.goto(ticket.get_absolute_url())
    expect(customer.locator("#thread")).to_contain_text("The gates do not open.")
    assert (ticket.requester, ticket.clocks.get(kind="response").outcome) == (tom, "running")
