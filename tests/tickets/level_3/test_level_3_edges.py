"""Level 3 at its doors: the ticket page, the page that explains, the desk, the queue, the API, the mails."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Agent
from portal.lib import outbox
from tests.api import Caller
from tests.factories import MONDAY_9AM, make_agent, make_ticket
from tickets.level_3.domain import escalation
from tickets.models import Escalation

HOUR = timedelta(hours=1)


@pytest.fixture
def kenji(db):
    agent = make_agent("kenji@punctual.test", name="Kenji")
    Agent.objects.filter(pk=agent.pk).update(level=3, languages=["en"])
    agent.refresh_from_db()
    return agent


def words_of(response):
    return " ".join(response.content.decode().split())


def taken(ticket, agent, kenji):
    escalation.escalate(ticket, reason="A secret of the team.", by=agent.user, now=MONDAY_9AM + HOUR)
    escalation.accept(ticket, by=kenji, now=MONDAY_9AM + 2 * HOUR)


class TestPortal:
    def test_a_customer_asks_and_sees_it_on_the_ticket(self, client_for, requester, ticket):
        client = client_for(requester)
        page = reverse("tickets:level_3", args=[ticket.number])
        assert page in words_of(client.get(ticket.get_absolute_url()))

        assert client.post(page, {"reason": ""}).status_code == 422
        assert not Escalation.objects.exists()
        response = client.post(page, {"reason": "Three sites are down."}, follow=True)

        assert response.redirect_chain == [(ticket.get_absolute_url(), 302)]
        assert "Level 3 requested" in words_of(response)
        assert page not in words_of(response)
        assert "Three sites are down." in words_of(client.get(page))

    def test_the_ticket_says_who_has_it_since_when(self, client_for, requester, ticket, agent, kenji):
        taken(ticket, agent, kenji)
        words = words_of(client_for(requester).get(ticket.get_absolute_url()))
        assert "With level 3 since <time" in words
        assert "12:00</time>: Kenji" in words
        assert "A secret of the team" not in words

    def test_below_premium_a_page_explains_and_nothing_is_refused(self, client_for, stranger):
        """A page that explains and offers a way on, instead of an error."""
        ticket = make_ticket(stranger)
        client, page = client_for(stranger), reverse("tickets:level_3", args=[ticket.number])
        response = client.get(page)
        words = words_of(response)
        assert response.status_code == 200
        assert "They are included in Premium Silver, Premium Gold, Premium Platinum." in words
        assert "Bravo has Standard." in words
        assert "<form" not in words.split("<main", 1)[1].split("</main", 1)[0]
        assert client.post(page, {"reason": "Please."}).status_code == 409
        assert not Escalation.objects.exists()

    def test_without_a_seat_it_names_who_can_nominate_one(self, client_for, account_admin, colleague):
        page = reverse("tickets:level_3", args=[make_ticket(colleague).number])
        words = words_of(client_for(colleague).get(page))
        assert "anna@acme.test" in words

    def test_a_foreign_ticket_is_not_there(self, client_for, stranger, ticket):
        page = reverse("tickets:level_3", args=[ticket.number])
        client = client_for(stranger)
        assert (client.get(page).status_code, client.post(page, {"reason": "x"}).status_code) == (404, 404)
        assert not Escalation.objects.exists()


class TestDesk:
    def act(self, client, ticket, name, words=""):
        return client.post(reverse(f"admin:tickets_ticket_{name}", args=[ticket.number]), {"level_3_words": words})

    def test_from_the_ticket_page_to_level_3_and_back(self, client_for, ticket, agent, kenji):
        client = client_for(agent)
        assert self.act(client, ticket, "escalate", "Logs attached.").status_code == 302
        assert self.act(client, ticket, "level_3_take").status_code == 422  # Léa is not of level 3
        client = client_for(kenji)
        queue = words_of(client.get(reverse("admin:tickets_ticket_changelist") + "?view=level_3"))
        assert ticket.number in queue
        assert "Waiting for level 3" in queue
        assert self.act(client, ticket, "level_3_take").status_code == 302
        page = words_of(client.get(reverse("admin:tickets_ticket_change", args=[ticket.number])))
        assert "With level 3: Kenji" in page
        assert self.act(client, ticket, "level_3_hand_back", "Found it.").status_code == 302
        assert Escalation.objects.get().answer == "Found it."

    def test_a_refusal_keeps_the_words(self, client_for, lead, ticket, agent, kenji):
        taken(ticket, agent, kenji)
        response = self.act(client_for(lead), ticket, "escalate", "My careful words")
        assert response.status_code == 422
        assert "This ticket is already with level 3 (Kenji)." in words_of(response)
        assert "My careful words" in words_of(response)

    def test_where_the_tier_has_none_the_card_says_so(self, client_for, lead, stranger):
        page = reverse("admin:tickets_ticket_change", args=[make_ticket(stranger).number])
        words = words_of(client_for(lead).get(page))
        assert "Not included: Bob has Standard." in words
        assert "tickets_ticket_escalate" not in words

    def test_the_queue_costs_the_same_with_and_without_marks(
        self, client_for, requester, lead, agent, django_assert_max_num_queries
    ):
        for _number in range(3):
            escalation.escalate(make_ticket(requester), reason="x", by=agent.user, now=MONDAY_9AM)
        client = client_for(lead)
        with django_assert_max_num_queries(9):
            client.get(reverse("admin:tickets_ticket_changelist") + "?view=level_3")


class TestApi:
    def test_customers_ask_staff_pass_it_on(self, requester, agent, ticket, kenji):
        path = f"/tickets/{ticket.number}/escalate"
        asked = Caller(requester).post(path, {"reason": "Three sites."})
        assert (asked.status_code, asked.json()["level_3"]) == (
            200,
            {"state": "asked", "since": "2026-11-09T09:00:00Z", "agent": None},
        )
        passed = Caller(agent).later(hours=1).post(path, {"reason": "Logs."})
        assert passed.json()["level_3"] == {"state": "escalated", "since": "2026-11-09T10:00:00Z", "agent": None}
        escalation.accept(ticket, by=kenji, now=MONDAY_9AM + 2 * HOUR)
        (listed,) = Caller(requester).get("/tickets").json()["results"]
        assert listed["level_3"] == {
            "state": "taken", "since": "2026-11-09T11:00:00Z", "agent": {"id": kenji.pk, "name": "Kenji"},
        }  # fmt: skip
        escalation.return_ticket(ticket, answer="Done.", by=kenji, now=MONDAY_9AM + 3 * HOUR)
        assert Caller(requester).get(f"/tickets/{ticket.number}").json()["level_3"] is None

    def test_the_problem_names_the_tiers_that_hold_it(self, stranger, colleague):
        for contact in (stranger, colleague):
            ticket = make_ticket(contact)
            answer = Caller(contact).post(f"/tickets/{ticket.number}/escalate", {"reason": "Please."})
            problem = answer.json()
            assert (answer.status_code, problem["reason"]) == (409, "LEVEL_3_NOT_INCLUDED")
            assert problem["metadata"] == {"tier": "standard", "tiers": ["silver", "gold", "platinum"]}
        assert not Escalation.objects.exists()

    def test_the_same_request_again_asks_once(self, requester, ticket):
        caller, key = Caller(requester), {"Idempotency-Key": "k-1"}
        answers = [caller.post(f"/tickets/{ticket.number}/escalate", {"reason": "x"}, **key) for _time in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert Escalation.objects.count() == 1


def test_the_mails_say_who_has_it_and_keep_the_brief_inside(ticket, agent, kenji, mailoutbox):
    taken(ticket, agent, kenji)
    escalation.return_ticket(ticket, answer="A **bad** certificate.", by=kenji, now=MONDAY_9AM + 3 * HOUR)
    outbox.deliver(now=MONDAY_9AM + 4 * HOUR)

    mails = {(mail.to[0], mail.subject.split("] ")[-1].split(" — ")[0]): mail for mail in mailoutbox}
    taken_mail = mails["marc@acme.test", "At level 3"]
    assert "Kenji of level 3 has taken the ticket." in taken_mail.body
    returned = mails["marc@acme.test", "Reply from level 3"]
    assert "A **bad** certificate." in returned.body
    assert "<strong>bad</strong>" in returned.alternatives[0][0]
    theirs = [mail for (to, _what), mail in mails.items() if "acme" in to]
    assert len(theirs) >= 2
    assert [mail.subject for mail in theirs if "A secret of the team" in str(mail.message())] == []
    # It was taken before the mail left: nobody is called to a queue that is empty.
    assert ("kenji@punctual.test", "Waiting for level 3") not in mails
