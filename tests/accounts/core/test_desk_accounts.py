"""Accounts, contracts, seats and people on the desk: who may do what, and what is refused in words."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.core.enums import SeatState, StaffRole, Tier
from accounts.models import Agent, Contact, Contract, Seat, TierTerms, User
from accounts.seats.domain import seats
from portal.lib import clock
from tests import factories
from tests.factories import MONDAY_9AM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MONDAY_9AM)


@pytest.fixture
def waiting(colleague, account_admin):
    return seats.nominate(colleague, by=account_admin.user, now=MONDAY_9AM)


def said(response):
    return [str(message) for message in response.wsgi_request._messages]


def contract_of(account, **values):
    return {"account": account.pk, "tier": "gold", "starts_on": "2041-01-01", "ends_on": "2041-12-31"} | values


CHANGES = {
    "admin:accounts_account_add": {"agent": 403, "lead": 200, "administrator": 200},
    "admin:accounts_contract_add": {"agent": 403, "lead": 200, "administrator": 200},
    "admin:accounts_contact_add": {"agent": 403, "lead": 200, "administrator": 200},
    "admin:accounts_region_add": {"agent": 403, "lead": 403, "administrator": 200},
    "admin:accounts_agent_add": {"agent": 403, "lead": 403, "administrator": 200},
    "admin:accounts_user_changelist": {"agent": 403, "lead": 403, "administrator": 200},
    "admin:accounts_agent_changelist": {"agent": 403, "lead": 200, "administrator": 200},
    "admin:accounts_tierprice_changelist": {"agent": 403, "lead": 200, "administrator": 200},
    "admin:accounts_account_changelist": {"agent": 200, "lead": 200, "administrator": 200},
}


@pytest.mark.parametrize("route", CHANGES)
@pytest.mark.parametrize("role", ["agent", "lead", "administrator"])
def test_each_role_opens_its_own_pages(client_for, request, account, route, role):
    assert client_for(request.getfixturevalue(role)).get(reverse(route)).status_code == CHANGES[route][role]


def test_the_navigation_names_only_what_the_role_may_open(client_for, agent):
    navigation = client_for(agent).get(reverse("admin:index")).context["navigation"]

    urls = {link.url for _group, links in navigation for link in links}
    assert reverse("admin:accounts_account_changelist") in urls
    assert reverse("admin:accounts_user_changelist") not in urls
    assert {client_for(agent).get(url).status_code for url in urls} == {200}


def test_an_agents_forged_contract_is_refused_and_nothing_changes(client_for, agent, account):
    contract = Contract.objects.get()
    client = client_for(agent)

    answers = [
        client.post(reverse("admin:accounts_contract_add"), contract_of(account)).status_code,
        client.post(reverse("admin:accounts_contract_change", args=[contract.pk]), {"tier": "platinum"}).status_code,
        client.post(reverse("admin:accounts_contract_changelist"), {"action": "delete_selected"}).status_code,
        client.post(reverse("admin:accounts_contract_delete", args=[contract.pk]), {"post": "yes"}).status_code,
    ]

    assert answers[:2] + answers[3:] == [403, 403, 403]
    assert list(Contract.objects.values_list("pk", "tier")) == [(contract.pk, Tier.GOLD)]


def test_a_lead_signs_a_contract_with_the_figures_of_its_tier(client_for, lead, account):
    response = client_for(lead).post(reverse("admin:accounts_contract_add"), contract_of(account))

    contract = Contract.objects.get(starts_on=date(2041, 1, 1))
    assert response.status_code == 302
    assert (contract.premium_contacts, contract.professional_services_hours) == (3, 8)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"starts_on": "2030-01-01", "ends_on": "2030-12-31"}, "already has a contract on these dates"),
        ({"ends_on": "2040-12-31"}, "The last day is before the first day."),
        ({"tier": "standard", "premium_contacts": 3}, "The Standard tier has no Premium contacts."),
    ],
)
def test_a_contract_that_cannot_be_is_refused_in_words(client_for, lead, account, values, sentence):
    response = client_for(lead).post(reverse("admin:accounts_contract_add"), contract_of(account, **values))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Contract.objects.count() == 1


def test_a_seat_is_validated_on_the_waiting_list(client_for, lead, waiting):
    client = client_for(lead)

    page = client.get(reverse("admin:accounts_seat_changelist")).content.decode()
    response = client.post(reverse("admin:accounts_seat_validate", args=[waiting.pk]))

    waiting.refresh_from_db()
    assert "Noé Blanc" in page
    assert (waiting.state, waiting.validated_by) == (SeatState.ACTIVE, lead.user)
    assert said(response) == ["Noé Blanc is now a Premium contact of Acme."]


def test_a_seat_is_declined_with_a_reason_only(client_for, lead, waiting):
    client = client_for(lead)
    address = reverse("admin:accounts_seat_decline", args=[waiting.pk])

    client.post(address, {"reason": "  "})
    assert Seat.objects.get(pk=waiting.pk).state == SeatState.NOMINATED

    client.post(address, {"reason": "Left the company."})
    assert Seat.objects.values_list("state", "reason").get(pk=waiting.pk) == (SeatState.DECLINED, "Left the company.")


def test_a_decision_that_somebody_else_made_is_not_made_again(client_for, lead, waiting):
    seats.decline(waiting, reason="No.", by=lead.user, now=MONDAY_9AM)

    response = client_for(lead).post(reverse("admin:accounts_seat_validate", args=[waiting.pk]))

    assert Seat.objects.get(pk=waiting.pk).state == SeatState.DECLINED
    assert said(response) == ["Somebody else has already decided on this nomination. Reload the list."]


def test_only_leads_withdraw_a_seat(client_for, agent, lead, requester):
    seat = requester.seats.get()
    address = reverse("admin:accounts_seat_withdraw", args=[seat.pk])

    assert client_for(agent).post(address).status_code == 403
    assert Seat.objects.get(pk=seat.pk).state == SeatState.ACTIVE
    client_for(lead).post(address, {"reason": "Moved."})
    assert Seat.objects.get(pk=seat.pk).state == SeatState.WITHDRAWN


def test_a_new_contact_is_a_person_without_a_password(client_for, lead, account, paris):
    client_for(lead).post(
        reverse("admin:accounts_contact_add"),
        {
            "account": account.pk, "name": "Ida Noël", "email": "Ida@Acme.test ", "language": "fr",
            "time_zone": "Europe/Paris", "role": "member",
        },
    )  # fmt: skip

    contact = Contact.objects.get(user__email="ida@acme.test")
    assert (contact.account, contact.user.name, contact.user.has_usable_password()) == (account, "Ida Noël", False)


def test_a_member_of_staff_does_not_become_a_contact(client_for, lead, agent, account):
    response = client_for(lead).post(
        reverse("admin:accounts_contact_add"),
        {
            "account": account.pk, "name": "Léa", "email": agent.user.email, "language": "fr",
            "time_zone": "Europe/Paris", "role": "admin",
        },
    )  # fmt: skip

    assert "belongs to an agent" in response.content.decode()
    assert Contact.objects.count() == 0


def test_the_last_administrator_stays_one(client_for, administrator):
    client = client_for(administrator)
    inline = {"away_periods-TOTAL_FORMS": 0, "away_periods-INITIAL_FORMS": 0}

    client.post(
        reverse("admin:accounts_agent_change", args=[administrator.pk]), {"role": "agent", "level": 1, **inline}
    )
    client.post(
        reverse("admin:accounts_user_change", args=[administrator.user_id]),
        {"name": "Root", "email": administrator.user.email, "language": "en", "time_zone": "UTC", "theme": "system"},
    )

    assert Agent.objects.get().role == StaffRole.ADMINISTRATOR
    assert User.objects.get().is_active


def test_no_page_shows_a_hash_and_no_list_answers_questions_about_one(client_for, administrator):
    client = client_for(administrator)
    secret = administrator.user.password

    pages = ["admin:accounts_user_changelist", "admin:accounts_apitoken_changelist"]
    shown = [client.get(reverse(page)).content.decode() for page in pages]
    shown.append(client.get(reverse("admin:accounts_user_change", args=[administrator.user_id])).content.decode())
    asked = [
        client.get(reverse("admin:accounts_user_changelist"), {"password__startswith": "a"}).status_code,
        client.get(reverse("admin:accounts_contact_changelist"), {"user__password__regex": "a"}).status_code,
        client.get(reverse("admin:accounts_account_changelist"), {"notes__contains": "a"}).status_code,
    ]

    people = [administrator.user.email in page for page in shown]
    assert (people, [secret in page for page in shown]) == ([True] * 3, [False] * 3)
    assert asked == [400, 400, 400]


def test_terms_of_a_tier_are_the_administrators(client_for, lead, administrator):
    gold = TierTerms.objects.get(tier=Tier.GOLD)
    address = reverse("admin:accounts_tierterms_change", args=[gold.pk])
    values = {
        "premium_contacts": 4, "phone_model": "priority", "professional_services_hours": 8, "round_the_clock": "on",
    }  # fmt: skip

    assert client_for(lead).post(address, values).status_code == 403
    assert TierTerms.objects.get(pk=gold.pk).premium_contacts == 3
    client_for(administrator).post(address, values)
    assert TierTerms.objects.get(pk=gold.pk).premium_contacts == 4


def test_the_account_page_shows_what_belongs_to_it(client_for, agent, requester, colleague, ticket):
    agent.user.language = "en"
    agent.user.save()
    page = client_for(agent).get(reverse("admin:accounts_account_change", args=[requester.account_id])).content.decode()

    assert all(name in page for name in ("Marc Petit", "Noé Blanc", "Premium Gold", ticket.number))
    assert 'name="_save"' not in page


def test_the_old_password_pages_of_the_admin_answer_nobody(client_for, administrator):
    client = client_for(administrator)

    assert client.get("/desk/password_change/").status_code == 405
    assert client.get("/desk/nothing/here/").status_code == 404
    assert factories.PASSWORD not in client.get(reverse("admin:index")).content.decode()
