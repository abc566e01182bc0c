"""By program: tiers and priorities for everybody, accounts and seats, level 3, routing and duty for staff."""

from datetime import timedelta

import pytest

from accounts.core.enums import SeatState, Tier
from accounts.models import Agent, AwayPeriod, Seat
from sla.coverage.domain.rota import open_rota, plan_weeks
from tests.api import Caller
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_region, make_ticket
from tickets.level_3.domain import escalation

HOUR = timedelta(hours=1)


def refused(answer):
    return answer.status_code, answer.json()["reason"]


# --- Tiers and priorities ---------------------------------------------------------------------------------------------


def test_the_tiers_are_those_of_the_support_model(requester):
    tiers = Caller(requester).get("/tiers").json()["results"]

    assert [(t["tier"], t["premium_contacts"], t["professional_services_hours"], t["phone_model"]) for t in tiers] == [
        ("standard", 0, 0, "standard"),
        ("silver", 2, 0, "standard"),
        ("gold", 3, 8, "priority"),
        ("platinum", 10, 24, "priority"),
    ]
    assert [t["tier"] for t in tiers if t["executive_sponsor"]] == ["platinum"]


def test_prices_are_for_account_administrators_and_staff(requester, account_admin, agent):
    def gold(person):
        return Caller(person).get("/tiers").json()["results"][2]["prices"]

    assert gold(requester) is None
    assert gold(account_admin) == [{"segment": "enterprise", "usd_per_year": "28000.00"}]
    assert [price["segment"] for price in gold(agent)] == ["education", "enterprise"]


def test_priorities_are_defined_in_the_language_of_the_caller(requester):
    english = Caller(requester).get("/priorities").json()["results"]
    french = Caller(requester).get("/priorities", **{"Accept-Language": "fr"}).json()["results"]

    assert [(p["priority"], p["code"], p["name"]) for p in english] == [
        (1, "P1", "Urgent"), (2, "P2", "High"), (3, "P3", "Medium"), (4, "P4", "Low"),
    ]  # fmt: skip
    assert english[0]["definition"].startswith("Essential work has stopped")
    assert all(f["definition"] and f["definition"] != e["definition"] for e, f in zip(english, french, strict=True))


# --- Accounts and their seats -----------------------------------------------------------------------------------------


def test_staff_list_accounts_and_filter_tickets_by_one(ticket, stranger, agent):
    make_ticket(stranger)
    caller = Caller(agent)

    rows = caller.get("/accounts").json()["results"]
    acme = next(row for row in rows if row["name"] == "Acme")

    assert [(row["name"], row["tier"]) for row in rows] == [("Acme", "gold"), ("Bravo", "standard")]
    assert caller.get("/accounts?q=rav").json()["results"][0]["name"] == "Bravo"
    assert caller.get(f"/accounts/{acme['id']}").json() == acme
    found = caller.get(f"/tickets?account={acme['id']}").json()["results"]
    assert [row["number"] for row in found] == [ticket.number]


def test_the_list_of_accounts_costs_the_same_for_one_and_for_three(account, agent, paris, django_assert_num_queries):
    def cost():
        with django_assert_num_queries(4):  # the token with its person, accounts, regions, contracts
            return len(caller.get("/accounts").json()["results"])

    caller = Caller(agent)
    caller.get("/accounts")
    assert cost() == 1
    for name in ("Bravo", "Charlie"):
        make_account(name, region=paris, tier=Tier.SILVER)
    assert cost() == 3


@pytest.mark.parametrize("value", ["x", "0", "²", "1_5", "-1"])
def test_an_account_that_is_no_id_is_refused(value, ticket, agent):
    assert Caller(agent).get(f"/tickets?account={value}").status_code == 400


def test_customers_have_neither_the_list_nor_the_filter(ticket, account_admin):
    caller = Caller(account_admin)

    assert caller.get("/accounts").status_code == 403
    assert caller.get(f"/accounts/{account_admin.account_id}/seats").status_code == 403
    assert caller.get(f"/tickets?account={account_admin.account_id}").status_code == 400


def test_staff_nominate_approve_move_and_withdraw(account, account_admin, colleague, london, agent, lead):
    account.regions.add(london)
    path = f"/accounts/{account.pk}/seats"

    nominated = Caller(agent).post(path, {"contact": colleague.pk, "region": "france"})
    number = nominated.json()["number"]
    approved = Caller(agent).post(f"{path}/{number}/approve", {})
    moved = Caller(agent).post(f"{path}/{number}/region", {"region": "emea"})
    listed = Caller(agent).get(path).json()
    withdrawn = Caller(lead).post(f"{path}/{number}/withdraw", {"reason": "Asked for by mail."})

    assert (nominated.status_code, nominated.json()["state"], number) == (201, "nominated", 2)
    assert (approved.status_code, approved.json()["state"]) == (200, "active")
    assert (moved.status_code, moved.json()["region"]) == (200, "emea")
    assert (listed["used"], listed["free"]) == (2, 1)
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    seat = colleague.seats.get()
    assert (seat.state, seat.reason, seat.validated_by, seat.ended_by) == (
        SeatState.WITHDRAWN, "Asked for by mail.", agent.user, lead.user,
    )  # fmt: skip


def test_a_nomination_is_declined_with_a_reason(account, account_admin, colleague, agent):
    path = f"/accounts/{account.pk}/seats"
    number = Caller(agent).post(path, {"contact": colleague.pk}).json()["number"]

    without = Caller(agent).post(f"{path}/{number}/decline", {})
    declined = Caller(agent).post(f"{path}/{number}/decline", {"reason": "No longer at Acme."})
    again = Caller(agent).post(f"{path}/{number}/approve", {})

    assert without.status_code == 400
    assert (declined.status_code, declined.json()["state"]) == (200, "declined")
    assert again.status_code == 404
    assert colleague.seats.get().reason == "No longer at Acme."


def test_wrong_people_and_places_change_no_seat(account, account_admin, stranger, tokyo, agent):
    path, number = f"/accounts/{account.pk}/seats", account_admin.seats.get().number

    answers = [
        Caller(agent).post(path, {"contact": stranger.pk}),
        Caller(agent).post(path, {"contact": account_admin.pk}),
        Caller(agent).post(f"{path}/{number}/region", {"region": "apac"}),
        Caller(agent).post(f"{path}/9/approve", {}),
        Caller(agent).post("/accounts/999999/seats", {"contact": stranger.pk}),
        Caller(agent).post(f"{path}/{number}/withdraw", {"reason": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [400, 409, 400, 404, 404, 403]
    seat = Seat.objects.get()
    assert (seat.contact, seat.state, seat.region.code) == (account_admin, SeatState.ACTIVE, "france")


# --- Level 3, routing, duty -------------------------------------------------------------------------------------------


@pytest.fixture
def kenji(db):
    agent = make_agent("kenji@punctual.test", name="Kenji")
    Agent.objects.filter(pk=agent.pk).update(level=3)
    agent.refresh_from_db()
    return agent


def test_level_3_takes_and_hands_back(ticket, agent, kenji):
    escalation.escalate(ticket, reason="Logs show it.", by=agent.user, now=MONDAY_9AM)
    path = f"/tickets/{ticket.number}/level-3"

    by_level_1 = Caller(agent).post(f"{path}/take", {})
    taken = Caller(kenji).post(f"{path}/take", {})
    back = Caller(kenji).post(f"{path}/hand-back", {"answer": "Renew the certificate."})

    assert refused(by_level_1) == (403, "NOT_ALLOWED")
    assert (taken.status_code, taken.json()["level_3"]["agent"]["name"]) == (200, "Kenji")
    assert (back.status_code, back.json()["level_3"]) == (200, None)
    assert ticket.escalations.get().answer == "Renew the certificate."


def test_level_3_is_declined(ticket, agent, kenji):
    path = f"/tickets/{ticket.number}/level-3/decline"
    nothing = Caller(agent).post(path, {"reason": "Not needed."})
    escalation.ask_for_level_3(ticket, reason="Again.", by=ticket.requester.user, now=MONDAY_9AM)

    declined = Caller(agent).post(path, {"reason": "The fix of yesterday covers it."})

    assert refused(nothing) == (409, "NO_ESCALATION")
    assert declined.status_code == 200
    assert (ticket.escalations.get().state, ticket.escalations.get().ended_by) == ("declined", agent.user)


def test_routing_says_who_has_it_and_who_would_get_it(requester, paris, agent, lead):
    ticket = make_ticket(requester)
    paris.matches_tickets = True
    paris.save()
    for person in (agent, lead):
        Agent.objects.filter(pk=person.pk).update(languages=["en"])
        person.regions.set([paris])

    found = Caller(agent).get(f"/tickets/{ticket.number}/routing").json()

    assert found["assigned"] == {"agent": None, "routed_by": "nobody", "reason": ""}
    assert (found["now"]["routed_by"], found["now"]["agent"]["name"]) == ("match", "Nadia")
    assert found["now"]["reason"].endswith("(2 possible agents)")
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_duty_names_who_is_on_and_when_the_others_are(paris, agent, kenji):
    night = make_region("night", time_zone="America/Los_Angeles", country="US")
    agent.regions.set([paris])
    kenji.regions.set([night])
    AwayPeriod.objects.create(
        agent=agent, starts_at=MONDAY_9AM + 5 * HOUR, ends_at=MONDAY_9AM + 6 * HOUR, reason="Dentist"
    )

    rows = {row["name"]: row for row in Caller(agent).get("/duty").json()["results"]}

    assert (rows["Léa"]["is_on"], rows["Léa"]["next_on"], rows["Léa"]["regions"]) == (True, None, ["france"])
    assert rows["Léa"]["away"] == [{"starts_at": "2026-11-09T14:00:00Z", "ends_at": "2026-11-09T15:00:00Z"}]
    assert (rows["Kenji"]["is_on"], rows["Kenji"]["next_on"]) == (False, "2026-11-09T17:00:00Z")
    assert "Dentist" not in str(rows)


def test_duty_names_who_is_on_call_at_night(paris, agent, lead):
    agent.languages = ["fr"]
    agent.save()
    rota = open_rota(paris, "fr", weekday=0, hour="09:00", by=lead.user, now=MONDAY_9AM)
    plan_weeks(rota, [agent], first_day=MONDAY_9AM.date(), weeks=2, by=lead.user, now=MONDAY_9AM)

    rows = {row["name"]: row for row in Caller(agent, now=MONDAY_9AM + 14 * HOUR).get("/duty").json()["results"]}

    assert rows["Léa"]["on_call"] == [{"region": "france", "language": "fr", "until": "2026-11-16T08:00:00Z"}]
    assert rows["Nadia"]["on_call"] == []


def test_customers_reach_none_of_it(ticket, requester):
    caller, path = Caller(requester), f"/tickets/{ticket.number}"

    answers = [
        caller.get("/duty"), caller.get(f"{path}/routing"), caller.post(f"{path}/level-3/take", {}),
        caller.post(f"{path}/level-3/decline", {"reason": "x"}),
        caller.post(f"{path}/level-3/hand-back", {"answer": "x"}),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [403] * 5


def test_contacts_of_an_account_that_nobody_knows_are_missing(agent, paris):
    empty = make_account("Empty", region=paris, tier=Tier.GOLD)
    make_contact(empty, "eve@empty.test", name="Eve")

    assert Caller(agent).get(f"/accounts/{empty.pk}/seats").json() == {"limit": 3, "used": 0, "free": 3, "seats": []}
    assert Caller(agent).get("/accounts/999999").status_code == 404
