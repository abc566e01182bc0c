"""A workaround of a P1 or P2: recorded by agents, seen by customers, who may say that it does not work."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.kept_promises import kept_promises
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from sla.attainment.domain.endings import Filters
from sla.attainment.domain.periods import Period
from sla.core.enums import ClockKind, Priority
from tests.api import Caller
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain import conversation, lifecycle
from tickets.core.domain.history import sentence
from tickets.core.domain.locking import TicketClosed
from tickets.core.enums import Channel, EventKind, Status, WorkaroundEnding
from tickets.models import TicketEvent, Workaround
from tickets.workarounds import domain as workarounds

HOUR = timedelta(hours=1)
WORDS = "Start the kiosks from the USB stick."


@pytest.fixture
def urgent(requester):
    return make_ticket(requester, priority=Priority.URGENT, subject="Kiosks are down")


def record(ticket, by, now=MONDAY_9AM + HOUR, description=WORDS):
    return workarounds.record_workaround(ticket, description=description, by=by.user, now=now)


def reject(ticket, contact, workaround, now=MONDAY_9AM + 3 * HOUR, reason="The stick is not recognised."):
    return workarounds.reject_workaround(
        ticket, workaround=workaround.pk, reason=reason, by=contact, channel=Channel.PORTAL, now=now
    )


def said(ticket):
    return [(e.actor.name, sentence(e)) for e in ticket.events.filter(kind=EventKind.WORKAROUND)]


def told():
    rows = Notice.objects.filter(kind="workaround").order_by("pk")
    return [(row.data["step"], row.recipient.name) for row in rows]


def test_a_workaround_is_recorded_seen_on_every_page_and_moves_no_target(
    urgent, requester, colleague, agent, client_for
):
    clocks = list(urgent.clocks.order_by("pk").values())

    workaround = record(urgent, agent)

    assert list(urgent.clocks.order_by("pk").values()) == clocks
    assert (workaround.description, workaround.recorded_by, workaround.recorded_at) == (
        WORDS, agent.user, MONDAY_9AM + HOUR,
    )  # fmt: skip
    assert said(urgent) == [("Léa", f"recorded a workaround: {WORDS}")]
    assert told() == [("recorded", "Marc Petit")]
    for person, address in ((requester, f"/tickets/{urgent.number}/"), (colleague, f"/tickets/{urgent.number}/")):
        page = client_for(person).get(address)
        assert 'id="workaround-title"' in page.text
        assert WORDS in page.text
    page = client_for(agent).get(f"/desk/tickets/ticket/{urgent.number}/change/")
    assert page.context["workaround"] == workaround


def test_another_workaround_replaces_the_one_in_place(urgent, agent, lead):
    first = record(urgent, agent)

    second = record(urgent, lead, now=MONDAY_9AM + 2 * HOUR, description="Use the staffed desks.")

    first.refresh_from_db()
    assert (first.ending, first.ended_by, first.ended_at) == (
        WorkaroundEnding.REPLACED, lead.user, MONDAY_9AM + 2 * HOUR,
    )  # fmt: skip
    assert list(urgent.workarounds.in_place()) == [second]


def test_what_the_customer_says_takes_it_back_and_needs_a_reply(urgent, requester, agent, client_for):
    workaround = record(urgent, agent)
    conversation.reply_as_agent(
        urgent, body="Does it help?", by=agent.user, now=MONDAY_9AM + 2 * HOUR, status_after=Status.WAITING
    )

    page = client_for(requester).post(
        f"/tickets/{urgent.number}/workaround/",
        {"workaround": workaround.pk, "reason": "The stick is not recognised."},
        follow=True,
    )

    urgent.refresh_from_db()
    workaround.refresh_from_db()
    message = urgent.messages.last()
    assert page.redirect_chain == [(f"/tickets/{urgent.number}/", 302)]
    assert (workaround.ending, workaround.ended_by) == (WorkaroundEnding.REJECTED, requester.user)
    assert (message.body, message.author) == ("The stick is not recognised.", requester.user)
    assert urgent.status == Status.OPEN
    assert urgent.clocks.running().of(ClockKind.RESPONSE).get().started_at == message.created_at
    assert said(urgent)[1:] == [("Marc Petit", "reported that the workaround does not work")]
    assert 'id="workaround-title"' not in page.text
    assert "reported that the workaround does not work" in page.text


def test_a_colleague_reads_the_form_and_a_refusal_keeps_the_words(urgent, colleague, agent, client_for):
    workaround = record(urgent, agent)
    browser, address = client_for(colleague), f"/tickets/{urgent.number}/workaround/"

    empty = browser.post(address, {"workaround": workaround.pk, "reason": " "})
    record(urgent, agent, now=MONDAY_9AM + 2 * HOUR, description="Use the staffed desks.")
    stale = browser.post(address, {"workaround": workaround.pk, "reason": "No stick here."})

    assert empty.status_code == 422
    assert "Indiquez ce qui ne fonctionne pas." in empty.text
    assert stale.status_code == 409
    assert "No stick here." in stale.text
    assert "Use the staffed desks." in stale.text
    assert urgent.messages.count() == 1
    assert urgent.workarounds.in_place().get().description == "Use the staffed desks."


def test_an_agent_withdraws_it_and_the_customer_is_told(urgent, agent, lead, client_for):
    workaround = record(urgent, agent)

    page = client_for(lead).post(f"/desk/tickets/ticket/{urgent.number}/workaround-withdraw/", follow=True)

    workaround.refresh_from_db()
    assert (workaround.ending, workaround.ended_by) == (WorkaroundEnding.WITHDRAWN, lead.user)
    assert told() == [("recorded", "Marc Petit"), ("withdrawn", "Marc Petit")]
    assert "Removed by us" in page.text


@pytest.mark.parametrize("priority", [Priority.MEDIUM, Priority.LOW], ids=lambda p: p.code)
def test_only_p1_and_p2_have_one(requester, lead, priority, client_for):
    ticket = make_ticket(requester, priority=priority)

    page = client_for(lead).post(f"/desk/tickets/ticket/{ticket.number}/workaround/", {"workaround": WORDS})

    assert page.status_code == 422
    assert "Only P1 and P2 tickets can have a workaround." in page.text
    assert (ticket.workarounds.count(), said(ticket), told()) == (0, [], [])


@pytest.mark.parametrize(
    ("words", "code"), [("", "empty"), (" \n", "empty"), ("x" * 2001, "too_long")], ids=["empty", "blank", "long"]
)
def test_unusable_words_are_refused_and_nothing_is_stored(urgent, agent, words, code):
    with pytest.raises(DomainError) as refusal:
        record(urgent, agent, description=words)

    assert refusal.value.code == code
    assert not Workaround.objects.exists()


def test_a_finished_ticket_takes_none_and_shows_none(urgent, requester, agent, client_for):
    workaround = record(urgent, agent)
    lifecycle.close_by_customer(urgent, by=requester.user, now=MONDAY_9AM + 2 * HOUR)

    for act in (lambda: record(urgent, agent), lambda: reject(urgent, requester, workaround)):
        with pytest.raises(TicketClosed):
            act()

    browser = client_for(requester)
    assert browser.get(f"/tickets/{urgent.number}/workaround/").url == f"/tickets/{urgent.number}/"
    assert 'id="workaround-title"' not in browser.get(f"/tickets/{urgent.number}/").text
    assert urgent.messages.count() == 1


def test_a_stranger_finds_neither_page_nor_words(urgent, stranger, agent, client_for):
    workaround = record(urgent, agent)
    browser, address = client_for(stranger), f"/tickets/{urgent.number}/workaround/"

    answers = [browser.get(address), browser.post(address, {"workaround": workaround.pk, "reason": "x"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert urgent.workarounds.in_place().exists()


def test_a_mail_about_one_that_has_ended_is_not_sent(urgent, agent, requester, mailoutbox):
    from portal.lib.outbox import deliver

    record(urgent, agent)
    workarounds.withdraw_workaround(urgent, by=agent.user, now=MONDAY_9AM + 2 * HOUR)

    deliver(now=MONDAY_9AM + 2 * HOUR)

    subjects = [mail.subject for mail in mailoutbox if mail.to == ["marc@acme.test"]]
    assert [subject for subject in subjects if "Workaround" in subject] == [
        f"[{urgent.number}] Workaround removed — Kiosks are down"
    ]


def test_times_to_workaround_count_the_first_that_was_kept(requester, agent, lead, stranger):
    quick, slow, rejected = (make_ticket(requester, priority=Priority.URGENT) for _ in range(3))
    record(quick, agent, now=MONDAY_9AM + HOUR)
    record(quick, agent, now=MONDAY_9AM + 2 * HOUR)
    reject(slow, requester, record(slow, agent), now=MONDAY_9AM + 2 * HOUR)
    record(slow, agent, now=MONDAY_9AM + 5 * HOUR)
    reject(rejected, requester, record(rejected, agent), now=MONDAY_9AM + 2 * HOUR)
    foreign = make_ticket(stranger, priority=Priority.HIGH)
    record(foreign, agent, now=MONDAY_9AM + 7 * HOUR)

    monday, everything = Period(MONDAY_9AM.date(), MONDAY_9AM.date()), Workaround.objects.all()
    assert workarounds.times_to_workaround(monday, everything) == [HOUR, 5 * HOUR, 7 * HOUR]
    assert workarounds.times_to_workaround(monday.before(), everything) == []


def test_reports_tell_time_to_workaround_apart(requester, stranger, agent, lead, client_for):
    """On the desk, by program and to the customer; narrowed as the report is."""
    ticket, foreign = make_ticket(requester, priority=Priority.URGENT), make_ticket(stranger, priority=Priority.HIGH)
    record(ticket, agent)
    record(foreign, lead, now=MONDAY_9AM + 3 * HOUR)
    monday = Period(MONDAY_9AM.date(), MONDAY_9AM.date())

    def times(**narrowed):
        found = workarounds.time_to_workaround(monday, Filters(**narrowed))
        return found.count, found.times.median, found.times.p90

    assert times() == (2, 3600.0, 3 * 3600.0)
    assert times(account=requester.account_id) == (1, 3600.0, 3600.0)
    assert times(priority=Priority.HIGH) == times(agent=lead.pk) == (1, 3 * 3600.0, 3 * 3600.0)
    assert times(tier="platinum") == (0, None, None)
    days = {"from": str(monday.first), "to": str(monday.first)}
    desk = client_for(lead).get(reverse("admin:sla_attainment"), {"period": "days", **days})
    assert "Median 1\xa0h, 90th percentile 3\xa0h, on 2 tickets." in desk.text
    assert Caller(lead).get(f"/attainment?from={monday.first}&to={monday.first}").json()["other_times"] == [
        {"code": "workaround", "tickets": 2, "median_seconds": 3600, "p90_seconds": 10800}
    ]
    assert kept_promises(requester, now=MONDAY_9AM + 5 * HOUR).time_to_workaround == HOUR


def test_programs_record_read_and_reject_it(urgent, requester, agent, stranger):
    """By the same rules, with the ticket as the answer."""
    staff, customer, foreign = Caller(agent), Caller(requester), Caller(stranger)
    path = f"/tickets/{urgent.number}/workaround"

    recorded = staff.post(path, {"description": WORDS})
    shown = customer.get(f"/tickets/{urgent.number}").json()["workaround"]
    refused = [
        customer.post(path, {"description": WORDS}),
        foreign.post(f"{path}/reject", {"workaround": 1, "reason": "x"}),
    ]
    stale = customer.post(f"{path}/reject", {"workaround": shown["id"] + 1, "reason": "No stick."})
    rejected = customer.post(f"{path}/reject", {"workaround": shown["id"], "reason": "No stick."})
    gone = staff.post(f"{path}/withdraw")

    assert recorded.status_code == 200
    assert recorded.json()["workaround"] == shown
    assert shown == {
        "id": Workaround.objects.get().pk, "description": WORDS, "recorded_at": "2026-11-09T09:00:00Z",
        "recorded_by": "Léa",
    }  # fmt: skip
    assert [answer.status_code for answer in refused] == [403, 404]
    assert (stale.status_code, stale.json()["reason"], stale.json()["title"], stale.json()["detail"]) == (
        409, "WORKAROUND_CHANGED", "Workaround replaced",
        "The workaround has changed. Read the new one first.",
    )  # fmt: skip
    assert (rejected.status_code, rejected.json()["workaround"], rejected.json()["status"]) == (200, None, "new")
    assert urgent.messages.last().body == "No stick."
    assert (gone.status_code, gone.json()["reason"]) == (409, "NO_WORKAROUND")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (WorkaroundEnding.REJECTED, "reported that the workaround does not work"),
        (WorkaroundEnding.WITHDRAWN, "removed the workaround"),
        (WorkaroundEnding.REPLACED, "replaced the workaround"),
    ],
)
def test_every_ending_has_its_sentence(step, words):
    assert sentence(TicketEvent(kind=EventKind.WORKAROUND, data={"step": step.value})) == words
